// What the normalisation kernels share.
#pragma once
#include <cmath>
#include <vector>

#include "loop.h"

namespace tape::cpu::TAPE_ISA {

constexpr int64_t kBlock = 256;    // elements summed in T before they go to a double
constexpr int64_t kRowBlock = 64;  // rows summed in T, likewise

/// Mean and reciprocal deviation as a kernel in T uses them: x - shift is exact where it matters, and what
/// T could not hold of the mean comes off afterwards.
template <class T>
struct Scaling {
  explicit Scaling(const double* statistics)
      : shift(static_cast<T>(statistics[0])),
        rest(static_cast<T>(statistics[0] - static_cast<double>(shift))),
        rstd(static_cast<T>(statistics[1])) {}
  T normal(T x) const { return ((x - shift) - rest) * rstd; }
  T shift, rest, rstd;
};

/// From the mean of x - shift and of its square.
inline void write_row_statistics(double* statistics, double shift, double rest, double square, double eps) {
  const double variance = square - rest * rest;
  // Rounding may leave it below 0; a NaN among the elements must stay one.
  statistics[0] = shift + rest;
  statistics[1] = 1.0 / std::sqrt((variance < 0 ? 0 : variance) + eps);
}

/// `data`, or `cols` times `value` where there is none.
template <class T>
const T* or_constant(const void* data, int64_t cols, T value, std::vector<T>& room) {
  if (data) return static_cast<const T*>(data);
  room.assign(static_cast<size_t>(cols), value);
  return room.data();
}

inline int64_t row_grain(int64_t cols) { return kParallelGrain / 4 / (cols > 0 ? cols : 1) + 1; }

/// Adds `lanes` to `sums` and clears them.
template <class T>
void flush(double* sums, T* lanes, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    sums[i] += static_cast<double>(lanes[i]);
    lanes[i] = 0;
  }
}

}  // namespace tape::cpu::TAPE_ISA
