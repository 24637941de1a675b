// Products of a few rows or of little depth, as one step of a cell with a small batch has: packing either
// side would cost more than the product.
#pragma once
#include <algorithm>

#include "tape/view.h"

namespace tape::cpu::TAPE_ISA {

/// One row times columns that lie one after the other: dot products, four at a time.
template <class T>
void row_of_dots(T* out, const T* x, const T* columns, int64_t stride, int64_t count, int64_t depth) {
  int64_t j = 0;
  for (; j + 4 <= count; j += 4) {
    const T *w0 = columns + j * stride, *w1 = w0 + stride, *w2 = w1 + stride, *w3 = w2 + stride;
    T s0 = 0, s1 = 0, s2 = 0, s3 = 0;
#pragma omp simd reduction(+ : s0, s1, s2, s3)
    for (int64_t k = 0; k < depth; ++k) {
      s0 += x[k] * w0[k];
      s1 += x[k] * w1[k];
      s2 += x[k] * w2[k];
      s3 += x[k] * w3[k];
    }
    out[j] = s0;
    out[j + 1] = s1;
    out[j + 2] = s2;
    out[j + 3] = s3;
  }
  for (; j < count; ++j) {
    const T* w = columns + j * stride;
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t k = 0; k < depth; ++k) sum += x[k] * w[k];
    out[j] = sum;
  }
}

/// One row times rows of B: a part of the result stays in registers while they are added up.
template <class T>
void row_of_sums(T* out, const T* x, int64_t step, const T* b, int64_t stride, int64_t cols, int64_t depth) {
  constexpr int64_t C = 4 * TAPE_VECTOR_BYTES / sizeof(T);
  int64_t j = 0;
  for (; depth > 4 && j + C <= cols; j += C) {
    T sums[C] = {};
    for (int64_t k = 0; k < depth; ++k) {
      const T left = x[k * step];
      const T* line = b + k * stride + j;
#pragma omp simd
      for (int64_t c = 0; c < C; ++c) sums[c] += left * line[c];
    }
    for (int64_t c = 0; c < C; ++c) out[j + c] = sums[c];
  }
#pragma omp simd
  for (int64_t c = j; c < cols; ++c) out[c] = x[0] * b[c];
  for (int64_t k = 1; k < depth; ++k) {
    const T left = x[k * step];
    const T* line = b + k * stride;
#pragma omp simd
    for (int64_t c = j; c < cols; ++c) out[c] += left * line[c];
  }
}

/// c = a @ b (+ bias) when that is such a product; false when it is not.
template <class T>
bool small_product(const Matrix& c, const Matrix& a, const Matrix& b, const T* bias) {
  const int64_t depth = a.cols;
  if (depth == 0 || std::min(c.rows, depth) > 4 || c.rows * c.cols * depth > 65536) return false;
  const bool dots = b.row_stride == 1 && a.col_stride == 1 && depth >= 8;
  if (!dots && b.col_stride != 1) return false;
  for (int64_t r = 0; r < c.rows; ++r) {
    T* out = static_cast<T*>(c.data) + r * c.row_stride;
    const T *x = static_cast<const T*>(a.data) + r * a.row_stride, *matrix = static_cast<const T*>(b.data);
    if (dots)
      row_of_dots(out, x, matrix, b.col_stride, c.cols, depth);
    else
      row_of_sums(out, x, a.col_stride, matrix, b.row_stride, c.cols, depth);
    if (bias)
      for (int64_t j = 0; j < c.cols; ++j) out[j] += bias[j];
  }
  return true;
}

}  // namespace tape::cpu::TAPE_ISA
