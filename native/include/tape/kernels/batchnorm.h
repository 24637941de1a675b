// Normalisation of channels over a batch.
#pragma once
#include "tape/view.h"

namespace tape {

/// x is [batch, channels, places] (`channels_last` false) or [batch, places, channels] in memory.
struct BatchNormShape {
  int64_t batch, channels, places;
  bool channels_last;
};

/// mean and scale are doubles, one for each channel: out = (x - mean) * scale * weight + bias, where scale
/// is 1 / sqrt(variance + eps). weight and bias may be null and have x's dtype, float32 when that is
/// bfloat16: images of 16 bits are read and written as they are, everything between is float32.
struct BatchNormKernels {
  // Mean and the mean squared deviation from it, exact to the dtype whatever the mean.
  void (*statistics)(DType dtype, const BatchNormShape& shape, double* mean, double* variance, const void* x);
  void (*apply)(DType dtype, const BatchNormShape& shape, void* out, const void* x, const double* mean,
                const double* scale, const void* weight, const void* bias);
  // Per channel the sums of grad and of grad * (x - mean).
  void (*sums)(DType dtype, const BatchNormShape& shape, double* sum, double* product, const void* grad,
               const void* x, const double* mean);
  // in_grad = grad * a + (x - mean) * b + c, with a, b and c per channel.
  void (*gradient)(DType dtype, const BatchNormShape& shape, void* in_grad, const void* grad, const void* x,
                   const double* mean, const double* a, const double* b, const double* c);
};

}  // namespace tape
