// Softmax, losses, dropout, and picking rows.
#include "tape/random.h"
#include "views.h"

namespace tape {
namespace {

Tensor softmax_rows(const Tensor& x, bool log) {
  const int64_t cols = x.size(-1), rows = cols > 0 ? x.numel() / cols : 0;
  Tensor out = empty(x.shape(), x.dtype());
  kernels().softmax(out.data(), x.data(), x.dtype(), rows, cols, log);
  Node* node = record(out, log ? "logSoftmax" : "softmax", {&x}, {}, [log, rows, cols](const Backward& b) {
    const Tensor y = b.saved(0);
    if (grad_enabled()) {
      const Tensor total = sum(log ? b.grad() : mul(b.grad(), y), {-1}, true);
      return b.give(0, log ? sub(b.grad(), mul(exp(y), total)) : mul(y, sub(b.grad(), total)));
    }
    const Tensor gradient = contiguous(b.grad());
    Tensor result = empty(y.shape(), y.dtype());
    kernels().softmax_grad(result.data(), gradient.data(), y.data(), y.dtype(), rows, cols, log);
    b.give(0, result);
  });
  if (node) node->save_output(out);
  return out;
}

Tensor softmax_along(const char* where, const Tensor& x, int64_t dim_in, bool log) {
  check_floating(where, x);
  const int dim = wrap_dim(where, dim_in, x.rank());
  if (x.rank() == 0) return reshape(softmax_rows(reshape(x, {1}), log), {});
  if (dim == x.rank() - 1) return softmax_rows(contiguous(x), log);
  return transpose(softmax_rows(contiguous(transpose(x, dim, -1)), log), dim, -1);
}

}  // namespace

Tensor softmax(const Tensor& x, int64_t dim) { return softmax_along("softmax", x, dim, false); }
Tensor log_softmax(const Tensor& x, int64_t dim) { return softmax_along("logSoftmax", x, dim, true); }

// ---- losses ---------------------------------------------------------------------------------------

Tensor cross_entropy(const Tensor& logits_in, const Tensor& target_in, Reduction reduction) {
  check_floating("crossEntropy", logits_in);
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
  const int64_t bad = kernels().cross_entropy(rows_loss.data(), log_sum_exp.data(), logits.data(),
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
           kernels().cross_entropy_grad(result.data(), gradient.data(), each ? 1 : 0, scale, x.data(),
                                        kept.data(), labels.data_as<int64_t>(), x.dtype(), rows, cols);
           b.give(0, result);
         });
  return out;
}

Tensor mse_loss(const Tensor& input, const Tensor& target, Reduction reduction) {
  check_floating("mseLoss", input);
  if (input.shape() != target.shape())
    fail(ErrorCode::shape, "mseLoss", "input and target differ in shape: ", to_string(input.shape()), " and ",
         to_string(target.shape()));
  check_same_dtype("mseLoss", input, target);
  const Tensor squared = square(sub(input, target));
  if (reduction == Reduction::none) return squared;
  return reduction == Reduction::mean ? mean(squared) : sum(squared);
}

// ---- dropout --------------------------------------------------------------------------------------

namespace {

Tensor dropout_with(const Tensor& x_in, double p, PhiloxState state) {
  const Tensor x = contiguous(x_in);
  Tensor out = empty(x.shape(), x.dtype());
  kernels().dropout(out.data(), x.data(), x.dtype(), x.numel(), state, p);
  // Linear in x: its derivative drops the same elements of the gradient.
  record(out, "dropout", {&x}, {},
         [p, state](const Backward& b) { b.give(0, dropout_with(b.grad(), p, state)); });
  return out;
}

}  // namespace

Tensor dropout(const Tensor& x, double p, bool training) {
  check_floating("dropout", x);
  if (!(p >= 0 && p <= 1)) fail(ErrorCode::value, "dropout", "p must be between 0 and 1, got ", p);
  if (!training || p == 0) return x;
  return dropout_with(x, p, reserve_random(x.numel()));
}

// ---- picking rows ---------------------------------------------------------------------------------

namespace {

/// Zeros of `rows` rows with gradient[i] added to row index[i].
Tensor index_add(const Tensor& gradient_in, const Tensor& index, int64_t rows) {
  const Tensor gradient = contiguous(gradient_in);
  Dims shape = gradient.shape();
  shape[0] = rows;
  Tensor out = full(shape, 0, gradient.dtype());
  const int64_t count = index.numel();
  kernels().scatter_add_rows(out.data(), gradient.data(), index.data_as<int64_t>(), gradient.dtype(), count,
                             count > 0 ? gradient.numel() / count : 0);
  record(out, "indexAdd", {&gradient}, {&index},
         [](const Backward& b) { b.give(0, index_select(b.grad(), 0, b.saved(0))); });
  return out;
}

}  // namespace

Tensor index_select(const Tensor& x_in, int64_t dim_in, const Tensor& index_in) {
  if (x_in.rank() == 0) fail(ErrorCode::shape, "indexSelect", "a scalar has no dimension to select from");
  const int dim = wrap_dim("indexSelect", dim_in, x_in.rank());
  if (index_in.dtype() != DType::int64 || index_in.rank() != 1)
    fail(ErrorCode::dtype, "indexSelect", "index must be a 1-d int64 tensor, got ", name_of(index_in.dtype()),
         " ", to_string(index_in.shape()));
  if (dim != 0) return transpose(index_select(transpose(x_in, 0, dim), 0, index_in), 0, dim);
  const Tensor x = contiguous(x_in), index = contiguous(index_in);
  Dims shape = x.shape();
  shape[0] = index.numel();
  const int64_t rows = x.size(0);
  int64_t row_size = 1;
  for (int d = 1; d < x.rank(); ++d) row_size *= x.size(d);
  Tensor out = empty(shape, x.dtype());
  const int64_t bad = kernels().gather_rows(out.data(), x.data(), index.data_as<int64_t>(), index.numel(),
                                            rows, row_size * static_cast<int64_t>(size_of(x.dtype())));
  if (bad >= 0)
    fail(ErrorCode::value, "indexSelect", "index ", index.data_as<int64_t>()[bad], " at position ", bad,
         " is outside 0..", rows - 1, " (input ", to_string(x_in.shape()), ", dim ", dim, ")");
  record(out, "indexSelect", {&x}, {&index},
         [rows](const Backward& b) { b.give(0, index_add(b.grad(), b.saved(0), rows)); });
  return out;
}

}  // namespace tape
