// Group normalisation of images whose channels lie side by side at every place: sums run down the places for
// all channels at once, then the channels of a group are put together.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "norm_parts.h"

namespace tape::cpu::TAPE_ISA {

/// Adds up two terms for each channel over all places: term(element, channel, first sum, second sum).
template <class T, class Term>
void add_places(double* sums, T* lanes, int64_t places, int64_t channels, const Term& term) {
  std::fill(lanes, lanes + 2 * channels, T(0));
  for (int64_t place = 0; place < places; ++place) {
    const int64_t at = place * channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) term(at + c, c, lanes[c], lanes[channels + c]);
    if (place % kRowBlock == kRowBlock - 1) flush(sums, lanes, 2 * channels);
  }
  flush(sums, lanes, 2 * channels);
}

/// What a kernel needs of each channel, laid side by side.
template <class T>
struct ChannelScratch {
  std::vector<T> numbers;
  std::vector<double> sums;
  /// `kinds` lines of `channels` numbers.
  T* lines(int64_t channels, int64_t kinds) {
    numbers.resize(static_cast<size_t>(channels * kinds));
    return numbers.data();
  }
  double* cleared(int64_t count) {
    sums.assign(static_cast<size_t>(count), 0.0);
    return sums.data();
  }
};

template <class T>
ChannelScratch<T>& channel_scratch() {
  thread_local ChannelScratch<T> instance;
  return instance;
}

template <class T>
void group_norm_last(T* out, double* statistics, const T* in, const T* weight, const T* bias,
                     const GroupShape& shape, double eps) {
  const int64_t all = shape.channels, width = all / shape.groups, places = shape.inner;
  const double count = static_cast<double>(width * places);
  parallel_for(shape.batch, row_grain(all * places), [&](int64_t begin, int64_t end) {
    ChannelScratch<T>& scratch = channel_scratch<T>();
    T* const lanes = scratch.lines(all, 7);
    T *const shift = lanes + 2 * all, *const rest = shift + all, *const rstd = rest + all,
             *const scale = rstd + all, *const offset = scale + all;
    for (int64_t c = 0; c < all; ++c) {
      scale[c] = weight ? weight[c] : T(1);
      offset[c] = bias ? bias[c] : T(0);
    }
    for (int64_t n = begin; n < end; ++n) {
      const T* x = in + n * all * places;
      double* const kept = statistics + 2 * n * shape.groups;
      double* sums = scratch.cleared(2 * all);
      add_places(sums, lanes, places, all, [x](int64_t i, int64_t, T& sum, T&) { sum += x[i]; });
      for (int64_t c = 0; c < all; ++c) {
        double total = 0;
        for (int64_t k = c / width * width; k < c / width * width + width; ++k) total += sums[k];
        shift[c] = static_cast<T>(total / count);
      }
      sums = scratch.cleared(2 * all);
      add_places(sums, lanes, places, all, [x, shift](int64_t i, int64_t c, T& sum, T& square) {
        const T d = x[i] - shift[c];
        sum += d;
        square += d * d;
      });
      for (int64_t g = 0; g < shape.groups; ++g) {
        double sum = 0, squares = 0;
        for (int64_t c = g * width; c < (g + 1) * width; ++c) {
          sum += sums[c];
          squares += sums[all + c];
        }
        write_row_statistics(kept + 2 * g, static_cast<double>(shift[g * width]), sum / count,
                             squares / count, eps);
        const Scaling<T> s(kept + 2 * g);
        for (int64_t c = g * width; c < (g + 1) * width; ++c) {
          shift[c] = s.shift;
          rest[c] = s.rest;
          rstd[c] = s.rstd;
        }
      }
      T* y = out + n * all * places;
      for (int64_t place = 0; place < places; ++place, x += all, y += all)
#pragma omp simd
        for (int64_t c = 0; c < all; ++c)
          y[c] = ((x[c] - shift[c]) - rest[c]) * rstd[c] * scale[c] + offset[c];
    }
  });
}

/// As group_norm_rows_grad.
template <class T>
void group_norm_last_grad(T* grad_in, double* all_sums, const T* gradient, const T* in, const T* weight,
                          const double* statistics, const GroupShape& shape) {
  const int64_t all = shape.channels, width = all / shape.groups, places = shape.inner;
  const double count = static_cast<double>(width * places);
  parallel_for(shape.batch, row_grain(all * places), [&](int64_t begin, int64_t end) {
    ChannelScratch<T>& scratch = channel_scratch<T>();
    T* const lanes = scratch.lines(all, 7);
    T *const shift = lanes + 2 * all, *const rest = shift + all, *const rstd = rest + all,
             *const along = rstd + all, *const turned = along + all;
    for (int64_t n = begin; n < end; ++n) {
      const T *x = in + n * all * places, *g = gradient + n * all * places;
      for (int64_t c = 0; c < all; ++c) {
        const Scaling<T> s(statistics + 2 * (n * shape.groups + c / width));
        shift[c] = s.shift;
        rest[c] = s.rest;
        rstd[c] = s.rstd;
      }
      double* const sums = scratch.cleared(2 * all);
      add_places(sums, lanes, places, all, [=](int64_t i, int64_t c, T& sum, T& slope) {
        sum += g[i];
        slope += g[i] * (((x[i] - shift[c]) - rest[c]) * rstd[c]);
      });
      for (int64_t first = 0; first < all; first += width) {
        double sum = 0, slope = 0;
        for (int64_t c = first; c < first + width; ++c) {
          all_sums[2 * (n * all + c)] = sums[c];
          all_sums[2 * (n * all + c) + 1] = sums[all + c];
          sum += static_cast<double>(weight[c]) * sums[c];
          slope += static_cast<double>(weight[c]) * sums[all + c];
        }
        for (int64_t c = first; c < first + width; ++c) {
          along[c] = static_cast<T>(sum / count);
          turned[c] = static_cast<T>(slope / count);
        }
      }
      if (!grad_in) continue;
      T* o = grad_in + n * all * places;
      for (int64_t place = 0; place < places; ++place, x += all, g += all, o += all)
#pragma omp simd
        for (int64_t c = 0; c < all; ++c)
          o[c] =
              rstd[c] * (g[c] * weight[c] - along[c] - ((x[c] - shift[c]) - rest[c]) * rstd[c] * turned[c]);
    }
  });
}

}  // namespace tape::cpu::TAPE_ISA
