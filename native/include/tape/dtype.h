// Element types. The numbers cross to JavaScript, so their order is part of the interface.
#pragma once
#include <cstddef>
#include <cstdint>

#include "tape/error.h"

namespace tape {

enum class DType : uint8_t { float32 = 0, float64 = 1, int64 = 2, uint8 = 3, boolean = 4 };
constexpr int kDTypeCount = 5;

constexpr size_t size_of(DType dtype) {
  constexpr size_t sizes[] = {4, 8, 8, 1, 1};
  return sizes[static_cast<int>(dtype)];
}
constexpr const char* name_of(DType dtype) {
  constexpr const char* names[] = {"float32", "float64", "int64", "uint8", "bool"};
  return names[static_cast<int>(dtype)];
}
constexpr bool is_floating(DType dtype) { return dtype == DType::float32 || dtype == DType::float64; }

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
  }
  fail(ErrorCode::internal, "dtype", "unknown dtype number ", static_cast<int>(dtype));
}

/// As visit_dtype, for the types that arithmetic is defined on.
template <class F>
decltype(auto) visit_floating(DType dtype, F&& f) {
  if (dtype == DType::float32) return f(TypeTag<float>{});
  if (dtype == DType::float64) return f(TypeTag<double>{});
  fail(ErrorCode::internal, "dtype", "kernel needs a floating dtype, got ", name_of(dtype));
}

}  // namespace tape
