// Losses.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// logits [B, C], target int64 [B]. A label outside 0..C-1 is an error naming it.
Tensor cross_entropy(const Tensor& logits, const Tensor& target, Reduction reduction);
Tensor mse_loss(const Tensor& input, const Tensor& target, Reduction reduction);

}  // namespace tape
