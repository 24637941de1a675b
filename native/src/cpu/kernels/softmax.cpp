// Softmax and cross-entropy over contiguous rows, one pass for the maximum and one for the sum.
#include <cmath>

#include "kernel_set.h"
#include "loop.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {
namespace {

/// Greatest element; a NaN makes the result NaN.
template <class T>
T row_max(const T* x, int64_t n) {
  T best = x[0];
  for (int64_t i = 1; i < n; ++i) best = x[i] > best || x[i] != x[i] ? x[i] : best;
  return best;
}

template <class T>
T sum_exp(const T* x, T shift, int64_t n) {
  T total = 0;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < n; ++i) total += fast_exp(x[i] - shift);
  return total;
}

template <class Body>
void for_rows(int64_t rows, int64_t cols, const Body& body) {
  parallel_for(rows, 4096 / (cols > 0 ? cols : 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) body(row);
  });
}

}  // namespace

void softmax(void* out, const void* in, DType dtype, int64_t rows, int64_t cols, bool log) {
  if (cols == 0) return;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_rows(rows, cols, [&](int64_t row) {
      const T* x = static_cast<const T*>(in) + row * cols;
      T* y = static_cast<T*>(out) + row * cols;
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
    });
  });
}

void softmax_grad(void* out, const void* gradient, const void* output, DType dtype, int64_t rows,
                  int64_t cols, bool log) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_rows(rows, cols, [&](int64_t row) {
      const T* g = static_cast<const T*>(gradient) + row * cols;
      const T* y = static_cast<const T*>(output) + row * cols;
      T* o = static_cast<T*>(out) + row * cols;
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
    });
  });
}

int64_t cross_entropy(void* loss, void* log_sum_exp, const void* logits, const int64_t* target, DType dtype,
                      int64_t rows, int64_t cols) {
  for (int64_t row = 0; row < rows; ++row)
    if (target[row] < 0 || target[row] >= cols) return row;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_rows(rows, cols, [&](int64_t row) {
      const T* x = static_cast<const T*>(logits) + row * cols;
      const T top = row_max(x, cols);
      const T total = top + std::log(sum_exp(x, top, cols));
      static_cast<T*>(log_sum_exp)[row] = total;
      static_cast<T*>(loss)[row] = total - x[target[row]];
    });
  });
  return -1;
}

void cross_entropy_grad(void* out, const void* gradient, int64_t grad_stride, double scale,
                        const void* logits, const void* log_sum_exp, const int64_t* target, DType dtype,
                        int64_t rows, int64_t cols) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_rows(rows, cols, [&](int64_t row) {
      const T* x = static_cast<const T*>(logits) + row * cols;
      const T shift = static_cast<const T*>(log_sum_exp)[row];
      const T factor = static_cast<const T*>(gradient)[row * grad_stride] * static_cast<T>(scale);
      T* o = static_cast<T*>(out) + row * cols;
#pragma omp simd
      for (int64_t i = 0; i < cols; ++i) o[i] = fast_exp(x[i] - shift) * factor;
      o[target[row]] -= factor;
    });
  });
}

SoftmaxKernels softmax_table() { return {softmax, softmax_grad, cross_entropy, cross_entropy_grad}; }

}  // namespace tape::cpu::TAPE_ISA
