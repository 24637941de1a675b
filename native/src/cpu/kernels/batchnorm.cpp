// Batch normalisation. Statistics are made block by block, each block small enough to be read twice from
// the cache (its mean first, then the deviations from it and what rounding left of their sum), and blocks
// are merged in double (Chan, Golub and LeVeque 1979): a mean of 1e4 costs float32 no accuracy. Blocks do
// not depend on threads, so neither do the bits.
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kBlock = 8192;   // elements of a block: it is read twice, so it must stay in the cache
constexpr int64_t kGrain = 16384;  // elements below which a second thread costs more than it brings

template <class T>
using Sum = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// Buffer of the calling thread, grown and kept.
template <class S>
S* scratch(int64_t count) {
  thread_local std::vector<S> buffer;
  if (static_cast<int64_t>(buffer.size()) < count) buffer.resize(static_cast<size_t>(count));
  return buffer.data();
}

/// How a channels-last image is cut: blocks of rows (places), all channels wide.
struct Rows {
  int64_t rows, channels, height, blocks;
  explicit Rows(const BatchNormShape& s)
      : rows(s.batch * s.places),
        channels(s.channels),
        height(std::max<int64_t>(16, kBlock / std::max<int64_t>(1, s.channels))),
        blocks((rows + height - 1) / height) {}
  /// Calls body(block, first row, rows) for every block.
  template <class Body>
  void each(Body body) const {
    parallel_for(blocks, kGrain / (height * channels) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) body(i, i * height, std::min(height, rows - i * height));
    });
  }
};

/// Mean and sum of squared deviations of `count` values, merged one block at a time.
struct Moments {
  double count = 0, mean = 0, deviation = 0;
  void merge(double n, double other_mean, double other_deviation) {
    const double total = count + n, delta = other_mean - mean;
    mean += delta * n / total;
    deviation += other_deviation + delta * delta * count * n / total;
    count = total;
  }
  /// The same of values that were taken from `center`, about their mean: `rest` is what they sum to.
  void merge_around(double n, double center, double rest, double squares) {
    merge(n, center + rest / n, squares - rest * rest / n);
  }
};

template <class T>
void statistics_last(const BatchNormShape& s, double* mean, double* variance, const T* x) {
  using S = Sum<T>;
  const Rows cut(s);
  const int64_t channels = s.channels;
  S* parts = scratch<S>(cut.blocks * 3 * channels);
  cut.each([&](int64_t block, int64_t first, int64_t rows) {
    S *center = parts + block * 3 * channels, *rest = center + channels, *squares = rest + channels;
    const T* top = x + first * channels;
    for (int64_t c = 0; c < channels; ++c) center[c] = rest[c] = squares[c] = 0;
    for (int64_t r = 0; r < rows; ++r) {
      const T* line = top + r * channels;
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) center[c] += static_cast<S>(line[c]);
    }
    const S share = S(1) / static_cast<S>(rows);
    for (int64_t c = 0; c < channels; ++c) center[c] *= share;
    for (int64_t r = 0; r < rows; ++r) {
      const T* line = top + r * channels;
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) {
        const S away = static_cast<S>(line[c]) - center[c];
        rest[c] += away;
        squares[c] += away * away;
      }
    }
  });
  // Means of blocks first, then squares about the mean of all, in double: as exact as merging block after
  // block, and a vector loop over channels.
  const auto rows_of = [&](int64_t block) {
    return static_cast<double>(std::min(cut.height, cut.rows - block * cut.height));
  };
  const double all = static_cast<double>(cut.rows);
  for (int64_t c = 0; c < channels; ++c) mean[c] = variance[c] = 0;
  for (int64_t block = 0; block < cut.blocks; ++block) {
    const double share = rows_of(block) / all, part = 1 / all;
    const S *center = parts + block * 3 * channels, *rest = center + channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c)
      mean[c] += static_cast<double>(center[c]) * share + static_cast<double>(rest[c]) * part;
  }
  for (int64_t block = 0; block < cut.blocks; ++block) {
    const double count = rows_of(block), one = 1 / count;
    const S *center = parts + block * 3 * channels, *rest = center + channels, *squares = rest + channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) {
      const double inside = static_cast<double>(rest[c]) * one;
      const double away = static_cast<double>(center[c]) + inside - mean[c];
      variance[c] +=
          (static_cast<double>(squares[c]) - static_cast<double>(rest[c]) * inside + away * away * count) /
          all;
    }
  }
}

constexpr int64_t kLanes = 16;

/// Sum of f(i) over [0, n), in lanes.
template <class S, class F>
inline S lane_sum(int64_t n, F f) {
  S lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int64_t k = 0; k < kLanes; ++k) lanes[k] += f(i + k);
  S total = 0;
  for (int64_t k = 0; k < kLanes; ++k) total += lanes[k];
  for (; i < n; ++i) total += f(i);
  return total;
}

/// Calls body(channel, line, first element, elements) for every stretch of a plane, channel by channel.
template <class Start, class Body, class Finish>
void each_plane(const BatchNormShape& s, Start start, Body body, Finish finish) {
  const int64_t grain = kGrain / std::max<int64_t>(1, s.batch * s.places) + 1;
  parallel_for(s.channels, grain, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      auto state = start(c);
      for (int64_t n = 0; n < s.batch; ++n)
        for (int64_t at = 0; at < s.places; at += kBlock)
          body(state, (n * s.channels + c) * s.places + at, std::min(kBlock, s.places - at));
      finish(c, state);
    }
  });
}

template <class T>
void statistics_planes(const BatchNormShape& s, double* mean, double* variance, const T* x) {
  using S = Sum<T>;
  each_plane(
      s, [](int64_t) { return Moments(); },
      [&](Moments& all, int64_t offset, int64_t n) {
        const T* line = x + offset;
        const S center =
            lane_sum<S>(n, [&](int64_t i) { return static_cast<S>(line[i]); }) / static_cast<S>(n);
        const S rest = lane_sum<S>(n, [&](int64_t i) { return static_cast<S>(line[i]) - center; });
        const S squares = lane_sum<S>(n, [&](int64_t i) {
          const S away = static_cast<S>(line[i]) - center;
          return away * away;
        });
        all.merge_around(static_cast<double>(n), center, rest, squares);
      },
      [&](int64_t c, const Moments& all) {
        mean[c] = all.mean;
        variance[c] = all.deviation / all.count;
      });
}

template <class T>
void sums_last(const BatchNormShape& s, double* sum, double* product, const T* grad, const T* x,
               const double* mean) {
  using S = Sum<T>;
  const Rows cut(s);
  const int64_t channels = s.channels;
  S* parts = scratch<S>((cut.blocks * 2 + 1) * channels);
  S* center = parts + cut.blocks * 2 * channels;
  for (int64_t c = 0; c < channels; ++c) center[c] = static_cast<S>(mean[c]);
  cut.each([&](int64_t block, int64_t first, int64_t rows) {
    S *total = parts + block * 2 * channels, *products = total + channels;
    for (int64_t c = 0; c < channels; ++c) total[c] = products[c] = 0;
    for (int64_t r = 0; r < rows; ++r) {
      const T *g = grad + (first + r) * channels, *line = x + (first + r) * channels;
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) {
        total[c] += static_cast<S>(g[c]);
        products[c] += static_cast<S>(g[c]) * (static_cast<S>(line[c]) - center[c]);
      }
    }
  });
  for (int64_t c = 0; c < channels; ++c) sum[c] = product[c] = 0;
  for (int64_t block = 0; block < cut.blocks; ++block) {
    const S *total = parts + block * 2 * channels, *products = total + channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) {
      sum[c] += static_cast<double>(total[c]);
      product[c] += static_cast<double>(products[c]);
    }
  }
}

template <class T>
void sums_planes(const BatchNormShape& s, double* sum, double* product, const T* grad, const T* x,
                 const double* mean) {
  using S = Sum<T>;
  struct State {
    S center;
    double sum = 0, product = 0;
  };
  each_plane(
      s, [&](int64_t c) { return State{static_cast<S>(mean[c])}; },
      [&](State& state, int64_t offset, int64_t n) {
        const T *g = grad + offset, *line = x + offset;
        const S center = state.center;
        state.sum += lane_sum<S>(n, [&](int64_t i) { return static_cast<S>(g[i]); });
        state.product += lane_sum<S>(
            n, [&](int64_t i) { return static_cast<S>(g[i]) * (static_cast<S>(line[i]) - center); });
      },
      [&](int64_t c, const State& state) {
        sum[c] = state.sum;
        product[c] = state.product;
      });
}

/// Four numbers per channel: out[i] = f(index, numbers of its channel). Channels side by side are one
/// vector loop, planes another.
template <class S, class F>
void each_element(const BatchNormShape& s, const S* numbers, F f) {
  const int64_t channels = s.channels;
  if (s.channels_last) {
    const S *a = numbers, *b = a + channels, *c = b + channels, *d = c + channels;
    parallel_for(s.batch * s.places, kGrain / channels + 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const int64_t base = row * channels;
#pragma omp simd
        for (int64_t k = 0; k < channels; ++k) f(base + k, a[k], b[k], c[k], d[k]);
      }
    });
    return;
  }
  parallel_for(s.batch * channels, kGrain / std::max<int64_t>(1, s.places) + 1,
               [&](int64_t begin, int64_t end) {
                 for (int64_t plane = begin; plane < end; ++plane) {
                   const int64_t k = plane % channels, base = plane * s.places;
                   const S a = numbers[k], b = numbers[channels + k], c = numbers[2 * channels + k],
                           d = numbers[3 * channels + k];
#pragma omp simd
                   for (int64_t i = 0; i < s.places; ++i) f(base + i, a, b, c, d);
                 }
               });
}

/// As visit_floating, bfloat16 included.
template <class F>
void visit_image(DType dtype, F&& f) {
  if (dtype == DType::bfloat16) return f(TypeTag<BFloat16>{});
  visit_floating(dtype, f);
}

}  // namespace

void batch_norm_statistics(DType dtype, const BatchNormShape& shape, double* mean, double* variance,
                           const void* x) {
  visit_image(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (shape.channels_last)
      statistics_last(shape, mean, variance, static_cast<const T*>(x));
    else
      statistics_planes(shape, mean, variance, static_cast<const T*>(x));
  });
}

void batch_norm_apply(DType dtype, const BatchNormShape& shape, void* out, const void* x, const double* mean,
                      const double* scale, const void* weight, const void* bias) {
  visit_image(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using S = Sum<T>;
    const S *w = static_cast<const S*>(weight), *b = static_cast<const S*>(bias);
    S* numbers = scratch<S>(4 * shape.channels);
    for (int64_t c = 0; c < shape.channels; ++c) {
      numbers[c] = static_cast<S>(mean[c]);
      numbers[shape.channels + c] = static_cast<S>(scale[c] * (w ? static_cast<double>(w[c]) : 1.0));
      // What the mean loses when it is rounded to S goes into the bias.
      const double lost = static_cast<double>(numbers[c]) - mean[c];
      numbers[2 * shape.channels + c] =
          static_cast<S>((b ? static_cast<double>(b[c]) : 0.0) + lost * numbers[shape.channels + c]);
      numbers[3 * shape.channels + c] = 0;
    }
    T* to = static_cast<T*>(out);
    const T* from = static_cast<const T*>(x);
    each_element(shape, numbers, [=](int64_t i, S center, S factor, S offset, S) {
      to[i] = static_cast<T>((static_cast<S>(from[i]) - center) * factor + offset);
    });
  });
}

void batch_norm_sums(DType dtype, const BatchNormShape& shape, double* sum, double* product, const void* grad,
                     const void* x, const double* mean) {
  visit_image(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (shape.channels_last)
      sums_last(shape, sum, product, static_cast<const T*>(grad), static_cast<const T*>(x), mean);
    else
      sums_planes(shape, sum, product, static_cast<const T*>(grad), static_cast<const T*>(x), mean);
  });
}

void batch_norm_gradient(DType dtype, const BatchNormShape& shape, void* in_grad, const void* grad,
                         const void* x, const double* mean, const double* a, const double* b,
                         const double* c) {
  visit_image(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using S = Sum<T>;
    S* numbers = scratch<S>(4 * shape.channels);
    const double* columns[] = {a, b, c, mean};
    for (int k = 0; k < 4; ++k)
      for (int64_t i = 0; i < shape.channels; ++i)
        numbers[k * shape.channels + i] = static_cast<S>(columns[k][i]);
    T* to = static_cast<T*>(in_grad);
    const T *g = static_cast<const T*>(grad), *from = static_cast<const T*>(x);
    each_element(shape, numbers, [=](int64_t i, S slope, S pull, S shift, S center) {
      to[i] =
          static_cast<T>(static_cast<S>(g[i]) * slope + (static_cast<S>(from[i]) - center) * pull + shift);
    });
  });
}

BatchNormKernels batchnorm_table() {
  return {batch_norm_statistics, batch_norm_apply, batch_norm_sums, batch_norm_gradient};
}

}  // namespace tape::cpu::TAPE_ISA
