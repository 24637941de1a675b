// Softmax over rows, one pass for the maximum and one for the sum; over other dimensions many lines at a
// time, side by side, so that nothing is transposed.
#include <algorithm>
#include <cmath>

#include "kernel_set.h"
#include "loop.h"
#include "rows.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kLines = 64;  // lines side by side

template <class T>
void softmax_row(T* y, const T* x, int64_t cols, bool log) {
  const T top = row_max(x, cols);
  if (log) {
    const T shift = top + std::log(sum_exp(x, top, cols));
#pragma omp simd
    for (int64_t i = 0; i < cols; ++i) y[i] = x[i] - shift;
    return;
  }
  T total = 0;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < cols; ++i) {
    const T e = fast_exp(x[i] - top);
    y[i] = e;
    total += e;
  }
  const T scale = T(1) / total;
#pragma omp simd
  for (int64_t i = 0; i < cols; ++i) y[i] *= scale;
}

/// `count` neighbouring lines whose elements lie `step` apart.
template <class T>
void softmax_lines(T* y, const T* x, int64_t cols, int64_t step, int64_t count, bool log) {
  T top[kLines], total[kLines];
  for (int64_t i = 0; i < count; ++i) {
    top[i] = x[i];
    total[i] = 0;
  }
  for (int64_t c = 1; c < cols; ++c)
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) top[i] = x[c * step + i] > top[i] ? x[c * step + i] : top[i];
  for (int64_t c = 0; c < cols; ++c)
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) {
      const T e = fast_exp(x[c * step + i] - top[i]);
      y[c * step + i] = e;
      total[i] += e;
    }
  for (int64_t i = 0; i < count; ++i) total[i] = log ? top[i] + std::log(total[i]) : T(1) / total[i];
  for (int64_t c = 0; c < cols; ++c)
#pragma omp simd
    for (int64_t i = 0; i < count; ++i)
      y[c * step + i] = log ? x[c * step + i] - total[i] : y[c * step + i] * total[i];
}

template <class T>
void softmax_row_grad(T* o, const T* g, const T* y, int64_t cols, bool log) {
  T total = 0;
  if (log) {
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < cols; ++i) total += g[i];
#pragma omp simd
    for (int64_t i = 0; i < cols; ++i) o[i] = g[i] - fast_exp(y[i]) * total;
  } else {
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < cols; ++i) total += g[i] * y[i];
#pragma omp simd
    for (int64_t i = 0; i < cols; ++i) o[i] = y[i] * (g[i] - total);
  }
}

template <class T>
void softmax_lines_grad(T* o, const T* g, const T* y, int64_t cols, int64_t step, int64_t count, bool log) {
  T total[kLines] = {};
  for (int64_t c = 0; c < cols; ++c)
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) total[i] += log ? g[c * step + i] : g[c * step + i] * y[c * step + i];
  for (int64_t c = 0; c < cols; ++c)
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) {
      const int64_t at = c * step + i;
      o[at] = log ? g[at] - fast_exp(y[at]) * total[i] : y[at] * (g[at] - total[i]);
    }
}

/// Calls lines(offset of the first element, number of lines) over blocks of lines that lie side by side.
template <class Lines>
void for_lines(const SoftmaxShape& shape, const Lines& lines) {
  const int64_t blocks = (shape.inner + kLines - 1) / kLines;
  for_rows(shape.outer * blocks, shape.cols * std::min(kLines, shape.inner), [&](int64_t block) {
    const int64_t first = block % blocks * kLines;
    lines(block / blocks * shape.cols * shape.inner + first, std::min(kLines, shape.inner - first));
  });
}

}  // namespace

void softmax(void* out, const void* in, DType dtype, SoftmaxShape shape, bool log) {
  if (shape.cols == 0) return;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* y = static_cast<T*>(out);
    const T* x = static_cast<const T*>(in);
    const int64_t cols = shape.cols;
    if (shape.inner == 1)
      for_rows(shape.outer, cols,
               [&](int64_t row) { softmax_row(y + row * cols, x + row * cols, cols, log); });
    else
      for_lines(shape, [&](int64_t at, int64_t count) {
        softmax_lines(y + at, x + at, cols, shape.inner, count, log);
      });
  });
}

void softmax_grad(void* out, const void* gradient, const void* output, DType dtype, SoftmaxShape shape,
                  bool log) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out);
    const T *g = static_cast<const T*>(gradient), *y = static_cast<const T*>(output);
    const int64_t cols = shape.cols;
    if (shape.inner == 1)
      for_rows(shape.outer, cols, [&](int64_t row) {
        softmax_row_grad(o + row * cols, g + row * cols, y + row * cols, cols, log);
      });
    else
      for_lines(shape, [&](int64_t at, int64_t count) {
        softmax_lines_grad(o + at, g + at, y + at, cols, shape.inner, count, log);
      });
  });
}

SoftmaxKernels softmax_table() { return {softmax, softmax_grad}; }

}  // namespace tape::cpu::TAPE_ISA
