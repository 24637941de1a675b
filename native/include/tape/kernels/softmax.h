// Softmax and the losses fused with it. Rows are contiguous along the last dimension.
#pragma once
#include "tape/view.h"

namespace tape {

struct SoftmaxKernels {
  void (*softmax)(void* out, const void* in, DType dtype, int64_t rows, int64_t cols, bool log);
  void (*softmax_grad)(void* out, const void* grad, const void* output, DType dtype, int64_t rows,
                       int64_t cols, bool log);
  // loss[r] = logsumexp(logits[r]) - logits[r][target[r]]; log_sum_exp[r] is kept for the gradient.
  // Returns the row of the first label out of range, or -1.
  int64_t (*cross_entropy)(void* loss, void* log_sum_exp, const void* logits, const int64_t* target,
                           DType dtype, int64_t rows, int64_t cols);
  // out[r][c] = (softmax(logits[r])[c] - [c == target[r]]) * grad[r * grad_stride] * scale
  void (*cross_entropy_grad)(void* out, const void* grad, int64_t grad_stride, double scale,
                             const void* logits, const void* log_sum_exp, const int64_t* target, DType dtype,
                             int64_t rows, int64_t cols);
};

}  // namespace tape
