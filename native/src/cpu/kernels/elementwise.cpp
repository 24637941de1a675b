// Elementwise kernels: unary, binary, comparison, where, copy and cast, fill, and the derivatives that
// read gradient and output in one pass.
#include <cmath>
#include <type_traits>

#include "kernel_set.h"
#include "lines.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {
namespace {

/// Writes without reading: what lies there may not even be a bool.
template <class T>
void fill_line(char* const* at, const int64_t* step, int64_t n, const void* context) {
  const T value = *static_cast<const T*>(context);
  T* o = reinterpret_cast<T*>(at[0]);
  for (int64_t i = 0; i < n; ++i) o[i * step[0]] = value;
}

template <class T>
void copy_line(char* const* at, const int64_t* step, int64_t n, const void*) {
  T* o = reinterpret_cast<T*>(at[0]);
  const T* x = reinterpret_cast<const T*>(at[1]);
  for (int64_t i = 0; i < n; ++i) o[i * step[0]] = x[i * step[1]];
}

template <class T>
void where_line(char* const* at, const int64_t* step, int64_t n, const void*) {
  T* o = reinterpret_cast<T*>(at[0]);
  const bool* c = reinterpret_cast<const bool*>(at[1]);
  const T* x = reinterpret_cast<const T*>(at[2]);
  const T* y = reinterpret_cast<const T*>(at[3]);
  for (int64_t i = 0; i < n; ++i) o[i * step[0]] = c[i * step[1]] ? x[i * step[2]] : y[i * step[3]];
}

template <class T>
T power(T base, T exponent) {
  if constexpr (std::is_integral_v<T>) {
    if (exponent < 0) return base == 1 ? 1 : base == T(-1) ? (exponent % 2 ? T(-1) : T(1)) : 0;
    T result = 1;
    for (; exponent > 0; exponent /= 2, base = static_cast<T>(base * base))
      if (exponent % 2) result = static_cast<T>(result * base);
    return result;
  } else {
    return std::pow(base, exponent);
  }
}

template <class T>
void unary_typed(UnaryOp op, const View& out, const View& in, double parameter) {
  const T p = static_cast<T>(parameter);
  switch (op) {
    case UnaryOp::neg:
      return map1<T, T>(out, in, [](T x) { return static_cast<T>(-x); });
    case UnaryOp::abs:
      return map1<T, T>(out, in, [](T x) { return x < T(0) ? static_cast<T>(-x) : x == T(0) ? T(0) : x; });
    case UnaryOp::square:
      return map1<T, T>(out, in, [](T x) { return static_cast<T>(x * x); });
    case UnaryOp::relu:
      return map1<T, T>(out, in, [](T x) { return x < T(0) ? T(0) : x; });
    case UnaryOp::sign:
      return map1<T, T>(out, in, [](T x) { return x > T(0) ? T(1) : x < T(0) ? static_cast<T>(-1) : x; });
    case UnaryOp::rsub_scalar:
      return map1<T, T>(out, in, [p](T x) { return static_cast<T>(p - x); });
    case UnaryOp::pow_scalar:
      if (parameter == 2) return map1<T, T>(out, in, [](T x) { return static_cast<T>(x * x); });
      if (parameter == 3) return map1<T, T>(out, in, [](T x) { return static_cast<T>(x * x * x); });
      return map1<T, T>(out, in, [p](T x) { return power(x, p); });
    default:
      break;
  }
  if constexpr (std::is_floating_point_v<T>) {
    switch (op) {
      case UnaryOp::exp:
        return map1<T, T>(out, in, [](T x) { return fast_exp(x); });
      case UnaryOp::log:
        return map1<T, T>(out, in, [](T x) { return fast_log(x); });
      case UnaryOp::sqrt:
        return map1<T, T>(out, in, [](T x) { return std::sqrt(x); });
      case UnaryOp::tanh:
        return map1<T, T>(out, in, [](T x) { return fast_tanh(x); });
      case UnaryOp::sigmoid:
        return map1<T, T>(out, in, [](T x) { return fast_sigmoid(x); });
      default:
        break;
    }
  }
}

template <class T>
void binary_typed(BinaryOp op, const View& out, const View& a, const View& b) {
  switch (op) {
    case BinaryOp::add:
      return map2<T, T, T>(out, a, b, [](T x, T y) { return static_cast<T>(x + y); });
    case BinaryOp::sub:
      return map2<T, T, T>(out, a, b, [](T x, T y) { return static_cast<T>(x - y); });
    case BinaryOp::mul:
      return map2<T, T, T>(out, a, b, [](T x, T y) { return static_cast<T>(x * y); });
    case BinaryOp::div:
      // Ops refuse integer division at the front door.
      if constexpr (std::is_floating_point_v<T>) map2<T, T, T>(out, a, b, [](T x, T y) { return x / y; });
      return;
    case BinaryOp::pow:
      return map2<T, T, T>(out, a, b, [](T x, T y) { return power(x, y); });
    // A NaN on either side wins, as in PyTorch.
    case BinaryOp::maximum:
      return map2<T, T, T>(out, a, b, [](T x, T y) { return x != x ? x : y != y ? y : x > y ? x : y; });
    case BinaryOp::minimum:
      return map2<T, T, T>(out, a, b, [](T x, T y) { return x != x ? x : y != y ? y : x < y ? x : y; });
  }
}

template <class T>
void compare_typed(CompareOp op, const View& out, const View& a, const View& b) {
  switch (op) {
    case CompareOp::eq:
      return map2<bool, T, T>(out, a, b, [](T x, T y) { return x == y; });
    case CompareOp::ne:
      return map2<bool, T, T>(out, a, b, [](T x, T y) { return x != y; });
    case CompareOp::lt:
      return map2<bool, T, T>(out, a, b, [](T x, T y) { return x < y; });
    case CompareOp::le:
      return map2<bool, T, T>(out, a, b, [](T x, T y) { return x <= y; });
    case CompareOp::gt:
      return map2<bool, T, T>(out, a, b, [](T x, T y) { return x > y; });
    case CompareOp::ge:
      return map2<bool, T, T>(out, a, b, [](T x, T y) { return x >= y; });
  }
}

}  // namespace

void unary(UnaryOp op, View out, View in, double parameter) {
  if (op == UnaryOp::logical_not) return map1<bool, bool>(out, in, [](bool x) { return !x; });
  visit_computed(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!std::is_same_v<T, bool>) unary_typed<T>(op, out, in, parameter);
  });
}

void binary(BinaryOp op, View out, View a, View b) {
  visit_computed(a.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!std::is_same_v<T, bool>) binary_typed<T>(op, out, a, b);
  });
}

void compare(CompareOp op, View out, View a, View b) {
  visit_computed(a.dtype, [&](auto tag) { compare_typed<typename decltype(tag)::type>(op, out, a, b); });
}

void grad(GradOp op, View out, View gradient, View saved) {
  visit_floating(compute_dtype(out.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    switch (op) {
      case GradOp::relu:
        return map2<T, T, T>(out, gradient, saved, [](T g, T y) { return y > T(0) ? g : T(0); });
      case GradOp::tanh:
        return map2<T, T, T>(out, gradient, saved, [](T g, T y) { return g * (T(1) - y * y); });
      case GradOp::sigmoid:
        return map2<T, T, T>(out, gradient, saved, [](T g, T y) { return g * y * (T(1) - y); });
    }
  });
}

void where(View out, View condition, View a, View b) {
  // Elements are moved, not computed with: what counts is how wide they are.
  const auto run = [&](auto tag) {
    using T = typename decltype(tag)::type;
    Loop<4>({out, condition, a, b}).run({sizeof(T), 1, sizeof(T), sizeof(T)}, where_line<T>, nullptr);
  };
  switch (size_of(out.dtype)) {
    case 1:
      return run(TypeTag<uint8_t>{});
    case 2:
      return run(TypeTag<uint16_t>{});
    case 4:
      return run(TypeTag<uint32_t>{});
    default:
      return run(TypeTag<uint64_t>{});
  }
}

void copy(View out, View in) {
  if (out.dtype == in.dtype && is_half(out.dtype))
    return Loop<2>({out, in}).run({2, 2}, copy_line<uint16_t>, nullptr);
  visit_computed(out.dtype, [&](auto to) {
    visit_computed(in.dtype, [&](auto from) {
      using To = typename decltype(to)::type;
      using From = typename decltype(from)::type;
      if constexpr (std::is_same_v<To, From>) {
        map1<To, From>(out, in, [](From x) { return x; });
      } else if constexpr (std::is_same_v<To, bool>) {
        map1<To, From>(out, in, [](From x) { return x != From(0); });
      } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
        // A float outside int64 is undefined in C++; every such value becomes the smallest int64,
        // as x86 does. Narrower integers keep the low bits.
        map1<To, From>(out, in, [](From x) {
          const bool fits = x > From(-9.3e18) && x < From(9.2e18);
          return static_cast<To>(fits ? static_cast<int64_t>(x) : INT64_MIN);
        });
      } else {
        map1<To, From>(out, in, [](From x) { return static_cast<To>(x); });
      }
    });
  });
}

void fill(View out, double value) {
  visit_dtype(out.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T v = static_cast<T>(value);
    Loop<1>({out}).run({sizeof(T)}, fill_line<T>, &v);
  });
}

ElementwiseKernels elementwise_table() { return {unary, binary, compare, grad, where, copy, fill}; }

}  // namespace tape::cpu::TAPE_ISA
