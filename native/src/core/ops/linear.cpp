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
  Tensor out = empty({a.size(0), b.size(1)}, a.dtype(), a.device());
  if (out.numel() > 0)
    kernels(out, a, b).linear.gemm(a.dtype(), matrix_at(out, 0), matrix_at(a, 0), matrix_at(b, 0), bias,
                                   relu);
  return out;
}

/// Gives input `input` the gradient a @ b, straight into its room where it has one.
void give_product(const Backward& to, size_t input, const Tensor& a_in, const Tensor& b_in) {
  const bool filled = to.fill(input, [&](const Tensor& into, bool adds) {
    const Tensor a = as_operand(a_in), b = as_operand(b_in);
    if (adds)
      kernels(into, a, b).linear.gemm_add(a.dtype(), matrix_at(into, 0), matrix_at(a, 0), matrix_at(b, 0));
    else
      kernels(into, a, b)
          .linear.gemm(a.dtype(), matrix_at(into, 0), matrix_at(a, 0), matrix_at(b, 0), nullptr, false);
  });
  if (!filled) to.give(input, matmul(a_in, b_in));
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
    if (c.wants(0)) give_product(c, 0, c.grad(), transpose(c.saved(1), 0, 1));
    if (c.wants(1)) give_product(c, 1, transpose(c.saved(0), 0, 1), c.grad());
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
  Tensor out = empty(shape, a.dtype(), a.device());
  {
    GradMode mode(false);
    const Tensor left = expand(as_operand(a), shape_a), right = expand(as_operand(b), shape_b);
    if (out.numel() > 0)
      kernels(out, left, right)
          .linear.gemm_batched(a.dtype(), matrix_at(out, 0), matrix_at(left, 0), matrix_at(right, 0),
                               {lead.size(), lead.data(), left.strides().data(), right.strides().data(),
                                out.strides().data()});
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

namespace {

void check_ranks(const char* where, const Tensor& a, int rank_a, const Tensor& b, int rank_b) {
  if (a.rank() != rank_a || b.rank() != rank_b)
    fail(ErrorCode::shape, where, "needs tensors of ", rank_a, " and ", rank_b, " dimensions, got ",
         to_string(a.shape()), " and ", to_string(b.shape()));
}

Tensor add_product(const Tensor& c, const Tensor& product, double beta, double alpha) {
  const Tensor scaled = alpha == 1 ? product : mul(product, alpha);
  if (beta == 0) return scaled;  // c may hold anything, also NaN
  return add(beta == 1 ? c : mul(c, beta), scaled);
}

}  // namespace

Tensor bmm(const Tensor& a, const Tensor& b) {
  check_ranks("bmm", a, 3, b, 3);
  if (a.size(0) != b.size(0))
    fail(ErrorCode::shape, "bmm", "batches differ: ", to_string(a.shape()), " @ ", to_string(b.shape()));
  return matmul(a, b);
}

Tensor addmm(const Tensor& c, const Tensor& a, const Tensor& b, double beta, double alpha) {
  check_ranks("addmm", a, 2, b, 2);
  return add_product(c, matmul(a, b), beta, alpha);
}

Tensor baddbmm(const Tensor& c, const Tensor& a, const Tensor& b, double beta, double alpha) {
  check_ranks("baddbmm", a, 3, b, 3);
  return add_product(c, bmm(a, b), beta, alpha);
}

Tensor dot(const Tensor& a, const Tensor& b) {
  check_ranks("dot", a, 1, b, 1);
  return matmul(a, b);
}

Tensor mv(const Tensor& a, const Tensor& b) {
  check_ranks("mv", a, 2, b, 1);
  return matmul(a, b);
}

Tensor outer(const Tensor& a, const Tensor& b) {
  check_ranks("outer", a, 1, b, 1);
  return mul(unsqueeze(a, 1), unsqueeze(b, 0));
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Activation activation) {
  if (autocast_enabled())
    return autocast_lower([&](const auto&... t) { return linear(t..., activation); }, x, weight, bias);
  // Their derivative reads what went in, which a fused kernel would have to keep as well.
  if (activation == Activation::gelu) return gelu(linear(x, weight, bias));
  if (activation == Activation::silu) return silu(linear(x, weight, bias));
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
    return reshape(linear(reshape(x, {rows, x.size(-1)}), weight, bias, activation), shape);
  }

  Tensor out;
  {
    GradMode mode(false);
    const Tensor plain_bias = bias.defined() ? contiguous(bias) : bias;
    out = product(x, transpose(weight, 0, 1), bias.defined() ? plain_bias.data() : nullptr,
                  activation == Activation::relu);
    // In place, while the product is still in the cache.
    if (activation == Activation::tanh)
      kernels(out).elementwise.unary(UnaryOp::tanh, view_of(out), view_of(out), 0);
    if (activation == Activation::sigmoid)
      kernels(out).elementwise.unary(UnaryOp::sigmoid, view_of(out), view_of(out), 0);
  }
  Node* node = record(out, "linear", {&x, &weight, &bias}, {&x, &weight}, [activation](const Backward& b) {
    Tensor gradient = b.take_grad();
    if (activation == Activation::relu) gradient = relu_backward(std::move(gradient), b.saved(2));
    if (activation == Activation::tanh) gradient = tanh_backward(std::move(gradient), b.saved(2));
    if (activation == Activation::sigmoid) gradient = sigmoid_backward(std::move(gradient), b.saved(2));
    if (b.wants(0)) b.give(0, matmul(gradient, b.saved(1)));
    if (b.wants(1)) give_product(b, 1, transpose(gradient, 0, 1), b.saved(0));
    if (b.wants(2)) b.give(2, sum(gradient, {0}));
  });
  if (node && activation != Activation::none) node->save_output(out);
  return out;
}

}  // namespace tape
