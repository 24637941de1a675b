// Reductions.
#pragma once
#include "tape/view.h"

namespace tape {

enum class ReduceOp : uint8_t { sum, max, min, argmax, argmin };

struct ReduceKernels {
  // `in` has the kept dimensions first (`kept` of them), reduced ones after; `out` is contiguous over
  // the kept ones. argmax writes int64. mean is sum followed by a scale: `scale` applies to sum only.
  void (*reduce)(ReduceOp op, View out, View in, int kept, double scale);
  double (*sum_of_squares)(const void* data, DType dtype, int64_t count);
};

}  // namespace tape
