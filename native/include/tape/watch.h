// Looking at tensors while a network trains, at a cost that does not slow it down: statistics of evenly
// spaced values, histograms, units that give nothing. Nothing is recorded.
#pragma once
#include <vector>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// Values that sample_statistics takes of a tensor: every `distance`-th as they lie in memory, the last
/// numel % distance left out; all of a tensor of fewer than `distance`.
int64_t sample_length(int64_t numel, int64_t distance);

/// Reads a sample of all tensors, one after another, into `sample` and measures it; any dtype, read as
/// float32. With `difference` the sample holds what an earlier call read of the same tensors: it becomes, and
/// measured is, how much they have changed since. `beyond` counts values outside of low..high. Error when
/// `room`, in elements, is not the sample's length.
SampleStatistics sample_statistics(const std::vector<Tensor>& tensors, int64_t distance, bool difference,
                                   double low, double high, float* sample, int64_t room);

/// Counts finite values in `bins` parts of low..high of equal width, `high` itself in the last: counts[1] to
/// counts[bins]. counts[0] gets those below, counts[bins + 1] those above.
/// Error unless bins is positive and low < high, both finite.
void histogram(const float* values, int64_t count, double low, double high, uint32_t* counts, int64_t bins);

/// Of each unit (index along `dim`) whether x is all zeros there, added up: `silent` counts the calls in a
/// row in which it was and begins anew with any other value. Returns how many units have reached `window`.
/// Error when `room`, in elements, is not the number of units.
int64_t silent_units(const Tensor& x, int64_t dim, int64_t window, uint16_t* silent, int64_t room);

}  // namespace tape
