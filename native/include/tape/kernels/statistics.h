// Reductions beyond those of reduce.h, and running sums.
#pragma once
#include "tape/view.h"

namespace tape {

struct StatisticsKernels {
  // `in` and `out` as for ReduceKernels::reduce.
  // Sum of squared distances from the mean, times `scale`.
  void (*variance)(View out, View in, int kept, double scale);
  void (*prod)(View out, View in, int kept);
  void (*count_nonzero)(View out_int64, View in, int kept);
  // Running sums over the middle one of three contiguous dimensions; from the end when `reverse`.
  void (*cumsum)(void* out, const void* in, DType dtype, int64_t outer, int64_t count, int64_t inner,
                 bool reverse);
};

}  // namespace tape
