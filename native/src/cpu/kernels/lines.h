// Inner lines of elementwise kernels: one function object applied along one, two or three operands. Types are
// those computed with: 16-bit operands arrive as float.
#pragma once
#include <type_traits>

#include "half_lines.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {

/// What a line's function works on: F is the op on single elements.
template <class Out, class A, class F>
TAPE_FLATTEN void line1(char* const* at, const int64_t* step, int64_t n, const void* context) {
  const F f = *static_cast<const F*>(context);
  Out* o = reinterpret_cast<Out*>(at[0]);
  const A* x = reinterpret_cast<const A*>(at[1]);
  if (step[0] == 1 && step[1] == 1) {
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) o[i] = f(x[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) o[i * step[0]] = f(x[i * step[1]]);
  }
}

template <class Out, class A, class B, class F>
TAPE_FLATTEN void line2(char* const* at, const int64_t* step, int64_t n, const void* context) {
  const F f = *static_cast<const F*>(context);
  Out* o = reinterpret_cast<Out*>(at[0]);
  const A* x = reinterpret_cast<const A*>(at[1]);
  const B* y = reinterpret_cast<const B*>(at[2]);
  // Only float lines are worth a copy of the loop for each kind of broadcasting.
  if constexpr (std::is_floating_point_v<Out>) {
    if (step[0] == 1 && step[1] == 1 && step[2] == 1) {
#pragma omp simd
      for (int64_t i = 0; i < n; ++i) o[i] = f(x[i], y[i]);
      return;
    }
    if (step[0] == 1 && step[1] == 1 && step[2] == 0) {
      const B scalar = *y;
#pragma omp simd
      for (int64_t i = 0; i < n; ++i) o[i] = f(x[i], scalar);
      return;
    }
    if (step[0] == 1 && step[1] == 0 && step[2] == 1) {
      const A scalar = *x;
#pragma omp simd
      for (int64_t i = 0; i < n; ++i) o[i] = f(scalar, y[i]);
      return;
    }
  }
  for (int64_t i = 0; i < n; ++i) o[i * step[0]] = f(x[i * step[1]], y[i * step[2]]);
}

/// All three operands and the output of one type.
template <class T, class F>
TAPE_FLATTEN void line3(char* const* at, const int64_t* step, int64_t n, const void* context) {
  const F f = *static_cast<const F*>(context);
  T* o = reinterpret_cast<T*>(at[0]);
  const T* x = reinterpret_cast<const T*>(at[1]);
  const T* y = reinterpret_cast<const T*>(at[2]);
  const T* z = reinterpret_cast<const T*>(at[3]);
  if (step[0] == 1 && step[1] == 1 && step[2] == 1 && (step[3] == 1 || step[3] == 0)) {
    if (step[3] == 0) {
      const T scalar = *z;
#pragma omp simd
      for (int64_t i = 0; i < n; ++i) o[i] = f(x[i], y[i], scalar);
      return;
    }
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) o[i] = f(x[i], y[i], z[i]);
    return;
  }
  for (int64_t i = 0; i < n; ++i) o[i * step[0]] = f(x[i * step[1]], y[i * step[2]], z[i * step[3]]);
}

template <class Out, class A, class F>
void map1(const View& out, const View& a, F f) {
  run_lines<2>({out, a}, {sizeof(Out), sizeof(A)}, line1<Out, A, F>, &f);
}

template <class Out, class A, class B, class F>
void map2(const View& out, const View& a, const View& b, F f) {
  run_lines<3>({out, a, b}, {sizeof(Out), sizeof(A), sizeof(B)}, line2<Out, A, B, F>, &f);
}

template <class T, class F>
void map3(const View& out, const View& a, const View& b, const View& c, F f) {
  run_lines<4>({out, a, b, c}, {sizeof(T), sizeof(T), sizeof(T), sizeof(T)}, line3<T, F>, &f);
}

}  // namespace tape::cpu::TAPE_ISA
