// Which dimensions a reduction takes away, in the form kernels want them.
#pragma once
#include "support.h"

namespace tape {

struct ReducePlan {
  bool reduced[kMaxRank] = {};
  Dims dims;        // those taken away, ascending
  Dims shape;       // of the result
  Dims kept_shape;  // of the result with keepdim
  Dims in_shape, in_strides;
  int kept = 0;
  int64_t count = 1;  // elements behind each result

  /// The operand with kept dimensions first.
  View view(const Tensor& x) const {
    return {x.data(), x.dtype(), in_shape.size(), in_shape.data(), in_strides.data()};
  }
};

/// Errors for dimensions that are not there or named twice; no dims means all.
ReducePlan reduce_plan(const char* where, const Tensor& x, const Dims& dims, bool keepdim);

}  // namespace tape
