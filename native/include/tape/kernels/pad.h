// Images whose places are made from places of another: padding by the image's own values, upsampling.
#pragma once
#include "tape/view.h"

namespace tape {

/// Output place o along a dimension is in[low[o]] * (1 - weight[o]) + in[high[o]] * weight[o], in both
/// dimensions; `high` and `weight` are null when places are only copied. Pairs are height, width.
struct ResampleShape {
  int64_t batch, channels, in[2], out[2];
  bool channels_last;
  const int64_t* low[2];
  const int64_t* high[2];
  const double* weight[2];
};

struct PadKernels {
  void (*resample)(DType dtype, const ResampleShape& shape, void* out, const void* in);
  // The adjoint: adds every output's gradient to the places it was made of.
  void (*resample_gradient)(DType dtype, const ResampleShape& shape, void* in_grad, const void* out_grad);
};

}  // namespace tape
