// Activation functions. Their first derivative is one kernel; under createGraph it is made of other ops, so
// that it can be differentiated again.
#include <cmath>

#include "support.h"

namespace tape {
namespace {

/// `composed(gradient, x)` is the derivative in differentiable ops.
template <class F>
Tensor activate(ActivationOp op, const char* name, const Tensor& x, double a, double b, F composed) {
  check_floating(name, x);
  Tensor out = empty_like(x);
  kernels(out, x).activation.forward(op, view_of(out), view_of(x), a, b);
  record(out, name, {&x}, {&x}, [op, a, b, composed](const Backward& c) {
    const Tensor input = c.saved(0);
    if (grad_enabled()) return c.give(0, composed(c.grad(), input));
    Tensor result = empty_like(input);
    kernels(result, c.grad(), input)
        .activation.backward(op, view_of(result), view_of(c.grad()), view_of(input), a, b);
    c.give(0, result);
  });
  return out;
}

/// 1 where low < x < high, as numbers.
Tensor strictly_between(const Tensor& x, double low, double high) {
  return to(logical_and(compare(CompareOp::gt, x, low), compare(CompareOp::lt, x, high)), x.dtype());
}

constexpr double kRootTwoOverPi = 0.79788456080286536;  // sqrt(2 / pi)

}  // namespace

Tensor gelu(const Tensor& x, bool tanh_form) {
  if (tanh_form)
    return activate(ActivationOp::gelu_tanh, "gelu", x, 0, 0, [](const Tensor& g, const Tensor& v) {
      const Tensor squared = square(v);
      const Tensor t = tanh(mul(mul(v, add(mul(squared, 0.044715), 1)), kRootTwoOverPi));
      const Tensor inner = mul(add(mul(squared, 3 * 0.044715), 1), kRootTwoOverPi);
      const Tensor slope = mul(add(add(t, 1), mul(mul(v, rsub(square(t), 1)), inner)), 0.5);
      return mul(g, slope);
    });
  return activate(ActivationOp::gelu, "gelu", x, 0, 0, [](const Tensor& g, const Tensor& v) {
    const Tensor cumulative = mul(add(erf(mul(v, std::sqrt(0.5))), 1), 0.5);
    const Tensor density = mul(exp(mul(square(v), -0.5)), 0.5 * kRootTwoOverPi);
    return mul(g, add(cumulative, mul(v, density)));
  });
}

Tensor silu(const Tensor& x) {
  return activate(ActivationOp::silu, "silu", x, 0, 0, [](const Tensor& g, const Tensor& v) {
    const Tensor s = sigmoid(v);
    return mul(g, mul(s, add(mul(v, rsub(s, 1)), 1)));
  });
}

Tensor mish(const Tensor& x) {
  return activate(ActivationOp::mish, "mish", x, 0, 0, [](const Tensor& g, const Tensor& v) {
    const Tensor t = tanh(softplus(v, 1, 20));
    return mul(g, add(t, mul(mul(v, rsub(square(t), 1)), sigmoid(v))));
  });
}

Tensor leaky_relu(const Tensor& x, double slope) {
  return activate(ActivationOp::leaky_relu, "leakyRelu", x, slope, 0,
                  [slope](const Tensor& g, const Tensor& v) {
                    return where(compare(CompareOp::gt, v, 0), g, mul(g, slope));
                  });
}

Tensor elu(const Tensor& x, double alpha) {
  return activate(ActivationOp::elu, "elu", x, alpha, 0, [alpha](const Tensor& g, const Tensor& v) {
    const Tensor below = mul(mul(g, exp(clamp(v, -kNoBound, 0))), alpha);  // e^x of a large x is infinite
    return where(compare(CompareOp::gt, v, 0), g, below);
  });
}

Tensor selu(const Tensor& x) {
  check_floating("selu", x);
  // The constants of Klambauer et al. 2017, which keep mean 0 and variance 1.
  return mul(elu(x, 1.6732632423543772), 1.0507009873554805);
}

Tensor softplus(const Tensor& x, double beta, double threshold) {
  if (!(beta > 0)) fail(ErrorCode::value, "softplus", "beta must be positive, got ", beta);
  return activate(ActivationOp::softplus, "softplus", x, beta, threshold,
                  [beta, threshold](const Tensor& g, const Tensor& v) {
                    const Tensor scaled = mul(v, beta);
                    return where(compare(CompareOp::gt, scaled, threshold), g, mul(g, sigmoid(scaled)));
                  });
}

Tensor log_sigmoid(const Tensor& x) {
  return activate(ActivationOp::log_sigmoid, "logSigmoid", x, 0, 0,
                  [](const Tensor& g, const Tensor& v) { return mul(g, sigmoid(neg(v))); });
}

Tensor hardtanh(const Tensor& x, double low, double high) {
  if (!(low <= high))
    fail(ErrorCode::value, "hardtanh", "low must not exceed high, got ", low, " and ", high);
  return activate(
      ActivationOp::hardtanh, "hardtanh", x, low, high,
      [low, high](const Tensor& g, const Tensor& v) { return mul(g, strictly_between(v, low, high)); });
}

Tensor relu6(const Tensor& x) {
  check_floating("relu6", x);
  return hardtanh(x, 0, 6);
}

Tensor hardsigmoid(const Tensor& x) {
  return activate(ActivationOp::hardsigmoid, "hardsigmoid", x, 0, 0, [](const Tensor& g, const Tensor& v) {
    return div(mul(g, strictly_between(v, -3, 3)), 6);
  });
}

Tensor hardswish(const Tensor& x) {
  return activate(ActivationOp::hardswish, "hardswish", x, 0, 0, [](const Tensor& g, const Tensor& v) {
    const Tensor middle = mul(strictly_between(v, -3, 3), add(div(v, 3), 0.5));
    return mul(g, add(middle, to(compare(CompareOp::ge, v, 3), v.dtype())));
  });
}

}  // namespace tape
