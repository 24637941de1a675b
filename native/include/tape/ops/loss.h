// Losses.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

struct ClassLossOptions {
  Reduction reduction = Reduction::mean;
  Tensor weight;                // [C], how much each class counts; the mean is weighted by it
  int64_t ignore_index = -100;  // rows with this label count nothing
  double label_smoothing = 0;   // share of the target spread over all classes (cross-entropy only)
};

/// logits [B, C], [B, C, ..] or [C]; target int64 without the class dimension, or probabilities in the shape
/// of logits. A label outside 0..C-1 is an error naming it. A mean over nothing (all rows ignored) is NaN.
Tensor cross_entropy(const Tensor& logits, const Tensor& target, const ClassLossOptions& options);
inline Tensor cross_entropy(const Tensor& logits, const Tensor& target, Reduction reduction) {
  return cross_entropy(logits, target, ClassLossOptions{reduction, {}, -100, 0});
}
/// The same for log-probabilities, without smoothing.
Tensor nll_loss(const Tensor& log_probabilities, const Tensor& target, const ClassLossOptions& options);

/// input and target in the same shape and dtype; both get gradients.
Tensor mse_loss(const Tensor& input, const Tensor& target, Reduction reduction);
Tensor l1_loss(const Tensor& input, const Tensor& target, Reduction reduction);
/// 0.5 d^2 where |d| < delta, else delta (|d| - 0.5 delta) (Huber 1964).
Tensor huber_loss(const Tensor& input, const Tensor& target, Reduction reduction, double delta);
/// Huber's divided by beta; beta 0 is l1_loss (Girshick 2015).
Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, Reduction reduction, double beta);
/// Binary cross-entropy of sigmoid(logits); weight and pos_weight (of the positive examples) may be undefined
/// and broadcast to the shape of logits.
Tensor bce_with_logits(const Tensor& logits, const Tensor& target, const Tensor& weight,
                       const Tensor& pos_weight, Reduction reduction);
/// target * (log target - input), input being log-probabilities; `log_target`: so is target.
Tensor kl_div(const Tensor& input, const Tensor& target, Reduction reduction, bool log_target);
/// a . b / (max(|a|, eps) max(|b|, eps)) along dim; shapes broadcast.
Tensor cosine_similarity(const Tensor& a, const Tensor& b, int64_t dim, double eps);

}  // namespace tape
