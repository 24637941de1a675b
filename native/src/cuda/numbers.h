// Elements in memory and the numbers they are computed with.
#pragma once
#include <cmath>
#include <limits>
#include <type_traits>

#include "launch.h"
#include "tape/dtype.h"

namespace tape::cuda {

/// Element `i` of memory that holds `dtype`, as a C.
template <class C>
TAPE_BOTH C load(const void* data, DType dtype, int64_t i) {
  switch (dtype) {
    case DType::float32:
      return static_cast<C>(static_cast<const float*>(data)[i]);
    case DType::float64:
      return static_cast<C>(static_cast<const double*>(data)[i]);
    case DType::int64:
      return static_cast<C>(static_cast<const int64_t*>(data)[i]);
    case DType::int32:
      return static_cast<C>(static_cast<const int32_t*>(data)[i]);
    case DType::bfloat16:
      return static_cast<C>(static_cast<float>(static_cast<const BFloat16*>(data)[i]));
    case DType::float16:
      return static_cast<C>(static_cast<float>(static_cast<const Float16*>(data)[i]));
    default:
      return static_cast<C>(static_cast<const uint8_t*>(data)[i]);
  }
}

/// `value` as an element of memory that holds `dtype`. What no integer holds becomes the smallest int64, as
/// on the processor; narrower integers keep its low bits.
template <class C>
TAPE_BOTH void store(void* data, DType dtype, int64_t i, C value) {
  int64_t whole = 0;
  if constexpr (std::is_floating_point_v<C>) {
    const bool fits = value > C(-9.3e18) && value < C(9.2e18);
    whole = fits ? static_cast<int64_t>(value) : std::numeric_limits<int64_t>::min();
  } else {
    whole = static_cast<int64_t>(value);
  }
  switch (dtype) {
    case DType::float32:
      static_cast<float*>(data)[i] = static_cast<float>(value);
      return;
    case DType::float64:
      static_cast<double*>(data)[i] = static_cast<double>(value);
      return;
    case DType::int64:
      static_cast<int64_t*>(data)[i] = whole;
      return;
    case DType::int32:
      static_cast<int32_t*>(data)[i] = static_cast<int32_t>(whole);
      return;
    case DType::bfloat16:
      static_cast<BFloat16*>(data)[i] = BFloat16(static_cast<float>(value));
      return;
    case DType::float16:
      static_cast<Float16*>(data)[i] = Float16(static_cast<float>(value));
      return;
    case DType::boolean:
      static_cast<bool*>(data)[i] = value != C(0);
      return;
    default:
      static_cast<uint8_t*>(data)[i] = static_cast<uint8_t>(whole);
  }
}

// Functions by name for both precisions: std's are not there on a device, C's take doubles on the processor.
#define TAPE_FUNCTION1(name)                                         \
  TAPE_BOTH inline float name##_of(float x) { return ::name##f(x); } \
  TAPE_BOTH inline double name##_of(double x) { return ::name(x); }
#define TAPE_FUNCTION2(name)                                                     \
  TAPE_BOTH inline float name##_of(float x, float y) { return ::name##f(x, y); } \
  TAPE_BOTH inline double name##_of(double x, double y) { return ::name(x, y); }
TAPE_FUNCTION1(exp)
TAPE_FUNCTION1(log)
TAPE_FUNCTION1(sqrt)
TAPE_FUNCTION1(tanh)
TAPE_FUNCTION1(log1p)
TAPE_FUNCTION1(expm1)
TAPE_FUNCTION1(log2)
TAPE_FUNCTION1(exp2)
TAPE_FUNCTION1(sin)
TAPE_FUNCTION1(cos)
TAPE_FUNCTION1(tan)
TAPE_FUNCTION1(atan)
TAPE_FUNCTION1(erf)
TAPE_FUNCTION1(floor)
TAPE_FUNCTION1(ceil)
TAPE_FUNCTION1(nearbyint)
TAPE_FUNCTION1(trunc)
TAPE_FUNCTION1(fabs)
TAPE_FUNCTION2(fmod)
TAPE_FUNCTION2(atan2)
TAPE_FUNCTION2(pow)
#undef TAPE_FUNCTION1
#undef TAPE_FUNCTION2

template <class T>
TAPE_BOTH T sigmoid_of(T x) {
  // Of a number that is not positive: nothing overflows.
  const T e = exp_of(x > T(0) ? -x : x);
  return x > T(0) ? T(1) / (T(1) + e) : e / (T(1) + e);
}
/// log(1 + e^x)
template <class T>
TAPE_BOTH T softplus_of(T x) {
  return (x > T(0) ? x : T(0)) + log1p_of(exp_of(x > T(0) ? -x : x));
}
/// The greater, a NaN before every number.
template <class T>
TAPE_BOTH T greater_of(T a, T b) {
  return a != a ? a : b != b ? b : a > b ? a : b;
}

/// Combines a sum.
struct Plus {
  template <class T>
  TAPE_BOTH T operator()(T a, T b) const {
    return a + b;
  }
};
struct Greater {
  template <class T>
  TAPE_BOTH T operator()(T a, T b) const {
    return greater_of(a, b);
  }
};

}  // namespace tape::cuda
