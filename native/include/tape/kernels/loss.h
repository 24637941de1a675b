// Losses.
#pragma once
#include "tape/view.h"

namespace tape {

/// How labels count. The target distribution of a row with label t is
/// p[c] = (1 - smoothing) * weight[t] * [c == t] + smoothing / cols * weight[c], nothing when t is `ignored`;
/// every classification loss here is a sum of -p[c] * log(probability of c).
struct ClassLoss {
  const void* weight;  // one number for each class, or null for ones
  int64_t ignored;
  double smoothing;
};

/// Losses that compare element by element; `parameter` is Huber's delta or smooth L1's beta.
enum class PointLoss : uint8_t { mse, l1, smooth_l1, huber, bce_with_logits, kl, kl_log };

/// Contiguous operands of `count` elements. weight and positive may be null; only bce_with_logits reads them.
struct PointInput {
  const void *input, *target, *weight, *positive;
  DType dtype;
  int64_t count;
  double parameter;
};

struct LossKernels {
  // loss[r] = sum over c of p[c] * (logsumexp(logits[r]) - logits[r][c]); log_sum_exp[r] is kept for the
  // gradient, `share` gets one number: 1 over the sum of weight[t] over rows that count. Returns the row of
  // the first label out of range, or -1; a device that finds one says so later (DeviceMemory::synchronize).
  int64_t (*cross_entropy)(void* loss, void* log_sum_exp, void* share, const void* logits,
                           const int64_t* target, DType dtype, int64_t rows, int64_t cols, ClassLoss options);
  // out[r][c] = (softmax(logits[r])[c] * sum(p) - p[c]) * grad[r * grad_stride] * *share; no share counts
  // as 1.
  void (*cross_entropy_grad)(void* out, const void* grad, int64_t grad_stride, const void* share,
                             const void* logits, const void* log_sum_exp, const int64_t* target, DType dtype,
                             int64_t rows, int64_t cols, ClassLoss options);
  // As cross_entropy for rows of log-probabilities: loss[r] = -p[t] * in[r][t]. No smoothing.
  int64_t (*nll)(void* loss, void* share, const void* in, const int64_t* target, DType dtype, int64_t rows,
                 int64_t cols, ClassLoss options);
  // out[r][c] = p[c] * grad[r * grad_stride] * *share * sign; no grad and no share count as ones.
  void (*class_targets)(void* out, const void* grad, int64_t grad_stride, const void* share, int sign,
                        const int64_t* target, DType dtype, int64_t rows, int64_t cols, ClassLoss options);

  void (*point)(PointLoss loss, void* out, PointInput in);
  // One number of the inputs' dtype: the sum of the losses over `divisor`.
  void (*point_sum)(PointLoss loss, void* out, double divisor, PointInput in);
  // out[i] = d loss[i] / d input[i] * grad[i * grad_stride] * scale
  void (*point_grad)(PointLoss loss, void* out, const void* grad, int64_t grad_stride, double scale,
                     PointInput in);
};

}  // namespace tape
