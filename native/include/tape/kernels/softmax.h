// Softmax.
#pragma once
#include "tape/view.h"

namespace tape {

/// Over `cols` elements that lie `inner` apart, for each of outer * inner lines of a contiguous block.
struct SoftmaxShape {
  int64_t outer, cols, inner;
};

struct SoftmaxKernels {
  void (*softmax)(void* out, const void* in, DType dtype, SoftmaxShape shape, bool log);
  void (*softmax_grad)(void* out, const void* grad, const void* output, DType dtype, SoftmaxShape shape,
                       bool log);
};

}  // namespace tape
