// Convolutions over channels-last images.
#pragma once
#include "tape/view.h"

namespace tape {

/// One convolution: `in` images of `in_channels` make `out` images of `out_channels`. Pairs are height,
/// width; a 1-d convolution has height 1. All integers, so that its bytes are a key.
struct ConvShape {
  int64_t batch, groups, in_channels, out_channels;
  int64_t in[2], out[2], kernel[2], stride[2], dilation[2], pad_begin[2], pad_end[2];
};

/// Images are [batch, height, width, channels] in memory, weights [out, in / groups, height, width].
/// Together the three are closed under differentiation: each is linear in both of its operands, and the
/// derivatives are the other two.
struct ConvKernels {
  // Whether the other three take this dtype as it is; float32 and float64 they always do.
  bool (*takes)(DType dtype);
  // out = conv(in, weight) (+ bias over channels) (then relu). bias may be null.
  void (*forward)(DType dtype, const ConvShape& shape, void* out, const void* in, const void* weight,
                  const void* bias, bool relu);
  // in_grad = conv's adjoint in its first operand: also the transposed convolution.
  void (*input_gradient)(DType dtype, const ConvShape& shape, void* in_grad, const void* out_grad,
                         const void* weight);
  // weight_grad = conv's adjoint in its second operand; bias_grad, when not null, is the sum of out_grad
  // over images and places.
  void (*weight_gradient)(DType dtype, const ConvShape& shape, void* weight_grad, void* bias_grad,
                          const void* in, const void* out_grad);
};

}  // namespace tape
