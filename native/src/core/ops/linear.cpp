// Matrix products.
#include "support.h"

namespace tape {
namespace {

/// True when the kernel can read it as it lies: one direction has stride 1 and rows do not overlap.
bool lies_as_matrix(const Tensor& x) {
  const int64_t rows = x.size(-2), cols = x.size(-1);
  const int64_t row = x.strides()[x.rank() - 2], col = x.strides()[x.rank() - 1];
  return (col == 1 && row >= cols && row > 0) || (row == 1 && col >= rows && col > 0);
}

Matrix matrix_at(const Tensor& x, int64_t offset) {
  const int64_t rows = x.size(-2), cols = x.size(-1);
  return {static_cast<char*>(x.data()) + offset * static_cast<int64_t>(size_of(x.dtype())), rows, cols,
          x.strides()[x.rank() - 2], x.strides()[x.rank() - 1]};
}

Tensor as_operand(const Tensor& x) { return lies_as_matrix(x) ? x : clone(x); }

/// [M, K] @ [K, N] without checks or history.
Tensor product(const Tensor& a_in, const Tensor& b_in, const void* bias, bool relu) {
  GradMode mode(false);
  const Tensor a = as_operand(a_in), b = as_operand(b_in);
  Tensor out = empty({a.size(0), b.size(1)}, a.dtype());
  if (out.numel() > 0)
    kernels().linear.gemm(a.dtype(), matrix_at(out, 0), matrix_at(a, 0), matrix_at(b, 0), bias, relu);
  return out;
}

void check_operands(const Tensor& a, const Tensor& b) {
  check_floating("matmul", a);
  check_same_dtype("matmul", a, b);
  if (a.rank() == 0 || b.rank() == 0)
    fail(ErrorCode::shape, "matmul", "needs at least one dimension, got ", to_string(a.shape()), " and ",
         to_string(b.shape()));
  const int64_t left = a.size(-1), right = b.rank() > 1 ? b.size(-2) : b.size(0);
  if (left != right)
    fail(ErrorCode::shape, "matmul", "inner sizes differ: ", to_string(a.shape()), " @ ",
         to_string(b.shape()), " has ", left, " against ", right);
}

Tensor matmul_2d(const Tensor& a, const Tensor& b) {
  Tensor out = product(a, b, nullptr, false);
  record(out, "matmul", {&a, &b}, {&a, &b}, [](const Backward& c) {
    if (c.wants(0)) c.give(0, matmul(c.grad(), transpose(c.saved(1), 0, 1)));
    if (c.wants(1)) c.give(1, matmul(transpose(c.saved(0), 0, 1), c.grad()));
  });
  return out;
}

Tensor matmul_batched(const Tensor& a, const Tensor& b) {
  Dims lead_a, lead_b;
  for (int d = 0; d + 2 < a.rank(); ++d) lead_a.push_back(a.size(d));
  for (int d = 0; d + 2 < b.rank(); ++d) lead_b.push_back(b.size(d));
  const Dims lead = broadcast_shapes("matmul", lead_a, lead_b);
  Dims shape = lead, shape_a = lead, shape_b = lead;
  shape.push_back(a.size(-2));
  shape.push_back(b.size(-1));
  shape_a.push_back(a.size(-2));
  shape_a.push_back(a.size(-1));
  shape_b.push_back(b.size(-2));
  shape_b.push_back(b.size(-1));
  Tensor out = empty(shape, a.dtype());
  {
    GradMode mode(false);
    const Tensor left = expand(as_operand(a), shape_a), right = expand(as_operand(b), shape_b);
    const int64_t batches = numel_of(lead), step = a.size(-2) * b.size(-1);
    for (int64_t i = 0; i < batches && step > 0; ++i) {
      int64_t rest = i, at_a = 0, at_b = 0;
      for (int d = lead.size() - 1; d >= 0; --d) {
        at_a += rest % lead[d] * left.strides()[d];
        at_b += rest % lead[d] * right.strides()[d];
        rest /= lead[d];
      }
      kernels().linear.gemm(a.dtype(), matrix_at(out, i * step), matrix_at(left, at_a),
                            matrix_at(right, at_b), nullptr, false);
    }
  }
  record(out, "matmul", {&a, &b}, {&a, &b}, [](const Backward& c) {
    if (c.wants(0)) c.give(0, matmul(c.grad(), transpose(c.saved(1), -2, -1)));
    if (c.wants(1)) c.give(1, matmul(transpose(c.saved(0), -2, -1), c.grad()));
  });
  return out;
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b) {
  if (autocast_enabled()) return autocast_lower(matmul, a, b);
  check_operands(a, b);
  if (a.rank() == 2 && b.rank() == 2) return matmul_2d(a, b);
  if (a.rank() == 1) return squeeze(matmul(unsqueeze(a, 0), b), b.rank() == 1 ? 0 : -2);
  if (b.rank() == 1) return squeeze(matmul(a, unsqueeze(b, 1)), -1);
  if (b.rank() == 2) {
    // One large product instead of many small ones.
    Dims shape = a.shape();
    shape[a.rank() - 1] = b.size(1);
    int64_t rows = 1;
    for (int d = 0; d + 1 < a.rank(); ++d) rows *= a.size(d);
    return reshape(matmul_2d(reshape(a, {rows, a.size(-1)}), b), shape);
  }
  return matmul_batched(a, b);
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, bool fuse_relu) {
  if (autocast_enabled())
    return autocast_lower([&](const auto&... t) { return linear(t..., fuse_relu); }, x, weight, bias);
  check_floating("linear", x);
  check_same_dtype("linear", x, weight);
  if (weight.rank() != 2)
    fail(ErrorCode::shape, "linear", "weight must be [out, in], got ", to_string(weight.shape()));
  if (x.rank() == 0 || x.size(-1) != weight.size(1))
    fail(ErrorCode::shape, "linear", "weight expects ", weight.size(1), " input features, got ",
         x.rank() == 0 ? 1 : x.size(-1), " (input ", to_string(x.shape()), ", weight ",
         to_string(weight.shape()), ")");
  if (bias.defined()) {
    check_same_dtype("linear", x, bias);
    if (bias.rank() != 1 || bias.size(0) != weight.size(0))
      fail(ErrorCode::shape, "linear", "bias must have ", weight.size(0), " elements, got ",
           to_string(bias.shape()), " (weight ", to_string(weight.shape()), ")");
  }
  if (x.rank() != 2) {
    Dims shape = x.shape();
    shape[x.rank() - 1] = weight.size(0);
    int64_t rows = 1;
    for (int d = 0; d + 1 < x.rank(); ++d) rows *= x.size(d);
    return reshape(linear(reshape(x, {rows, x.size(-1)}), weight, bias, fuse_relu), shape);
  }

  Tensor out;
  {
    GradMode mode(false);
    const Tensor plain_bias = bias.defined() ? contiguous(bias) : bias;
    out = product(x, transpose(weight, 0, 1), bias.defined() ? plain_bias.data() : nullptr, fuse_relu);
  }
  Node* node = record(out, "linear", {&x, &weight, &bias}, {&x, &weight}, [fuse_relu](const Backward& b) {
    Tensor gradient = b.take_grad();
    if (fuse_relu) gradient = relu_backward(std::move(gradient), b.saved(2));
    if (b.wants(0)) b.give(0, matmul(gradient, b.saved(1)));
    if (b.wants(1)) b.give(1, matmul(transpose(gradient, 0, 1), b.saved(0)));
    if (b.wants(2)) b.give(2, sum(gradient, {0}));
  });
  if (node && fuse_relu) node->save_output(out);
  return out;
}

}  // namespace tape
