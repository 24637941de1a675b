// Normalisation. weight and bias may be undefined; the variance is the biased one, as in PyTorch.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// Over the last dimensions, which must be `shape`; weight and bias have that shape (Ba et al. 2016).
Tensor layer_norm(const Tensor& x, const Dims& shape, const Tensor& weight, const Tensor& bias, double eps);
/// x / sqrt(mean(x^2) + eps) * weight over the last dimensions (Zhang and Sennrich 2019). A negative eps
/// stands for the dtype's machine epsilon.
Tensor rms_norm(const Tensor& x, const Dims& shape, const Tensor& weight, double eps);
/// x [B, C, ..]: over each of `groups` groups of neighbouring channels; weight and bias [C] (Wu and He 2018).
Tensor group_norm(const Tensor& x, int64_t groups, const Tensor& weight, const Tensor& bias, double eps);

}  // namespace tape
