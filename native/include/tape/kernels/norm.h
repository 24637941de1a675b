// Normalisation over rows and over groups of channels.
#pragma once
#include "tape/view.h"

namespace tape {

/// [batch, channels, inner], contiguous, or with the channels of a place side by side in memory; each group
/// holds channels / groups neighbouring channels.
struct GroupShape {
  int64_t batch, channels, inner, groups;
  bool channels_last;
};

/// `statistics` has the mean and the reciprocal standard deviation of each row (of each group), in double.
/// weight and bias may be null, and so may each gradient that nobody wants.
struct NormKernels {
  // out = (in - mean) / sqrt(variance + eps) * weight + bias over rows of `cols`. Not centred: the mean
  // counts as 0, which makes the variance the mean square.
  void (*layer_norm)(void* out, double* statistics, const void* in, const void* weight, const void* bias,
                     DType dtype, int64_t rows, int64_t cols, double eps, bool centred);
  void (*layer_norm_grad)(void* grad_in, void* grad_weight, void* grad_bias, const void* grad, const void* in,
                          const void* weight, const double* statistics, DType dtype, int64_t rows,
                          int64_t cols, bool centred);
  // The same over groups; weight and bias have one element for each channel.
  void (*group_norm)(void* out, double* statistics, const void* in, const void* weight, const void* bias,
                     DType dtype, GroupShape shape, double eps);
  void (*group_norm_grad)(void* grad_in, void* grad_weight, void* grad_bias, const void* grad, const void* in,
                          const void* weight, const double* statistics, DType dtype, GroupShape shape);
};

}  // namespace tape
