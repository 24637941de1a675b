// Functions of single elements that more than one kernel uses.
#pragma once
#include <type_traits>

#include "numbers.h"
#include "tape/kernels/activation.h"
#include "tape/kernels/elementwise.h"
#include "tape/kernels/math.h"

namespace tape::cuda {

template <class T>
struct UnaryFunction {
  UnaryOp op;
  T p;
  TAPE_BOTH T operator()(T x) const {
    switch (op) {
      case UnaryOp::neg:
        return -x;
      case UnaryOp::abs:
        return x < T(0) ? -x : x == T(0) ? T(0) : x;
      case UnaryOp::square:
        return x * x;
      case UnaryOp::relu:
        return x < T(0) ? T(0) : x;
      case UnaryOp::sign:
        return x > T(0) ? T(1) : x < T(0) ? T(-1) : x;
      case UnaryOp::rsub_scalar:
        return p - x;
      case UnaryOp::logical_not:
        return x == T(0) ? T(1) : T(0);
      case UnaryOp::pow_scalar:
        if (p == T(2)) return x * x;
        if (p == T(3)) return x * x * x;
        return power(x, p);
      default:
        break;
    }
    if constexpr (std::is_floating_point_v<T>) {
      switch (op) {
        case UnaryOp::exp:
          return exp_of(x);
        case UnaryOp::log:
          return log_of(x);
        case UnaryOp::sqrt:
          return sqrt_of(x);
        case UnaryOp::tanh:
          return tanh_of(x);
        default:
          return sigmoid_of(x);
      }
    }
    return x;
  }
  static TAPE_BOTH T power(T base, T exponent) {
    if constexpr (std::is_floating_point_v<T>) {
      return pow_of(base, exponent);
    } else {
      if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
      uint64_t result = 1, factor = static_cast<uint64_t>(base);
      for (; exponent > 0; exponent /= 2, factor *= factor)
        if (exponent % 2) result *= factor;
      return static_cast<T>(result);
    }
  }
};

template <class T>
struct BinaryFunction {
  BinaryOp op;
  TAPE_BOTH T operator()(T x, T y) const {
    switch (op) {
      case BinaryOp::add:
        return x + y;
      case BinaryOp::sub:
        return x - y;
      case BinaryOp::mul:
        return x * y;
      case BinaryOp::div:
        if constexpr (std::is_floating_point_v<T>) return x / y;
        return T(0);  // ops refuse it at the front door
      case BinaryOp::pow:
        return UnaryFunction<T>::power(x, y);
      case BinaryOp::maximum:
        return x != x ? x : y != y ? y : x > y ? x : y;
      default:
        return x != x ? x : y != y ? y : x < y ? x : y;
    }
  }
};

template <class T>
struct CompareFunction {
  CompareOp op;
  TAPE_BOTH bool operator()(T x, T y) const {
    switch (op) {
      case CompareOp::eq:
        return x == y;
      case CompareOp::ne:
        return x != y;
      case CompareOp::lt:
        return x < y;
      case CompareOp::le:
        return x <= y;
      case CompareOp::gt:
        return x > y;
      default:
        return x >= y;
    }
  }
};

template <class T>
struct GradFunction {
  GradOp op;
  TAPE_BOTH T operator()(T g, T y) const {
    switch (op) {
      case GradOp::relu:
        return y > T(0) ? g : T(0);
      case GradOp::tanh:
        return g * (T(1) - y * y);
      default:
        return g * y * (T(1) - y);
    }
  }
};

/// Their slow path for large angles wants more memory than all other functions together: chains leave them
/// out.
constexpr bool is_angular(MathOp op) { return op == MathOp::sin || op == MathOp::cos || op == MathOp::tan; }

template <class T>
struct MathFunction {
  MathOp op;
  TAPE_BOTH T operator()(T x) const {
    switch (op) {
      case MathOp::reciprocal:
        return T(1) / x;
      case MathOp::rsqrt:
        return T(1) / sqrt_of(x);
      case MathOp::log1p:
        return log1p_of(x);
      case MathOp::expm1:
        return expm1_of(x);
      case MathOp::log2:
        return log2_of(x);
      case MathOp::exp2:
        return exp2_of(x);
      case MathOp::sin:
        return sin_of(x);
      case MathOp::cos:
        return cos_of(x);
      case MathOp::tan:
        return tan_of(x);
      case MathOp::atan:
        return atan_of(x);
      case MathOp::erf:
        return erf_of(x);
      case MathOp::floor:
        return floor_of(x);
      case MathOp::ceil:
        return ceil_of(x);
      case MathOp::round:  // halves to the even neighbour
        return nearbyint_of(x);
      default:
        return trunc_of(x);
    }
  }
};

template <class T>
struct TernaryFunction {
  TernaryOp op;
  T v;
  TAPE_BOTH T operator()(T x, T y, T z) const {
    return op == TernaryOp::lerp ? x + z * (y - x) : op == TernaryOp::addcmul ? x + v * y * z : x + v * y / z;
  }
};

template <class T>
struct ClampFunction {
  T low, high;
  TAPE_BOTH T operator()(T x) const {
    const T above = x < low ? low : x;  // a NaN passes both
    return above > high ? high : above;
  }
};

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
struct ActivationFunction {
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
struct ActivationSlope {
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

}  // namespace tape::cuda
