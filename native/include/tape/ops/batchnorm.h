// Batch normalisation.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

struct BatchNormOptions {
  bool training = false;
  double momentum = 0.1;  // running = (1 - momentum) * running + momentum * batch
  double eps = 1e-5;
};

/// (x - mean) / sqrt(variance + eps) * weight + bias for every channel of x [N, C], [N, C, L] or
/// [N, C, H, W] (Ioffe and Szegedy 2015). When training, mean and variance are the batch's and move the
/// running ones (when given; the variance unbiased) in place; otherwise they are the running ones.
/// Everything but x is [C] and may be undefined.
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_variance,
                  const Tensor& weight, const Tensor& bias, const BatchNormOptions& options);

}  // namespace tape
