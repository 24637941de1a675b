// Dropout.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// Keeps each element with probability 1 - p, scaled by 1 / (1 - p); saves a seed, not a mask.
Tensor dropout(const Tensor& x, double p, bool training);

}  // namespace tape
