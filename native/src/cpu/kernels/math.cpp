// Mathematical functions, element by element.
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernel_set.h"
#include "lines.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {
namespace {

template <class T>
void unary_typed(MathOp op, const View& out, const View& in) {
  switch (op) {
    case MathOp::reciprocal:
      return map1<T, T>(out, in, [](T x) { return T(1) / x; });
    case MathOp::rsqrt:
      return map1<T, T>(out, in, [](T x) { return T(1) / std::sqrt(x); });
    case MathOp::log1p:
      return map1<T, T>(out, in, [](T x) { return std::log1p(x); });
    case MathOp::expm1:
      return map1<T, T>(out, in, [](T x) { return std::expm1(x); });
    case MathOp::log2:
      return map1<T, T>(out, in, [](T x) { return std::log2(x); });
    case MathOp::exp2:
      return map1<T, T>(out, in, [](T x) { return std::exp2(x); });
    case MathOp::sin:
      return map1<T, T>(out, in, [](T x) { return std::sin(x); });
    case MathOp::cos:
      return map1<T, T>(out, in, [](T x) { return std::cos(x); });
    case MathOp::tan:
      return map1<T, T>(out, in, [](T x) { return std::tan(x); });
    case MathOp::atan:
      return map1<T, T>(out, in, [](T x) { return std::atan(x); });
    case MathOp::erf:
      return map1<T, T>(out, in, [](T x) { return fast_erf(x); });
    case MathOp::floor:
      return map1<T, T>(out, in, [](T x) { return std::floor(x); });
    case MathOp::ceil:
      return map1<T, T>(out, in, [](T x) { return std::ceil(x); });
    case MathOp::round:  // halves to the even neighbour, as PyTorch
      return map1<T, T>(out, in, [](T x) { return std::nearbyint(x); });
    case MathOp::trunc:
      return map1<T, T>(out, in, [](T x) { return std::trunc(x); });
  }
}

template <class T>
T remainder_of(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    const T r = std::fmod(a, b);
    return r != T(0) && (r < T(0)) != (b < T(0)) ? r + b : r;
  } else {
    if (b == static_cast<T>(-1)) return 0;  // the smallest integer has no negative
    const T r = static_cast<T>(a % b);
    return r != 0 && (r < 0) != (b < 0) ? static_cast<T>(r + b) : r;
  }
}

template <class T>
T floor_quotient(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (b == T(0)) return a / b;
    // From the remainder, as Python does: a / b itself may round up to the next integer.
    const T r = std::fmod(a, b);
    T quotient = (a - r) / b;
    if (r != T(0) && (r < T(0)) != (b < T(0))) quotient -= T(1);
    const T whole = std::floor(quotient);
    return quotient - whole > T(0.5) ? whole + T(1) : whole;
  } else {
    if (b == static_cast<T>(-1)) return static_cast<T>(T(0) - static_cast<std::make_unsigned_t<T>>(a));
    const T q = static_cast<T>(a / b);
    return a % b != 0 && (a < 0) != (b < 0) ? static_cast<T>(q - 1) : q;
  }
}

template <class T>
void binary_typed(MathBinaryOp op, const View& out, const View& a, const View& b) {
  switch (op) {
    case MathBinaryOp::remainder:
      return map2<T, T, T>(out, a, b, [](T x, T y) { return remainder_of(x, y); });
    case MathBinaryOp::floor_divide:
      return map2<T, T, T>(out, a, b, [](T x, T y) { return floor_quotient(x, y); });
    case MathBinaryOp::fmod:
      if constexpr (std::is_floating_point_v<T>)
        return map2<T, T, T>(out, a, b, [](T x, T y) { return std::fmod(x, y); });
      else
        return map2<T, T, T>(out, a, b,
                             [](T x, T y) { return y == static_cast<T>(-1) ? T(0) : static_cast<T>(x % y); });
    case MathBinaryOp::atan2:
      if constexpr (std::is_floating_point_v<T>)
        map2<T, T, T>(out, a, b, [](T x, T y) { return std::atan2(x, y); });
      return;
  }
}

}  // namespace

void math_unary(MathOp op, View out, View in) {
  visit_floating(compute_dtype(in.dtype),
                 [&](auto tag) { unary_typed<typename decltype(tag)::type>(op, out, in); });
}

void math_predicate(PredicateOp op, View out, View in) {
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    switch (op) {
      case PredicateOp::isnan:
        return map1<bool, T>(out, in, [](T x) { return x != x; });
      case PredicateOp::isinf:
        return map1<bool, T>(out, in, [](T x) { return x - x != x - x && x == x; });
      case PredicateOp::isfinite:
        return map1<bool, T>(out, in, [](T x) { return x - x == x - x; });
    }
  });
}

void math_binary(MathBinaryOp op, View out, View a, View b) {
  visit_computed(a.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!std::is_same_v<T, bool>) binary_typed<T>(op, out, a, b);
  });
}

void math_ternary(TernaryOp op, View out, View a, View b, View c, double value) {
  visit_floating(compute_dtype(out.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T v = static_cast<T>(value);
    switch (op) {
      case TernaryOp::lerp:
        return map3<T>(out, a, b, c, [](T x, T y, T w) { return x + w * (y - x); });
      case TernaryOp::addcmul:
        return map3<T>(out, a, b, c, [v](T x, T y, T z) { return x + v * y * z; });
      case TernaryOp::addcdiv:
        return map3<T>(out, a, b, c, [v](T x, T y, T z) { return x + v * y / z; });
    }
  });
}

void clamp(View out, View in, double low_in, double high_in) {
  visit_computed(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_floating_point_v<T>) {
      const T low = static_cast<T>(low_in), high = static_cast<T>(high_in);
      // Written so that a NaN passes both comparisons.
      map1<T, T>(out, in, [low, high](T x) {
        const T above = x < low ? low : x;
        return above > high ? high : above;
      });
    } else if constexpr (!std::is_same_v<T, bool>) {
      const auto bound = [](double value) {
        constexpr double least = static_cast<double>(std::numeric_limits<T>::min());
        constexpr double greatest = static_cast<double>(std::numeric_limits<T>::max());
        return value <= least      ? std::numeric_limits<T>::min()
               : value >= greatest ? std::numeric_limits<T>::max()
                                   : static_cast<T>(value);
      };
      const T low = bound(low_in), high = bound(high_in);
      map1<T, T>(out, in, [low, high](T x) {
        return x < low ? (low > high ? high : low) : x > high ? high : x;
      });
    }
  });
}

MathKernels math_table() { return {math_unary, math_predicate, math_binary, math_ternary, clamp}; }

}  // namespace tape::cpu::TAPE_ISA
