// Pooling of signals [N, C, L] and images [N, C, H, W], or of one without the batch.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// One number for each spatial dimension, or one for all of them; empty means the default.
struct PoolOptions {
  Dims stride{};                  // default the kernel's size
  Dims padding{};                 // at most half the kernel, default 0
  Dims dilation{};                // maximum only, default 1
  bool ceil_mode = false;         // windows may run over the end, so that nothing is left out
  bool count_include_pad = true;  // averages count the zeros of the padding
};

/// A NaN wins, the first of equals gets the gradient.
Tensor max_pool1d(const Tensor& x, const Dims& kernel, const PoolOptions& options = {});
Tensor max_pool2d(const Tensor& x, const Dims& kernel, const PoolOptions& options = {});
Tensor avg_pool1d(const Tensor& x, const Dims& kernel, const PoolOptions& options = {});
Tensor avg_pool2d(const Tensor& x, const Dims& kernel, const PoolOptions& options = {});
/// Cuts the image into `size` windows of nearly the same size, so that any image gives the same output;
/// -1 keeps the input's size.
Tensor adaptive_max_pool1d(const Tensor& x, const Dims& size);
Tensor adaptive_max_pool2d(const Tensor& x, const Dims& size);
Tensor adaptive_avg_pool1d(const Tensor& x, const Dims& size);
Tensor adaptive_avg_pool2d(const Tensor& x, const Dims& size);

}  // namespace tape
