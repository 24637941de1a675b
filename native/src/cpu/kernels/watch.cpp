// Statistics of samples, histograms, and units that give nothing.
#include <cmath>
#include <limits>

#include "kernel_set.h"
#include "reduce_geometry.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kBlock = 4096;    // its counts fit into 32 bits, which vectorise
constexpr int64_t kLookEvery = 64;  // elements or rows between two looks whether enough was seen

void spaced(float* to, const float* from, int64_t count, int64_t distance, bool difference) {
  if (difference)
    for (int64_t i = 0; i < count; ++i) to[i] = from[i * distance] - to[i];
  else
    for (int64_t i = 0; i < count; ++i) to[i] = from[i * distance];
}

/// Also false of infinities, whose difference is not a number.
bool finite(float value) { return value - value == 0; }

void add_block(const float* x, int64_t n, float low, float high, SampleStatistics& s) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  int32_t zeros = 0, bad = 0, beyond = 0;
  float least = infinity, most = -infinity;
#pragma omp simd reduction(+ : zeros, bad, beyond) reduction(min : least) reduction(max : most)
  for (int64_t i = 0; i < n; ++i) {
    const float value = x[i];
    const bool good = finite(value);
    zeros += value == 0;
    bad += !good;
    beyond += (value < low) | (value > high);
    const float a = good ? value : infinity, b = good ? value : -infinity;
    least = a < least ? a : least;
    most = b > most ? b : most;
  }
  double sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum, squares)
  for (int64_t i = 0; i < n; ++i) {
    const double value = static_cast<double>(finite(x[i]) ? x[i] : 0.0f);
    sum += value;
    squares += value * value;
  }
  s.count += n - bad;
  s.not_finite += bad;
  s.zeros += zeros;
  s.beyond += beyond;
  s.sum += sum;
  s.sum_of_squares += squares;
  s.min = static_cast<double>(least) < s.min ? static_cast<double>(least) : s.min;
  s.max = static_cast<double>(most) > s.max ? static_cast<double>(most) : s.max;
}

SampleStatistics moments(const float* values, int64_t count, float low, float high) {
  SampleStatistics s;
  s.min = std::numeric_limits<double>::infinity();
  s.max = -s.min;
  for (int64_t begin = 0; begin < count; begin += kBlock)
    add_block(values + begin, count - begin < kBlock ? count - begin : kBlock, low, high, s);
  return s;
}

void histogram(const float* values, int64_t count, double low, double high, int64_t bins, uint32_t* counts) {
  const double per_unit = static_cast<double>(bins) / (high - low);
  for (int64_t i = 0; i < count; ++i) {
    if (!finite(values[i])) continue;
    const double value = static_cast<double>(values[i]);
    int64_t place = 0;
    if (value > high)
      place = bins + 1;
    else if (value >= low) {
      const auto bin = static_cast<int64_t>((value - low) * per_unit);
      place = 1 + (bin < bins ? bin : bins - 1);
    }
    ++counts[place];
  }
}

/// Units lie side by side: a row holds a value of each. Stops once every unit was heard.
void loud_rows(const float* x, const Geometry& g, int64_t units, uint8_t* loud) {
  int64_t rows = 0;
  bool all = false;
  g.each_line([&](int64_t offset, int64_t stride, int64_t n) {
    for (int64_t k = 0; k < n && !all; ++k) {
      const float* row = x + offset + k * stride;
#pragma omp simd
      for (int64_t u = 0; u < units; ++u) loud[u] |= static_cast<uint8_t>(row[u] != 0);
      if (++rows % kLookEvery != 0) continue;
      all = true;
      for (int64_t u = 0; u < units; ++u) all = all && loud[u];
    }
  });
}

/// Whether a unit's values have one other than 0; looks no further than needed.
bool any_loud(const float* x, const Geometry& g) {
  bool any = false;
  g.each_line([&](int64_t offset, int64_t stride, int64_t n) {
    for (int64_t begin = 0; begin < n && !any; begin += kLookEvery) {
      const int64_t end = begin + kLookEvery < n ? begin + kLookEvery : n;
      for (int64_t k = begin; k < end; ++k) any |= x[offset + k * stride] != 0;
    }
  });
  return any;
}

void loud(View x, uint8_t* loud) {
  const Geometry g(x, 1);
  const float* data = static_cast<const float*>(x.data);
  const int64_t units = x.shape[0];
  if (x.strides[0] == 1 && units > 1) return loud_rows(data, g, units, loud);
  for (int64_t u = 0; u < units; ++u) loud[u] = any_loud(data + u * x.strides[0], g);
}

}  // namespace

WatchKernels watch_table() { return {spaced, moments, histogram, loud}; }

}  // namespace tape::cpu::TAPE_ISA
