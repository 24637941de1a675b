// Mathematical functions, element by element.
#include "../chain.h"
#include "../functions.h"
#include "../map.h"
#include "../table.h"

namespace tape::cuda {
namespace {

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

void unary(MathOp op, View out, View in) {
  if (!is_angular(op) && chained({ChainFunction::math, static_cast<uint8_t>(op)}, out, in)) return;
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map1<T>(out, in, MathFunction<T>{op});
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
  const ChainCall call{ChainFunction::ternary, static_cast<uint8_t>(op), static_cast<float>(value)};
  if (chained(call, out, a, b, c)) return;
  visit_floating(compute_dtype(out.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map3<T>(out, a, b, c, TernaryFunction<T>{op, static_cast<T>(value)});
  });
}

/// The nearest int64.
int64_t bound(double value) {
  if (value <= -9223372036854775808.0) return std::numeric_limits<int64_t>::min();
  return value >= 9223372036854775807.0 ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(value);
}

void clamp(View out, View in, double low, double high) {
  if (chained({ChainFunction::clamp, 0, static_cast<float>(low), static_cast<float>(high)}, out, in)) return;
  visit_numbers(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_floating_point_v<T>) {
      map1<T>(out, in, ClampFunction<T>{static_cast<T>(low), static_cast<T>(high)});
    } else {
      const T least = in.dtype == DType::uint8 ? 0 : in.dtype == DType::int32 ? INT32_MIN : INT64_MIN;
      const T most = in.dtype == DType::uint8 ? 255 : in.dtype == DType::int32 ? INT32_MAX : INT64_MAX;
      const auto within = [&](double value) {
        const T whole = bound(value);
        return whole < least ? least : whole > most ? most : whole;
      };
      map1<T>(out, in, ClampFunction<T>{within(low), within(high)});
    }
  });
}

}  // namespace

MathKernels math_table() { return {unary, predicate, binary, ternary, clamp}; }

}  // namespace tape::cuda
