// What softmax, losses and attention do with a contiguous row.
#pragma once
#include <limits>

#include "parallel.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {

/// Greatest element. A NaN may be passed over: it comes back in the sum of exponentials.
template <class T>
T row_max(const T* x, int64_t n) {
  T best = -std::numeric_limits<T>::infinity();
#pragma omp simd reduction(max : best)
  for (int64_t i = 0; i < n; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

template <class T>
T sum_exp(const T* x, T shift, int64_t n) {
  T total = 0;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < n; ++i) total += fast_exp(x[i] - shift);
  return total;
}

/// Calls body(row) for every row, spread over threads.
template <class Body>
void for_rows(int64_t rows, int64_t cols, const Body& body) {
  parallel_for(rows, 4096 / (cols > 0 ? cols : 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) body(row);
  });
}

}  // namespace tape::cpu::TAPE_ISA
