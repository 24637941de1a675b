// Batches of padded sequences with their true lengths: what lies behind a sequence's end counts nothing.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// int64 lengths [B] -> bool [B, steps], true before each sequence's end.
Tensor lengths_mask(const Tensor& lengths, int64_t steps);
/// x [B, T, ..], int64 lengths [B] in 1..T -> [B, ..]: mean or maximum over the steps of each sequence.
Tensor masked_mean(const Tensor& x, const Tensor& lengths);
Tensor masked_max(const Tensor& x, const Tensor& lengths);

/// Error unless `lengths` is int64 [batch] with numbers in least..most; `of` says of what.
void check_lengths(const char* where, const Tensor& lengths, int64_t batch, int64_t least, int64_t most,
                   const char* of);

}  // namespace tape
