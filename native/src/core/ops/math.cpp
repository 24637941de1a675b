// Mathematical functions and their derivatives. Gradients keep the broadcast shape; the engine sums them
// back.
#include <cmath>

#include "support.h"

namespace tape {
namespace {

Tensor run(MathOp op, const char* name, const Tensor& x) {
  check_floating(name, x);
  Tensor out = empty_like(x);
  kernels(out, x).math.unary(op, view_of(out), view_of(x));
  return out;
}

/// A function whose derivative reads its input.
template <class F>
Tensor of_input(MathOp op, const char* name, const Tensor& x, F derivative) {
  Tensor out = run(op, name, x);
  record(out, name, {&x}, {&x}, derivative);
  return out;
}

/// A function whose derivative reads its output.
template <class F>
Tensor of_output(MathOp op, const char* name, const Tensor& x, F derivative) {
  Tensor out = run(op, name, x);
  if (Node* node = record(out, name, {&x}, {}, derivative)) node->save_output(out);
  return out;
}

Tensor zeros_for(const Tensor& gradient) {
  return full(gradient.shape(), 0, gradient.dtype(), gradient.device());
}

/// A function of steps: flat where it has a derivative.
Tensor stepwise(MathOp op, const char* name, const Tensor& x) {
  Tensor out = run(op, name, x);
  record(out, name, {&x}, {}, [](const Backward& b) { b.give(0, zeros_for(b.grad())); });
  return out;
}

}  // namespace

Tensor reciprocal(const Tensor& x) {
  return of_output(MathOp::reciprocal, "reciprocal", x,
                   [](const Backward& b) { b.give(0, neg(mul(b.grad(), square(b.saved(0))))); });
}
Tensor rsqrt(const Tensor& x) {
  return of_output(MathOp::rsqrt, "rsqrt", x, [](const Backward& b) {
    const Tensor y = b.saved(0);
    b.give(0, mul(mul(b.grad(), mul(y, square(y))), -0.5));
  });
}
Tensor log1p(const Tensor& x) {
  return of_input(MathOp::log1p, "log1p", x,
                  [](const Backward& b) { b.give(0, div(b.grad(), add(b.saved(0), 1))); });
}
Tensor expm1(const Tensor& x) {
  return of_output(MathOp::expm1, "expm1", x,
                   [](const Backward& b) { b.give(0, mul(b.grad(), add(b.saved(0), 1))); });
}
Tensor log2(const Tensor& x) {
  return of_input(MathOp::log2, "log2", x,
                  [](const Backward& b) { b.give(0, div(b.grad(), mul(b.saved(0), std::log(2.0)))); });
}
Tensor exp2(const Tensor& x) {
  return of_output(MathOp::exp2, "exp2", x,
                   [](const Backward& b) { b.give(0, mul(b.grad(), mul(b.saved(0), std::log(2.0)))); });
}
Tensor sin(const Tensor& x) {
  return of_input(MathOp::sin, "sin", x,
                  [](const Backward& b) { b.give(0, mul(b.grad(), cos(b.saved(0)))); });
}
Tensor cos(const Tensor& x) {
  return of_input(MathOp::cos, "cos", x,
                  [](const Backward& b) { b.give(0, neg(mul(b.grad(), sin(b.saved(0))))); });
}
Tensor tan(const Tensor& x) {
  return of_output(MathOp::tan, "tan", x,
                   [](const Backward& b) { b.give(0, mul(b.grad(), add(square(b.saved(0)), 1))); });
}
Tensor atan(const Tensor& x) {
  return of_input(MathOp::atan, "atan", x,
                  [](const Backward& b) { b.give(0, div(b.grad(), add(square(b.saved(0)), 1))); });
}
Tensor erf(const Tensor& x) {
  return of_input(MathOp::erf, "erf", x, [](const Backward& b) {
    constexpr double two_over_root_pi = 1.1283791670955126;
    b.give(0, mul(b.grad(), mul(exp(neg(square(b.saved(0)))), two_over_root_pi)));
  });
}
Tensor floor(const Tensor& x) { return stepwise(MathOp::floor, "floor", x); }
Tensor ceil(const Tensor& x) { return stepwise(MathOp::ceil, "ceil", x); }
Tensor round(const Tensor& x) { return stepwise(MathOp::round, "round", x); }
Tensor trunc(const Tensor& x) { return stepwise(MathOp::trunc, "trunc", x); }

// ---- questions ------------------------------------------------------------------------------------

namespace {

Tensor ask(PredicateOp op, const char* name, const Tensor& x) {
  check_floating(name, x);
  Tensor out = empty_like(x, DType::boolean);
  kernels(out, x).math.predicate(op, view_of(out), view_of(x));
  return out;
}

}  // namespace

Tensor isnan(const Tensor& x) { return ask(PredicateOp::isnan, "isnan", x); }
Tensor isinf(const Tensor& x) { return ask(PredicateOp::isinf, "isinf", x); }
Tensor isfinite(const Tensor& x) { return ask(PredicateOp::isfinite, "isfinite", x); }

// ---- binary ---------------------------------------------------------------------------------------

namespace {

Tensor run_binary(MathBinaryOp op, const char* name, const Tensor& a, const Tensor& b) {
  check_same_dtype(name, a, b);
  check_numeric(name, a);
  const Dims shape = broadcast_shapes(name, a.shape(), b.shape());
  Tensor out = empty_for(shape, a, b, a.dtype());
  kernels(out, a, b).math.binary(op, view_of(out), Spread(a, shape).view(), Spread(b, shape).view());
  return out;
}

/// Integers have no infinity to answer a division by zero with.
void check_divisor(const char* name, const Tensor& b) {
  if (is_floating(b.dtype()) || b.numel() == 0) return;
  const Tensor zero = to(compare(CompareOp::eq, b, 0), DType::uint8);
  if (const Tensor found = to(sum(zero), Device::cpu); *found.data_as<int64_t>() > 0)
    fail(ErrorCode::value, name, "division of ", name_of(b.dtype()), " by zero, ", *found.data_as<int64_t>(),
         " of ", b.numel(), " divisors are 0");
}

Tensor number(const char* name, const Tensor& like, double value) {
  check_scalar(name, like, value);
  return full({}, value, like.dtype(), like.device());
}

}  // namespace

Tensor remainder(const Tensor& a, const Tensor& b) {
  check_same_dtype("remainder", a, b);
  check_divisor("remainder", b);
  Tensor out = run_binary(MathBinaryOp::remainder, "remainder", a, b);
  record(out, "remainder", {&a, &b}, {&a, &b}, [](const Backward& c) {
    if (c.wants(0)) c.give(0, c.grad());
    if (c.wants(1)) c.give(1, neg(mul(c.grad(), floor_divide(c.saved(0), c.saved(1)))));
  });
  return out;
}

Tensor fmod(const Tensor& a, const Tensor& b) {
  check_same_dtype("fmod", a, b);
  check_divisor("fmod", b);
  Tensor out = run_binary(MathBinaryOp::fmod, "fmod", a, b);
  record(out, "fmod", {&a, &b}, {&a, &b}, [](const Backward& c) {
    if (c.wants(0)) c.give(0, c.grad());
    if (c.wants(1)) c.give(1, neg(mul(c.grad(), trunc(div(c.saved(0), c.saved(1))))));
  });
  return out;
}

Tensor floor_divide(const Tensor& a, const Tensor& b) {
  check_same_dtype("floorDivide", a, b);
  check_divisor("floorDivide", b);
  Tensor out = run_binary(MathBinaryOp::floor_divide, "floorDivide", a, b);
  record(out, "floorDivide", {&a, &b}, {}, [](const Backward& c) {
    if (c.wants(0)) c.give(0, zeros_for(c.grad()));
    if (c.wants(1)) c.give(1, zeros_for(c.grad()));
  });
  return out;
}

Tensor atan2(const Tensor& a, const Tensor& b) {
  check_floating("atan2", a);
  Tensor out = run_binary(MathBinaryOp::atan2, "atan2", a, b);
  record(out, "atan2", {&a, &b}, {&a, &b}, [](const Backward& c) {
    const Tensor y = c.saved(0), x = c.saved(1);
    const Tensor scaled = div(c.grad(), add(square(x), square(y)));
    if (c.wants(0)) c.give(0, mul(scaled, x));
    if (c.wants(1)) c.give(1, neg(mul(scaled, y)));
  });
  return out;
}

Tensor remainder(const Tensor& a, double b) { return remainder(a, number("remainder", a, b)); }
Tensor fmod(const Tensor& a, double b) { return fmod(a, number("fmod", a, b)); }
Tensor floor_divide(const Tensor& a, double b) { return floor_divide(a, number("floorDivide", a, b)); }

}  // namespace tape
