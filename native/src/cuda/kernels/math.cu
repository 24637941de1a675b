// Mathematical functions, element by element.
#include "../map.h"
#include "../table.h"

namespace tape::cuda {
namespace {

template <class T>
struct Unary {
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
struct Predicate {
  PredicateOp op;
  TAPE_BOTH bool operator()(T x) const {
    const bool number = x == x, finite = x - x == x - x;
    return op == PredicateOp::isnan ? !number : op == PredicateOp::isinf ? number && !finite : finite;
  }
};

template <class T>
struct Binary {
  MathBinaryOp op;
  TAPE_BOTH T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (op == MathBinaryOp::atan2) return atan2_of(a, b);
      const T r = fmod_of(a, b);
      if (op == MathBinaryOp::fmod) return r;
      const bool turns = r != T(0) && (r < T(0)) != (b < T(0));
      if (op == MathBinaryOp::remainder) return turns ? r + b : r;
      if (b == T(0)) return a / b;
      // From the remainder: a / b itself may round up to the next integer.
      const T quotient = (a - r) / b - (turns ? T(1) : T(0)), whole = floor_of(quotient);
      return quotient - whole > T(0.5) ? whole + T(1) : whole;
    } else {
      // The smallest integer has no negative.
      if (b == T(-1))
        return op == MathBinaryOp::floor_divide ? static_cast<T>(0 - static_cast<uint64_t>(a)) : T(0);
      const T r = a % b;
      const bool turns = r != 0 && (r < 0) != (b < 0);
      if (op == MathBinaryOp::fmod) return r;
      if (op == MathBinaryOp::remainder) return turns ? r + b : r;
      return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
    }
  }
};

template <class T>
struct Ternary {
  TernaryOp op;
  T v;
  TAPE_BOTH T operator()(T x, T y, T z) const {
    return op == TernaryOp::lerp ? x + z * (y - x) : op == TernaryOp::addcmul ? x + v * y * z : x + v * y / z;
  }
};

template <class T>
struct Clamp {
  T low, high;
  TAPE_BOTH T operator()(T x) const {
    const T above = x < low ? low : x;  // a NaN passes both
    return above > high ? high : above;
  }
};

void unary(MathOp op, View out, View in) {
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map1<T>(out, in, Unary<T>{op});
  });
}

void predicate(PredicateOp op, View out, View in) {
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map1<T>(out, in, Predicate<T>{op});
  });
}

void binary(MathBinaryOp op, View out, View a, View b) {
  visit_numbers(a.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    map2<T>(out, a, b, Binary<T>{op});
  });
}

void ternary(TernaryOp op, View out, View a, View b, View c, double value) {
  visit_floating(compute_dtype(out.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map3<T>(out, a, b, c, Ternary<T>{op, static_cast<T>(value)});
  });
}

/// The nearest int64.
int64_t bound(double value) {
  if (value <= -9223372036854775808.0) return std::numeric_limits<int64_t>::min();
  return value >= 9223372036854775807.0 ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(value);
}

void clamp(View out, View in, double low, double high) {
  visit_numbers(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_floating_point_v<T>) {
      map1<T>(out, in, Clamp<T>{static_cast<T>(low), static_cast<T>(high)});
    } else {
      const T least = in.dtype == DType::uint8 ? 0 : in.dtype == DType::int32 ? INT32_MIN : INT64_MIN;
      const T most = in.dtype == DType::uint8 ? 255 : in.dtype == DType::int32 ? INT32_MAX : INT64_MAX;
      const auto within = [&](double value) {
        const T whole = bound(value);
        return whole < least ? least : whole > most ? most : whole;
      };
      map1<T>(out, in, Clamp<T>{within(low), within(high)});
    }
  });
}

}  // namespace

MathKernels math_table() { return {unary, predicate, binary, ternary, clamp}; }

}  // namespace tape::cuda
