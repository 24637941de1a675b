// Optimizer updates over lists of parameters.
#pragma once
#include "tape/view.h"

namespace tape {

struct SgdParameters {
  double lr, momentum, weight_decay;
  bool nesterov;
};
struct AdamParameters {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled;  // AdamW
  int64_t step;    // counted from 1
};
/// One parameter of an optimizer: all contiguous, the same floating dtype, `count` elements.
struct OptimizerSegment {
  void* parameter;
  const void* gradient;
  void* state_a;  // momentum or first moment; null when unused
  void* state_b;  // second moment; null when unused
  int64_t count;
};

struct OptimKernels {
  void (*sgd)(DType dtype, const OptimizerSegment* segments, int64_t count, SgdParameters parameters);
  void (*adam)(DType dtype, const OptimizerSegment* segments, int64_t count, AdamParameters parameters);
};

}  // namespace tape
