// Bounds, blends, logic and choice: ops of math.h that take two or three operands.
#include <cmath>

#include "support.h"

namespace tape {
namespace {

/// 1 where `condition` holds, as numbers to multiply a gradient with.
Tensor indicator(const Tensor& condition, DType dtype) { return to(condition, dtype); }

}  // namespace

// ---- bounds ---------------------------------------------------------------------------------------

Tensor clamp(const Tensor& x, double low, double high) {
  check_numeric("clamp", x);
  if (std::isnan(low) || std::isnan(high)) fail(ErrorCode::value, "clamp", "a bound is NaN");
  Tensor out = empty_like(x);
  kernels(out, x).math.clamp(view_of(out), view_of(x), low, high);
  record(out, "clamp", {&x}, {&x}, [low, high](const Backward& b) {
    const Tensor input = b.saved(0);
    const Tensor inside =
        logical_and(compare(CompareOp::ge, input, low), compare(CompareOp::le, input, high));
    b.give(0, mul(b.grad(), indicator(inside, input.dtype())));
  });
  return out;
}

Tensor clamp(const Tensor& x, const Tensor& low, const Tensor& high) {
  if (!low.defined() && !high.defined()) fail(ErrorCode::value, "clamp", "needs at least one bound");
  Tensor out;
  {
    GradMode mode(false);
    out = low.defined() ? maximum(x, low) : x;
    out = high.defined() ? minimum(out, high) : out;
  }
  const Tensor none;
  const Tensor *a = low.defined() ? &low : &none, *b = high.defined() ? &high : &none;
  const bool bounded_below = low.defined(), bounded_above = high.defined();
  Node* node = record(out, "clamp", {&x, a, b}, {&x}, [bounded_below, bounded_above](const Backward& c) {
    const Tensor input = c.saved(0);
    const Tensor bottom = bounded_below ? c.saved(1) : Tensor();
    const Tensor top = bounded_above ? c.saved(bounded_below ? 2 : 1) : Tensor();
    const auto pass = [&](const Tensor& condition) {
      return mul(c.grad(), indicator(condition, c.grad().dtype()));
    };
    Tensor inside, below, above;
    if (bounded_below) {
      inside = compare(CompareOp::ge, input, bottom);
      below = logical_not(inside);
    }
    if (bounded_above) {
      const Tensor under = compare(CompareOp::le, input, top);
      inside = bounded_below ? logical_and(inside, under) : under;
      above = logical_not(under);
    }
    // Where the bounds cross, the upper one is the result.
    if (bounded_below && bounded_above) {
      const Tensor ordered = compare(CompareOp::lt, bottom, top);
      below = logical_and(below, ordered);
      above = logical_or(above, compare(CompareOp::lt, top, bottom));
    }
    if (c.wants(0)) c.give(0, pass(inside));
    if (c.wants(1)) c.give(1, pass(below));
    if (c.wants(2)) c.give(2, pass(above));
  });
  if (node && bounded_below) node->save(low);
  if (node && bounded_above) node->save(high);
  return out;
}

// ---- blends ---------------------------------------------------------------------------------------

namespace {

Tensor run(TernaryOp op, const char* name, const Tensor& a, const Tensor& b, const Tensor& c, double value) {
  check_floating(name, a);
  check_same_dtype(name, a, b);
  check_same_dtype(name, a, c);
  const Dims shape = broadcast_shapes(name, broadcast_shapes(name, a.shape(), b.shape()), c.shape());
  Tensor out = empty_for(shape, a, b, a.dtype());
  kernels(out, a, b, c)
      .math.ternary(op, view_of(out), Spread(a, shape).view(), Spread(b, shape).view(),
                    Spread(c, shape).view(), value);
  return out;
}

}  // namespace

Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& weight) {
  Tensor out = run(TernaryOp::lerp, "lerp", a, b, weight, 0);
  record(out, "lerp", {&a, &b, &weight}, {&a, &b, &weight}, [](const Backward& c) {
    const Tensor w = c.saved(2);
    if (c.wants(0)) c.give(0, mul(c.grad(), rsub(w, 1)));
    if (c.wants(1)) c.give(1, mul(c.grad(), w));
    if (c.wants(2)) c.give(2, mul(c.grad(), sub(c.saved(1), c.saved(0))));
  });
  return out;
}

Tensor lerp(const Tensor& a, const Tensor& b, double weight) {
  check_floating("lerp", a);
  return lerp(a, b, full({}, weight, a.dtype(), a.device()));
}

Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b, double value) {
  Tensor out = run(TernaryOp::addcmul, "addcmul", x, a, b, value);
  record(out, "addcmul", {&x, &a, &b}, {&a, &b}, [value](const Backward& c) {
    if (c.wants(0)) c.give(0, c.grad());
    if (c.wants(1)) c.give(1, mul(mul(c.grad(), c.saved(1)), value));
    if (c.wants(2)) c.give(2, mul(mul(c.grad(), c.saved(0)), value));
  });
  return out;
}

Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b, double value) {
  Tensor out = run(TernaryOp::addcdiv, "addcdiv", x, a, b, value);
  record(out, "addcdiv", {&x, &a, &b}, {&a, &b}, [value](const Backward& c) {
    const Tensor divisor = c.saved(1);
    if (c.wants(0)) c.give(0, c.grad());
    if (c.wants(1)) c.give(1, mul(div(c.grad(), divisor), value));
    if (c.wants(2)) c.give(2, mul(div(div(mul(c.grad(), c.saved(0)), divisor), divisor), -value));
  });
  return out;
}

// ---- logic and choice -----------------------------------------------------------------------------

namespace {

void check_bools(const char* name, const Tensor& a, const Tensor& b) {
  for (const Tensor* x : {&a, &b})
    if (x->dtype() != DType::boolean)
      fail(ErrorCode::dtype, name, "needs bool tensors, got ", name_of(x->dtype()), " ",
           to_string(x->shape()), ", compare it first");
}

}  // namespace

// For 0 and 1: a and b is a > not b, a or b is a >= not b.
Tensor logical_and(const Tensor& a, const Tensor& b) {
  check_bools("logicalAnd", a, b);
  broadcast_shapes("logicalAnd", a.shape(), b.shape());
  return compare(CompareOp::gt, a, logical_not(b));
}
Tensor logical_or(const Tensor& a, const Tensor& b) {
  check_bools("logicalOr", a, b);
  broadcast_shapes("logicalOr", a.shape(), b.shape());
  return compare(CompareOp::ge, a, logical_not(b));
}
Tensor logical_xor(const Tensor& a, const Tensor& b) {
  check_bools("logicalXor", a, b);
  broadcast_shapes("logicalXor", a.shape(), b.shape());
  return compare(CompareOp::ne, a, b);
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, double value) {
  if (mask.dtype() != DType::boolean)
    fail(ErrorCode::dtype, "maskedFill", "the mask must be bool, got ", name_of(mask.dtype()),
         ", compare it first");
  return where(mask, value, x);
}

namespace {

void check_condition(const Tensor& condition) {
  if (condition.dtype() != DType::boolean)
    fail(ErrorCode::dtype, "where", "the condition must be bool, got ", name_of(condition.dtype()),
         ", compare it first");
}

/// `x` where `condition` is `holds`, `value` elsewhere.
Tensor run_where(const Tensor& condition, bool holds, const Tensor& x, double value) {
  check_condition(condition);
  if (x.dtype() != DType::boolean) check_scalar("where", x, value);
  const Dims shape = broadcast_shapes("where", condition.shape(), x.shape());
  Tensor out = empty_for(shape, x, x, x.dtype());
  Constant constant(x.dtype(), value);
  const Spread given(x, shape);
  const View number = constant.as(shape);
  kernels(out, condition, x)
      .elementwise.where(view_of(out), Spread(condition, shape).view(), holds ? given.view() : number,
                         holds ? number : given.view());
  record(out, "where", {&condition, &x}, {&condition}, [holds](const Backward& b) {
    if (b.wants(1)) b.give(1, run_where(b.saved(0), holds, b.grad(), 0));
  });
  return out;
}

}  // namespace

Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  check_condition(condition);
  if (autocast_promotes(a, b))
    return autocast_promote([&](const Tensor& s, const Tensor& t) { return where(condition, s, t); }, a, b);
  check_same_dtype("where", a, b);
  const Dims shape =
      broadcast_shapes("where", broadcast_shapes("where", condition.shape(), a.shape()), b.shape());
  Tensor out = empty_for(shape, a, b, a.dtype());
  kernels(out, condition, a, b)
      .elementwise.where(view_of(out), Spread(condition, shape).view(), Spread(a, shape).view(),
                         Spread(b, shape).view());
  record(out, "where", {&condition, &a, &b}, {&condition}, [](const Backward& c) {
    if (c.wants(1)) c.give(1, run_where(c.saved(0), true, c.grad(), 0));
    if (c.wants(2)) c.give(2, run_where(c.saved(0), false, c.grad(), 0));
  });
  return out;
}
Tensor where(const Tensor& condition, const Tensor& a, double b) { return run_where(condition, true, a, b); }
Tensor where(const Tensor& condition, double a, const Tensor& b) { return run_where(condition, false, b, a); }

}  // namespace tape
