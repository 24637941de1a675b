// Element types. The numbers cross to JavaScript, so their order is part of the interface.
#pragma once
#include <cstddef>
#include <cstdint>

#include "tape/error.h"
#include "tape/half.h"

namespace tape {

enum class DType : uint8_t {
  float32 = 0,
  float64 = 1,
  int64 = 2,
  uint8 = 3,
  boolean = 4,
  bfloat16 = 5,
  float16 = 6,
  int32 = 7
};
constexpr int kDTypeCount = 8;

constexpr size_t size_of(DType dtype) {
  constexpr size_t sizes[] = {4, 8, 8, 1, 1, 2, 2, 4};
  return sizes[static_cast<int>(dtype)];
}
constexpr const char* name_of(DType dtype) {
  constexpr const char* names[] = {"float32", "float64",  "int64",   "uint8",
                                   "bool",    "bfloat16", "float16", "int32"};
  return names[static_cast<int>(dtype)];
}
/// The 16-bit floating types, which are stored but computed with in float32.
constexpr bool is_half(DType dtype) { return dtype == DType::bfloat16 || dtype == DType::float16; }
constexpr bool is_floating(DType dtype) {
  return dtype == DType::float32 || dtype == DType::float64 || is_half(dtype);
}
/// What elements of `dtype` are computed with.
constexpr DType compute_dtype(DType dtype) { return is_half(dtype) ? DType::float32 : dtype; }

template <class T>
struct TypeTag {
  using type = T;
};

/// Calls `f(TypeTag<T>{})` with the C++ type that stores `dtype` (bool is stored as one byte, 0 or 1).
template <class F>
decltype(auto) visit_dtype(DType dtype, F&& f) {
  switch (dtype) {
    case DType::float32:
      return f(TypeTag<float>{});
    case DType::float64:
      return f(TypeTag<double>{});
    case DType::int64:
      return f(TypeTag<int64_t>{});
    case DType::uint8:
      return f(TypeTag<uint8_t>{});
    case DType::boolean:
      return f(TypeTag<bool>{});
    case DType::bfloat16:
      return f(TypeTag<BFloat16>{});
    case DType::float16:
      return f(TypeTag<Float16>{});
    case DType::int32:
      return f(TypeTag<int32_t>{});
  }
  fail(ErrorCode::internal, "dtype", "unknown dtype number ", static_cast<int>(dtype));
}

/// As visit_dtype with the type to compute with: float for the 16-bit types.
template <class F>
decltype(auto) visit_computed(DType dtype, F&& f) {
  switch (compute_dtype(dtype)) {
    case DType::float64:
      return f(TypeTag<double>{});
    case DType::int64:
      return f(TypeTag<int64_t>{});
    case DType::uint8:
      return f(TypeTag<uint8_t>{});
    case DType::boolean:
      return f(TypeTag<bool>{});
    case DType::int32:
      return f(TypeTag<int32_t>{});
    default:
      return f(TypeTag<float>{});
  }
}

/// As visit_dtype, for kernels that see the 16-bit types only as float32 (see tape/precision.h).
template <class F>
decltype(auto) visit_native(DType dtype, F&& f) {
  if (is_half(dtype)) fail(ErrorCode::internal, "dtype", "kernel has no form for ", name_of(dtype));
  return visit_computed(dtype, std::forward<F>(f));
}

/// As visit_native, for the types that derivatives are defined on.
template <class F>
decltype(auto) visit_floating(DType dtype, F&& f) {
  if (dtype == DType::float32) return f(TypeTag<float>{});
  if (dtype == DType::float64) return f(TypeTag<double>{});
  fail(ErrorCode::internal, "dtype", "kernel needs float32 or float64, got ", name_of(dtype));
}

}  // namespace tape
