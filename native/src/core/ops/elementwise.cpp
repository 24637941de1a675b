// Elementwise ops and their derivatives. Gradients keep the broadcast shape; the engine sums them back.
#include <cmath>

#include "support.h"

namespace tape {

void check_floating(const char* where, const Tensor& tensor) {
  if (!is_floating(tensor.dtype()))
    fail(ErrorCode::dtype, where, "needs a floating tensor, got ", name_of(tensor.dtype()), " ",
         to_string(tensor.shape()), ", convert it with to('float32')");
}

void check_same_dtype(const char* where, const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype())
    fail(ErrorCode::dtype, where, "dtypes differ: ", name_of(a.dtype()), " and ", name_of(b.dtype()),
         ", convert one with to()");
  check_same_device(where, a, b);
}

void check_same_device(const char* where, const Tensor& a, const Tensor& b) {
  if (a.device() != b.device())
    fail(ErrorCode::device, where, "its tensors are on different devices, ", name_of(a.device()), " and ",
         name_of(b.device()), ", bring them to one with to()");
}

void check_numeric(const char* where, const Tensor& tensor) {
  if (tensor.dtype() == DType::boolean)
    fail(ErrorCode::dtype, where, "needs numbers, got bool ", to_string(tensor.shape()),
         ", convert it with to('float32')");
}

void check_scalar(const char* where, const Tensor& a, double value) {
  check_numeric(where, a);
  if (!is_floating(a.dtype()) && value != std::trunc(value))
    fail(ErrorCode::dtype, where, "the number ", value, " does not fit dtype ", name_of(a.dtype()),
         ", convert the tensor with to('float32')");
}

void check_divisible(const char* name, const Tensor& a) {
  if (!is_floating(a.dtype()))
    fail(ErrorCode::dtype, name, "division of ", name_of(a.dtype()),
         " tensors is not defined, convert with to('float32')");
}

Tensor empty_for(const Dims& shape, const Tensor& a, const Tensor& b, DType dtype) {
  if (a.shape() == shape && is_dense(a)) return empty_like(a, dtype);
  if (b.shape() == shape && is_dense(b)) return empty_like(b, dtype);
  return empty(shape, dtype, a.device());
}

namespace {

Tensor run_unary(UnaryOp op, const Tensor& x, double parameter = 0) {
  Tensor out = empty_like(x);
  kernels(out, x).elementwise.unary(op, view_of(out), view_of(x), parameter);
  return out;
}

Tensor run_binary(BinaryOp op, const char* name, const Tensor& a, const Tensor& b) {
  check_same_dtype(name, a, b);
  check_numeric(name, a);
  if (a.shape() == b.shape()) {
    Tensor out = empty_for(a.shape(), a, b, a.dtype());
    kernels(out, a, b).elementwise.binary(op, view_of(out), view_of(a), view_of(b));
    return out;
  }
  const Dims shape = broadcast_shapes(name, a.shape(), b.shape());
  Tensor out = empty_for(shape, a, b, a.dtype());
  const Dims left = broadcast_strides(a, shape), right = broadcast_strides(b, shape);
  kernels(out, a, b).elementwise.binary(op, view_of(out),
                                        {a.data(), a.dtype(), shape.size(), shape.data(), left.data()},
                                        {b.data(), b.dtype(), shape.size(), shape.data(), right.data()});
  return out;
}

Tensor run_scalar(BinaryOp op, const char* name, const Tensor& a, double value) {
  check_scalar(name, a, value);
  Tensor out = empty_like(a);
  Constant constant(compute_dtype(a.dtype()), value);
  kernels(out, a).elementwise.binary(op, view_of(out), view_of(a), constant.as(a.shape()));
  return out;
}

Tensor run_grad(GradOp op, Tensor gradient, const Tensor& saved) {
  const bool fits = gradient.shape() == saved.shape() && gradient.strides() == saved.strides();
  const Tensor out = fits && may_reuse(gradient) ? gradient : empty_like(saved);
  kernels(out, gradient, saved).elementwise.grad(op, view_of(out), view_of(gradient), view_of(saved));
  return out;
}

/// op(a, b) in the memory of `a`; false when it cannot be.
bool run_binary_into(BinaryOp op, const Tensor& a, const Tensor& b) {
  if (!may_reuse(a) || a.dtype() != b.dtype() || !is_expandable(b.shape(), a.shape())) return false;
  const Dims strides = broadcast_strides(b, a.shape());
  kernels(a, b).elementwise.binary(op, view_of(a), view_of(a),
                                   {b.data(), b.dtype(), a.rank(), a.shape().data(), strides.data()});
  return true;
}

bool run_scalar_into(BinaryOp op, const Tensor& a, double value) {
  if (!may_reuse(a)) return false;
  Constant constant(compute_dtype(a.dtype()), value);
  kernels(a).elementwise.binary(op, view_of(a), view_of(a), constant.as(a.shape()));
  return true;
}

}  // namespace

// ---- unary ----------------------------------------------------------------------------------------

Tensor neg(const Tensor& x) {
  check_numeric("neg", x);
  Tensor out = run_unary(UnaryOp::neg, x);
  record(out, "neg", {&x}, {}, [](const Backward& b) { b.give(0, neg(b.take_grad())); });
  return out;
}

Tensor exp(const Tensor& x) {
  check_floating("exp", x);
  if (autocast_widens(x)) return autocast_float32([](const Tensor& t) { return exp(t); }, x);
  Tensor out = run_unary(UnaryOp::exp, x);
  if (Node* node =
          record(out, "exp", {&x}, {}, [](const Backward& b) { b.give(0, mul(b.take_grad(), b.saved(0))); }))
    node->save_output(out);
  return out;
}

Tensor log(const Tensor& x) {
  check_floating("log", x);
  if (autocast_widens(x)) return autocast_float32([](const Tensor& t) { return log(t); }, x);
  Tensor out = run_unary(UnaryOp::log, x);
  record(out, "log", {&x}, {&x}, [](const Backward& b) { b.give(0, div(b.take_grad(), b.saved(0))); });
  return out;
}

Tensor sqrt(const Tensor& x) {
  check_floating("sqrt", x);
  Tensor out = run_unary(UnaryOp::sqrt, x);
  if (Node* node = record(out, "sqrt", {&x}, {},
                          [](const Backward& b) { b.give(0, div(b.take_grad(), mul(b.saved(0), 2))); }))
    node->save_output(out);
  return out;
}

Tensor abs(const Tensor& x) {
  check_numeric("abs", x);
  Tensor out = run_unary(UnaryOp::abs, x);
  record(out, "abs", {&x}, {&x}, [](const Backward& b) { b.give(0, mul(b.take_grad(), sign(b.saved(0)))); });
  return out;
}

Tensor square(const Tensor& x) {
  check_numeric("square", x);
  Tensor out = run_unary(UnaryOp::square, x);
  record(out, "square", {&x}, {&x},
         [](const Backward& b) { b.give(0, mul(b.take_grad(), mul(b.saved(0), 2))); });
  return out;
}

Tensor sign(const Tensor& x) {
  check_numeric("sign", x);
  Tensor out = run_unary(UnaryOp::sign, x);
  record(out, "sign", {&x}, {}, [](const Backward& b) {
    b.give(0, full(b.grad().shape(), 0, b.grad().dtype(), b.grad().device()));
  });
  return out;
}

Tensor logical_not(const Tensor& x) {
  if (x.dtype() != DType::boolean)
    fail(ErrorCode::dtype, "logicalNot", "needs a bool tensor, got ", name_of(x.dtype()),
         ", compare it first");
  return run_unary(UnaryOp::logical_not, x);
}

Tensor relu_backward(Tensor gradient, const Tensor& output) {
  if (!grad_enabled()) return run_grad(GradOp::relu, std::move(gradient), output);
  return mul(gradient, to(compare(CompareOp::gt, output, 0), output.dtype()));
}

Tensor tanh_backward(Tensor gradient, const Tensor& output) {
  if (!grad_enabled()) return run_grad(GradOp::tanh, std::move(gradient), output);
  return mul(gradient, rsub(square(output), 1));
}

Tensor sigmoid_backward(Tensor gradient, const Tensor& output) {
  if (!grad_enabled()) return run_grad(GradOp::sigmoid, std::move(gradient), output);
  return mul(gradient, mul(output, rsub(output, 1)));
}

Tensor relu(const Tensor& x) {
  check_numeric("relu", x);
  Tensor out = run_unary(UnaryOp::relu, x);
  Node* node = record(out, "relu", {&x}, {},
                      [](const Backward& b) { b.give(0, relu_backward(b.take_grad(), b.saved(0))); });
  if (node) node->save_output(out);
  return out;
}

Tensor tanh(const Tensor& x) {
  check_floating("tanh", x);
  Tensor out = run_unary(UnaryOp::tanh, x);
  Node* node = record(out, "tanh", {&x}, {},
                      [](const Backward& b) { b.give(0, tanh_backward(b.take_grad(), b.saved(0))); });
  if (node) node->save_output(out);
  return out;
}

Tensor sigmoid(const Tensor& x) {
  check_floating("sigmoid", x);
  Tensor out = run_unary(UnaryOp::sigmoid, x);
  Node* node = record(out, "sigmoid", {&x}, {},
                      [](const Backward& b) { b.give(0, sigmoid_backward(b.take_grad(), b.saved(0))); });
  if (node) node->save_output(out);
  return out;
}

Tensor pow(const Tensor& x, double exponent) {
  check_scalar("pow", x, exponent);
  if (autocast_widens(x))
    return autocast_float32([exponent](const Tensor& t) { return pow(t, exponent); }, x);
  if (!is_floating(x.dtype()) && exponent < 0)
    fail(ErrorCode::value, "pow", "integers cannot be raised to a negative power (", exponent,
         "), convert with to('float32')");
  Tensor out = run_unary(UnaryOp::pow_scalar, x, exponent);
  record(out, "pow", {&x}, {&x}, [exponent](const Backward& b) {
    // At exponent 0 the derivative is 0 everywhere, also where x^-1 is infinite.
    if (exponent == 0) return b.give(0, full(b.grad().shape(), 0, b.grad().dtype(), b.grad().device()));
    b.give(0, mul(b.take_grad(), mul(pow(b.saved(0), exponent - 1), exponent)));
  });
  return out;
}

// ---- binary ---------------------------------------------------------------------------------------

using Binary = Tensor (*)(const Tensor&, const Tensor&);

Tensor add(const Tensor& a, const Tensor& b) {
  if (autocast_promotes(a, b)) return autocast_promote(static_cast<Binary>(add), a, b);
  Tensor out = run_binary(BinaryOp::add, "add", a, b);
  record(out, "add", {&a, &b}, {}, [](const Backward& c) {
    if (c.wants(0)) c.give(0, c.grad());
    if (c.wants(1)) c.give(1, c.grad());
  });
  return out;
}

Tensor sub(const Tensor& a, const Tensor& b) {
  if (autocast_promotes(a, b)) return autocast_promote(static_cast<Binary>(sub), a, b);
  Tensor out = run_binary(BinaryOp::sub, "sub", a, b);
  record(out, "sub", {&a, &b}, {}, [](const Backward& c) {
    if (c.wants(0)) c.give(0, c.grad());
    if (c.wants(1)) c.give(1, neg(c.take_grad()));
  });
  return out;
}

Tensor mul(const Tensor& a, const Tensor& b) {
  if (autocast_promotes(a, b)) return autocast_promote(static_cast<Binary>(mul), a, b);
  Tensor out = run_binary(BinaryOp::mul, "mul", a, b);
  record(out, "mul", {&a, &b}, {&a, &b}, [](const Backward& c) {
    if (c.wants(0)) c.give(0, mul(c.wants(1) ? c.grad() : c.take_grad(), c.saved(1)));
    if (c.wants(1)) c.give(1, mul(c.take_grad(), c.saved(0)));
  });
  return out;
}

Tensor div(const Tensor& a, const Tensor& b) {
  if (autocast_promotes(a, b)) return autocast_promote(static_cast<Binary>(div), a, b);
  check_divisible("div", a);
  Tensor out = run_binary(BinaryOp::div, "div", a, b);
  record(out, "div", {&a, &b}, {&a, &b}, [](const Backward& c) {
    const Tensor divisor = c.saved(1);
    if (c.wants(0)) c.give(0, div(c.wants(1) ? c.grad() : c.take_grad(), divisor));
    if (c.wants(1)) c.give(1, neg(div(div(mul(c.take_grad(), c.saved(0)), divisor), divisor)));
  });
  return out;
}

Tensor pow(const Tensor& a, const Tensor& b) {
  check_floating("pow", a);
  if (autocast_widens(a, b))
    return autocast_float32([](const Tensor& s, const Tensor& t) { return pow(s, t); }, a, b);
  Tensor out = run_binary(BinaryOp::pow, "pow", a, b);
  Node* node = record(out, "pow", {&a, &b}, {&a, &b}, [](const Backward& c) {
    const Tensor base = c.saved(0), exponent = c.saved(1);
    if (c.wants(0)) {
      const Tensor slope = mul(exponent, pow(base, sub(exponent, 1)));
      c.give(0, mul(c.grad(), where(compare(CompareOp::eq, exponent, 0), 0.0, slope)));
    }
    if (c.wants(1)) {
      // 0^b does not change with b >= 0, although log(0) is infinite.
      const Tensor still = mul(to(compare(CompareOp::eq, base, 0), base.dtype()),
                               to(compare(CompareOp::ge, exponent, 0), base.dtype()));
      const Tensor slope = mul(c.saved(2), log(base));
      c.give(1, mul(c.grad(), where(compare(CompareOp::ne, still, 0), 0.0, slope)));
    }
  });
  if (node) node->save_output(out);
  return out;
}

namespace {

/// The greater (or lesser) operand takes the gradient; at a tie each takes half, as in PyTorch.
void extreme_backward(const Backward& c, CompareOp first_wins) {
  const Tensor a = c.saved(0), b = c.saved(1);
  const DType dtype = c.grad().dtype();
  const Tensor half = mul(to(compare(CompareOp::eq, a, b), dtype), 0.5);
  if (c.wants(0)) c.give(0, mul(c.grad(), add(to(compare(first_wins, a, b), dtype), half)));
  if (c.wants(1)) c.give(1, mul(c.grad(), add(to(compare(first_wins, b, a), dtype), half)));
}

}  // namespace

Tensor maximum(const Tensor& a, const Tensor& b) {
  if (autocast_promotes(a, b)) return autocast_promote(static_cast<Binary>(maximum), a, b);
  Tensor out = run_binary(BinaryOp::maximum, "maximum", a, b);
  record(out, "maximum", {&a, &b}, {&a, &b}, [](const Backward& c) { extreme_backward(c, CompareOp::gt); });
  return out;
}

Tensor minimum(const Tensor& a, const Tensor& b) {
  if (autocast_promotes(a, b)) return autocast_promote(static_cast<Binary>(minimum), a, b);
  Tensor out = run_binary(BinaryOp::minimum, "minimum", a, b);
  record(out, "minimum", {&a, &b}, {&a, &b}, [](const Backward& c) { extreme_backward(c, CompareOp::lt); });
  return out;
}

// ---- with a number --------------------------------------------------------------------------------

Tensor add(const Tensor& a, double b) {
  Tensor out = run_scalar(BinaryOp::add, "add", a, b);
  record(out, "add", {&a}, {}, [](const Backward& c) { c.give(0, c.grad()); });
  return out;
}

Tensor sub(const Tensor& a, double b) {
  Tensor out = run_scalar(BinaryOp::sub, "sub", a, b);
  record(out, "sub", {&a}, {}, [](const Backward& c) { c.give(0, c.grad()); });
  return out;
}

Tensor rsub(const Tensor& a, double b) {
  check_scalar("rsub", a, b);
  Tensor out = run_unary(UnaryOp::rsub_scalar, a, b);
  record(out, "rsub", {&a}, {}, [](const Backward& c) { c.give(0, neg(c.take_grad())); });
  return out;
}

Tensor mul(const Tensor& a, double b) {
  Tensor out = run_scalar(BinaryOp::mul, "mul", a, b);
  record(out, "mul", {&a}, {}, [b](const Backward& c) { c.give(0, mul(c.take_grad(), b)); });
  return out;
}

Tensor div(const Tensor& a, double b) {
  check_divisible("div", a);
  Tensor out = run_scalar(BinaryOp::div, "div", a, b);
  record(out, "div", {&a}, {}, [b](const Backward& c) { c.give(0, div(c.take_grad(), b)); });
  return out;
}

// ---- into a temporary's memory --------------------------------------------------------------------

Tensor neg(Tensor&& x) {
  if (!may_reuse(x)) return neg(std::as_const(x));
  kernels(x).elementwise.unary(UnaryOp::neg, view_of(x), view_of(x), 0);
  return std::move(x);
}

Tensor add(Tensor&& a, const Tensor& b) {
  return run_binary_into(BinaryOp::add, a, b) ? std::move(a) : add(std::as_const(a), b);
}
Tensor sub(Tensor&& a, const Tensor& b) {
  return run_binary_into(BinaryOp::sub, a, b) ? std::move(a) : sub(std::as_const(a), b);
}
Tensor mul(Tensor&& a, const Tensor& b) {
  return run_binary_into(BinaryOp::mul, a, b) ? std::move(a) : mul(std::as_const(a), b);
}
Tensor div(Tensor&& a, const Tensor& b) {
  return run_binary_into(BinaryOp::div, a, b) ? std::move(a) : div(std::as_const(a), b);
}
Tensor add(Tensor&& a, double b) {
  return run_scalar_into(BinaryOp::add, a, b) ? std::move(a) : add(std::as_const(a), b);
}
Tensor sub(Tensor&& a, double b) {
  return run_scalar_into(BinaryOp::sub, a, b) ? std::move(a) : sub(std::as_const(a), b);
}
Tensor mul(Tensor&& a, double b) {
  return run_scalar_into(BinaryOp::mul, a, b) ? std::move(a) : mul(std::as_const(a), b);
}
Tensor div(Tensor&& a, double b) {
  return run_scalar_into(BinaryOp::div, a, b) ? std::move(a) : div(std::as_const(a), b);
}

// ---- comparison ----------------------------------------------------------------------------------

namespace {
const char* compare_name(CompareOp op) {
  constexpr const char* names[] = {"eq", "ne", "lt", "le", "gt", "ge"};
  return names[static_cast<int>(op)];
}
}  // namespace

Tensor compare(CompareOp op, const Tensor& a, const Tensor& b) {
  if (autocast_promotes(a, b))
    return autocast_promote([op](const Tensor& s, const Tensor& t) { return compare(op, s, t); }, a, b);
  check_same_dtype(compare_name(op), a, b);
  const Dims shape = broadcast_shapes(compare_name(op), a.shape(), b.shape());
  Tensor out = empty_for(shape, a, b, DType::boolean);
  const Dims left = broadcast_strides(a, shape), right = broadcast_strides(b, shape);
  kernels(out, a, b).elementwise.compare(op, view_of(out),
                                         {a.data(), a.dtype(), shape.size(), shape.data(), left.data()},
                                         {b.data(), b.dtype(), shape.size(), shape.data(), right.data()});
  return out;
}

Tensor compare(CompareOp op, const Tensor& a, double b) {
  if (a.dtype() != DType::boolean) check_scalar(compare_name(op), a, b);
  Tensor out = empty_like(a, DType::boolean);
  Constant constant(a.dtype(), b);
  kernels(out, a).elementwise.compare(op, view_of(out), view_of(a), constant.as(a.shape()));
  return out;
}

}  // namespace tape
