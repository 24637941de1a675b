// What is looked at of tensors while a network trains: float32 values on one thread, little of each tensor.
#pragma once
#include "tape/view.h"

namespace tape {

/// Of some values; sums, least and greatest are of the finite ones. `min` is infinite when there are none.
struct SampleStatistics {
  int64_t count = 0;  // finite values
  int64_t not_finite = 0, zeros = 0;
  int64_t beyond = 0;  // outside of two bounds, infinities included
  double sum = 0, sum_of_squares = 0;
  double min = 0, max = 0;
};

struct WatchKernels {
  /// to[i] = from[i * distance]; minus what was in to[i] when `difference`.
  void (*spaced)(float* to, const float* from, int64_t count, int64_t distance, bool difference);
  SampleStatistics (*moments)(const float* values, int64_t count, float low, float high);
  /// counts[0] of finite values below `low`, counts[bins + 1] of those above `high`, between them those of
  /// `bins` parts of equal width; `high` itself is in the last.
  void (*histogram)(const float* values, int64_t count, double low, double high, int64_t bins,
                    uint32_t* counts);
  /// loud[u] = whether x[u, ...] has an element other than 0. The first dimension is the units'.
  void (*loud)(View x, uint8_t* loud);
};

}  // namespace tape
