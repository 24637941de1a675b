// Activation functions and their derivatives, each in one pass.
#include "../map.h"
#include "../table.h"

namespace tape::cuda {
namespace {

constexpr double kRootHalf = 0.70710678118654752;       // 1 / sqrt(2)
constexpr double kRootTwoOverPi = 0.79788456080286536;  // sqrt(2 / pi)
constexpr double kDensity = 0.39894228040143268;        // 1 / sqrt(2 pi)
constexpr double kCubic = 0.044715;                     // of the tanh form of gelu

template <class T>
TAPE_BOTH T gelu_inner(T x) {
  return tanh_of(T(kRootTwoOverPi) * (x + T(kCubic) * x * x * x));
}
/// x in -3..3 as 0..1
template <class T>
TAPE_BOTH T hard_share(T x) {
  const T above = x < T(-3) ? T(-3) : x;
  return ((above > T(3) ? T(3) : above) + T(3)) / T(6);
}

template <class T>
struct Forward {
  ActivationOp op;
  T a, b;
  TAPE_BOTH T operator()(T x) const {
    switch (op) {
      case ActivationOp::gelu:
        return T(0.5) * x * (T(1) + erf_of(x * T(kRootHalf)));
      case ActivationOp::gelu_tanh:
        return T(0.5) * x * (T(1) + gelu_inner(x));
      case ActivationOp::silu:
        return x * sigmoid_of(x);
      case ActivationOp::leaky_relu:
        return x > T(0) ? x : x * a;
      case ActivationOp::elu:
        return x > T(0) ? x : a * expm1_of(x);
      case ActivationOp::softplus:
        return x * a > b ? x : softplus_of(x * a) / a;
      case ActivationOp::log_sigmoid:
        return -softplus_of(-x);
      case ActivationOp::hardtanh: {
        const T above = x < a ? a : x;
        return above > b ? b : above;
      }
      case ActivationOp::hardsigmoid:
        return hard_share(x);
      case ActivationOp::hardswish:
        return x * hard_share(x);
      default:
        return x * tanh_of(softplus_of(x));
    }
  }
};

template <class T>
struct Backward {
  ActivationOp op;
  T a, b;
  TAPE_BOTH T operator()(T g, T x) const {
    switch (op) {
      case ActivationOp::gelu:
        return g * (T(0.5) * (T(1) + erf_of(x * T(kRootHalf))) + x * T(kDensity) * exp_of(T(-0.5) * x * x));
      case ActivationOp::gelu_tanh: {
        const T t = gelu_inner(x), inner = T(kRootTwoOverPi) * (T(1) + T(3 * kCubic) * x * x);
        return g * (T(0.5) * (T(1) + t) + T(0.5) * x * (T(1) - t * t) * inner);
      }
      case ActivationOp::silu: {
        const T s = sigmoid_of(x);
        return g * (s * (T(1) + x * (T(1) - s)));
      }
      case ActivationOp::leaky_relu:
        return x > T(0) ? g : g * a;
      case ActivationOp::elu:
        return x > T(0) ? g : g * a * exp_of(x);
      case ActivationOp::softplus:
        return x * a > b ? g : g * sigmoid_of(x * a);
      case ActivationOp::log_sigmoid:
        return g * sigmoid_of(-x);
      case ActivationOp::hardtanh:
        return x <= a || x >= b ? T(0) : g;
      case ActivationOp::hardsigmoid:
        return x <= T(-3) || x >= T(3) ? T(0) : g / T(6);
      case ActivationOp::hardswish:
        return x <= T(-3) ? T(0) : x >= T(3) ? g : g * (x / T(3) + T(0.5));
      default: {
        const T t = tanh_of(softplus_of(x));
        return g * (t + x * (T(1) - t * t) * sigmoid_of(x));
      }
    }
  }
};

void forward(ActivationOp op, View out, View in, double a, double b) {
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map1<T>(out, in, Forward<T>{op, static_cast<T>(a), static_cast<T>(b)});
  });
}

void backward(ActivationOp op, View out, View grad, View in, double a, double b) {
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map2<T>(out, grad, in, Backward<T>{op, static_cast<T>(a), static_cast<T>(b)});
  });
}

}  // namespace

ActivationKernels activation_table() { return {forward, backward}; }

}  // namespace tape::cuda
