// Entry points for looking at tensors while a network trains.
#include "tape/watch.h"

#include <algorithm>

#include "call.h"

namespace tape::node {
namespace {

/// `out`: count, not finite, zeros, beyond, sum, sum of squares, min, max.
void sample_statistics_op(const std::vector<Tensor>& tensors, int64_t distance, bool difference, double low,
                          double high, std::span<float> sample, std::span<double> out) {
  if (out.size() != 8) fail(ErrorCode::shape, "sampleStatistics", "needs room for 8 numbers");
  const SampleStatistics s = sample_statistics(tensors, distance, difference, low, high, sample.data(),
                                               static_cast<int64_t>(sample.size()));
  const double numbers[] = {static_cast<double>(s.count),
                            static_cast<double>(s.not_finite),
                            static_cast<double>(s.zeros),
                            static_cast<double>(s.beyond),
                            s.sum,
                            s.sum_of_squares,
                            s.min,
                            s.max};
  std::copy(std::begin(numbers), std::end(numbers), out.begin());
}

/// `counts` begins with what is below and ends with what is above.
void histogram_op(std::span<float> values, double low, double high, std::span<uint32_t> counts) {
  histogram(values.data(), static_cast<int64_t>(values.size()), low, high, counts.data(),
            static_cast<int64_t>(counts.size()) - 2);
}

int64_t silent_units_op(const Tensor& x, int64_t dim, int64_t window, std::span<uint16_t> silent) {
  return silent_units(x, dim, window, silent.data(), static_cast<int64_t>(silent.size()));
}

}  // namespace

std::vector<Binding> watch_bindings() {
  return {
      bind<sample_statistics_op>("sampleStatistics"),
      bind<histogram_op>("histogram"),
      bind<silent_units_op>("silentUnits"),
  };
}

}  // namespace tape::node
