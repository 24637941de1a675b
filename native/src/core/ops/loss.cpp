// Losses.
#include "support.h"

namespace tape {

Tensor cross_entropy(const Tensor& logits_in, const Tensor& target_in, Reduction reduction) {
  check_floating("crossEntropy", logits_in);
  if (any_half(logits_in))
    return autocast_float32([&](const Tensor& t) { return cross_entropy(t, target_in, reduction); },
                            logits_in);
  if (logits_in.rank() != 2)
    fail(ErrorCode::shape, "crossEntropy", "logits must be [batch, classes], got ",
         to_string(logits_in.shape()));
  if (target_in.dtype() != DType::int64)
    fail(ErrorCode::dtype, "crossEntropy", "target must be int64 class numbers, got ",
         name_of(target_in.dtype()), ", convert it with to('int64')");
  if (target_in.rank() != 1 || target_in.size(0) != logits_in.size(0))
    fail(ErrorCode::shape, "crossEntropy", "target must have one class for each of the ", logits_in.size(0),
         " rows, got ", to_string(target_in.shape()), " (logits ", to_string(logits_in.shape()), ")");
  const Tensor logits = contiguous(logits_in), target = contiguous(target_in);
  const int64_t rows = logits.size(0), cols = logits.size(1);
  const Tensor rows_loss = empty({rows}, logits.dtype()), log_sum_exp = empty({rows}, logits.dtype());
  const int64_t bad = kernels().softmax.cross_entropy(rows_loss.data(), log_sum_exp.data(), logits.data(),
                                                      target.data_as<int64_t>(), logits.dtype(), rows, cols);
  if (bad >= 0)
    fail(ErrorCode::value, "crossEntropy", "label ", target.data_as<int64_t>()[bad], " at row ", bad,
         " is outside 0..", cols - 1, " (logits ", to_string(logits.shape()), ")");

  const double scale = reduction == Reduction::mean ? 1.0 / static_cast<double>(rows) : 1.0;
  Tensor out = rows_loss;
  if (reduction == Reduction::mean) out = mean(rows_loss);
  if (reduction == Reduction::sum) out = sum(rows_loss);
  record(out, "crossEntropy", {&logits}, {&logits, &target, &log_sum_exp},
         [scale, rows, cols, reduction](const Backward& b) {
           const Tensor x = b.saved(0), labels = b.saved(1);
           const bool each = reduction == Reduction::none;
           if (grad_enabled()) {
             Tensor one_hot = full(x.shape(), 0, x.dtype());
             {
               GradMode mode(false);
               const Tensor flat = reshape(one_hot, {-1});
               for (int64_t r = 0; r < rows; ++r)
                 fill_(select(flat, 0, r * cols + labels.data_as<int64_t>()[r]), 1);
             }
             const Tensor factor = each ? unsqueeze(b.grad(), 1) : mul(b.grad(), scale);
             return b.give(0, mul(sub(softmax(x, 1), one_hot), factor));
           }
           const Tensor gradient = each ? contiguous(b.grad()) : b.grad();
           const Tensor kept = b.saved(2);
           Tensor result = empty(x.shape(), x.dtype());
           kernels().softmax.cross_entropy_grad(result.data(), gradient.data(), each ? 1 : 0, scale, x.data(),
                                                kept.data(), labels.data_as<int64_t>(), x.dtype(), rows,
                                                cols);
           b.give(0, result);
         });
  return out;
}

Tensor mse_loss(const Tensor& input, const Tensor& target, Reduction reduction) {
  check_floating("mseLoss", input);
  if (any_half(input, target))
    return autocast_float32([&](const auto&... t) { return mse_loss(t..., reduction); }, input, target);
  if (input.shape() != target.shape())
    fail(ErrorCode::shape, "mseLoss", "input and target differ in shape: ", to_string(input.shape()), " and ",
         to_string(target.shape()));
  check_same_dtype("mseLoss", input, target);
  const Tensor squared = square(sub(input, target));
  if (reduction == Reduction::none) return squared;
  return reduction == Reduction::mean ? mean(squared) : sum(squared);
}

}  // namespace tape
