#include "tape/watch.h"

#include <algorithm>
#include <cmath>

#include "ops/support.h"

namespace tape {

int64_t sample_length(int64_t numel, int64_t distance) { return numel < distance ? numel : numel / distance; }

SampleStatistics sample_statistics(const std::vector<Tensor>& tensors, int64_t distance, bool difference,
                                   double low, double high, float* sample, int64_t room) {
  if (distance < 1) fail(ErrorCode::value, "sampleStatistics", "distance must be positive, got ", distance);
  if (std::isnan(low) || std::isnan(high))
    fail(ErrorCode::value, "sampleStatistics", "the bounds must be numbers, got ", low, " and ", high);
  int64_t length = 0;
  for (const Tensor& tensor : tensors) length += sample_length(tensor.numel(), distance);
  if (room != length)
    fail(ErrorCode::shape, "sampleStatistics", "the sample of these tensors has ", length,
         " values, the array holds ", room);

  GradMode mode(false);
  float* at = sample;
  for (const Tensor& tensor : tensors) {
    const Tensor read = to(to(tensor, DType::float32), Device::cpu);
    const Tensor dense = is_dense(read) ? read : contiguous(read);
    const int64_t count = sample_length(read.numel(), distance);
    kernels(dense).watch.spaced(at, dense.data_as<float>(), count, count == read.numel() ? 1 : distance,
                                difference);
    at += count;
  }
  return kernels().watch.moments(sample, length, static_cast<float>(low), static_cast<float>(high));
}

void histogram(const float* values, int64_t count, double low, double high, uint32_t* counts, int64_t bins) {
  if (bins < 1) fail(ErrorCode::value, "histogram", "needs at least one bin, got ", bins);
  // A width that overflows would put every value into the first.
  if (!(low < high) || !std::isfinite(high - low) || !std::isfinite(static_cast<double>(bins) / (high - low)))
    fail(ErrorCode::value, "histogram", "the range must be of finite width above 0, got ", low, " to ", high);
  std::fill(counts, counts + bins + 2, 0);
  kernels().watch.histogram(values, count, low, high, bins, counts);
}

int64_t silent_units(const Tensor& x, int64_t dim, int64_t window, uint16_t* silent, int64_t room) {
  const int axis = wrap_dim("silentUnits", dim, x.rank());
  const int64_t units = x.rank() == 0 ? 1 : x.size(axis);
  if (room != units)
    fail(ErrorCode::shape, "silentUnits", "there are ", units, " units along dimension ", dim, " of ",
         to_string(x.shape()), ", the array holds ", room);

  GradMode mode(false);
  const Tensor read = to(to(x, DType::float32), Device::cpu);
  const Tensor by_unit = x.rank() == 0 ? reshape(read, {1}) : transpose(read, axis, 0);
  thread_local std::vector<uint8_t> loud;
  loud.assign(static_cast<size_t>(units), 0);
  kernels(by_unit).watch.loud(view_of(by_unit), loud.data());
  int64_t reached = 0;
  for (int64_t u = 0; u < units; ++u) {
    silent[u] = loud[static_cast<size_t>(u)] ? 0 : static_cast<uint16_t>(std::min(silent[u] + 1, 65535));
    reached += silent[u] >= window;
  }
  return reached;
}

}  // namespace tape
