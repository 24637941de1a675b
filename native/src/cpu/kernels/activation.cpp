// Activation functions and their derivatives, each in one pass.
#include <cmath>

#include "kernel_set.h"
#include "lines.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr double kRootHalf = 0.70710678118654752;       // 1 / sqrt(2)
constexpr double kRootTwoOverPi = 0.79788456080286536;  // sqrt(2 / pi)
constexpr double kCubic = 0.044715;                     // of the tanh form of gelu

/// log(1 + e^x), which for large x is x.
template <class T>
T log1p_exp(T x) {
  const T above = x > T(0) ? x : T(0);
  const T distance = x > T(0) ? -x : x;
  return above + fast_log1p(fast_exp(distance));
}

template <class T>
T gelu(T x) {
  return T(0.5) * x * (T(1) + fast_erf(x * T(kRootHalf)));
}
/// Phi(x) + x phi(x)
template <class T>
T gelu_slope(T x) {
  const T density = T(0.39894228040143268) * fast_exp(T(-0.5) * x * x);
  return T(0.5) * (T(1) + fast_erf(x * T(kRootHalf))) + x * density;
}
template <class T>
T gelu_tanh(T x) {
  return T(0.5) * x * (T(1) + fast_tanh(T(kRootTwoOverPi) * (x + T(kCubic) * x * x * x)));
}
template <class T>
T gelu_tanh_slope(T x) {
  const T t = fast_tanh(T(kRootTwoOverPi) * (x + T(kCubic) * x * x * x));
  const T inner = T(kRootTwoOverPi) * (T(1) + T(3 * kCubic) * x * x);
  return T(0.5) * (T(1) + t) + T(0.5) * x * (T(1) - t * t) * inner;
}
template <class T>
T silu_slope(T x) {
  const T s = fast_sigmoid(x);
  return s * (T(1) + x * (T(1) - s));
}
template <class T>
T mish_slope(T x) {
  const T t = fast_tanh(log1p_exp(x));
  return t + x * (T(1) - t * t) * fast_sigmoid(x);
}

template <class T>
void forward_typed(ActivationOp op, const View& out, const View& in, T a, T b) {
  switch (op) {
    case ActivationOp::gelu:
      return map1<T, T>(out, in, [](T x) { return gelu(x); });
    case ActivationOp::gelu_tanh:
      return map1<T, T>(out, in, [](T x) { return gelu_tanh(x); });
    case ActivationOp::silu:
      return map1<T, T>(out, in, [](T x) { return x * fast_sigmoid(x); });
    case ActivationOp::leaky_relu:
      return map1<T, T>(out, in, [a](T x) { return x > T(0) ? x : x * a; });
    case ActivationOp::elu:
      return map1<T, T>(out, in, [a](T x) {
        const T below = a * fast_expm1(x > T(0) ? T(0) : x);
        return x > T(0) ? x : below;
      });
    case ActivationOp::softplus:
      return map1<T, T>(out, in, [a, b](T x) {
        const T smooth = log1p_exp(x * a) / a;
        return x * a > b ? x : smooth;
      });
    case ActivationOp::log_sigmoid:
      return map1<T, T>(out, in, [](T x) { return -log1p_exp(-x); });
    case ActivationOp::hardtanh:
      return map1<T, T>(out, in, [a, b](T x) {
        const T above = x < a ? a : x;
        return above > b ? b : above;
      });
    case ActivationOp::hardsigmoid:
      return map1<T, T>(out, in, [](T x) {
        const T above = x < T(-3) ? T(-3) : x;
        return ((above > T(3) ? T(3) : above) + T(3)) / T(6);
      });
    case ActivationOp::hardswish:
      return map1<T, T>(out, in, [](T x) {
        const T above = x < T(-3) ? T(-3) : x;
        return x * (((above > T(3) ? T(3) : above) + T(3)) / T(6));
      });
    case ActivationOp::mish:
      return map1<T, T>(out, in, [](T x) { return x * fast_tanh(log1p_exp(x)); });
  }
}

template <class T>
void backward_typed(ActivationOp op, const View& out, const View& grad, const View& in, T a, T b) {
  switch (op) {
    case ActivationOp::gelu:
      return map2<T, T, T>(out, grad, in, [](T g, T x) { return g * gelu_slope(x); });
    case ActivationOp::gelu_tanh:
      return map2<T, T, T>(out, grad, in, [](T g, T x) { return g * gelu_tanh_slope(x); });
    case ActivationOp::silu:
      return map2<T, T, T>(out, grad, in, [](T g, T x) { return g * silu_slope(x); });
    case ActivationOp::leaky_relu:
      return map2<T, T, T>(out, grad, in, [a](T g, T x) { return x > T(0) ? g : g * a; });
    case ActivationOp::elu:
      return map2<T, T, T>(out, grad, in, [a](T g, T x) {
        const T below = g * a * fast_exp(x > T(0) ? T(0) : x);
        return x > T(0) ? g : below;
      });
    case ActivationOp::softplus:
      return map2<T, T, T>(out, grad, in, [a, b](T g, T x) {
        const T smooth = g * fast_sigmoid(x * a);
        return x * a > b ? g : smooth;
      });
    case ActivationOp::log_sigmoid:
      return map2<T, T, T>(out, grad, in, [](T g, T x) { return g * fast_sigmoid(-x); });
    case ActivationOp::hardtanh:
      return map2<T, T, T>(out, grad, in, [a, b](T g, T x) { return x <= a || x >= b ? T(0) : g; });
    case ActivationOp::hardsigmoid:
      return map2<T, T, T>(out, grad, in, [](T g, T x) { return x <= T(-3) || x >= T(3) ? T(0) : g / T(6); });
    case ActivationOp::hardswish:
      return map2<T, T, T>(out, grad, in, [](T g, T x) {
        return x <= T(-3) ? T(0) : x >= T(3) ? g : g * (x / T(3) + T(0.5));
      });
    case ActivationOp::mish:
      return map2<T, T, T>(out, grad, in, [](T g, T x) { return g * mish_slope(x); });
  }
}

}  // namespace

void activation_forward(ActivationOp op, View out, View in, double a, double b) {
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    forward_typed<T>(op, out, in, static_cast<T>(a), static_cast<T>(b));
  });
}

void activation_backward(ActivationOp op, View out, View grad, View in, double a, double b) {
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    backward_typed<T>(op, out, grad, in, static_cast<T>(a), static_cast<T>(b));
  });
}

ActivationKernels activation_table() { return {activation_forward, activation_backward}; }

}  // namespace tape::cpu::TAPE_ISA
