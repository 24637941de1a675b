// The gradient of a convolution's weights: a product over all places of the output. Places are taken a block
// at a time; the gradients of a block are packed once, the channels of the image once for each tap.
#pragma once
#include "conv_product.h"

namespace tape::cpu::TAPE_ISA {

/// `weight_grad` [width of the gradient, depth, all taps] from `gradient` [places, gradient_channels] and the
/// windows of `source` [places, source_channels], of which a group's parts begin at the pointers given.
template <class T>
struct WeightProduct {
  const Windows& windows;
  T* weight_grad;
  const T* gradient;
  int64_t gradient_channels, width;
  const T* source;
  int64_t source_channels, depth;
  const T* zeros;  // at least `depth` of them

  /// Windows of few channels, or of a number that fills panels badly, are written out as one tap.
  bool gathers() const {
    constexpr int64_t C = ConvTile<T>::cols;
    return windows.taps() > 1 && depth % C != 0 && depth < 4 * C;
  }
  int64_t taps() const { return gathers() ? 1 : windows.taps(); }
  int64_t depth_of_tap() const { return gathers() ? windows.taps() * depth : depth; }
};

constexpr int64_t kWeightRows = 256;  // places at a time: panels of them stay in the first-level cache
constexpr int64_t kWeightGap = 8;     // a run of places outside the image that is worth an interruption

struct WeightRun {
  int64_t begin, end;
};

/// sums [R][C] += left [places][R] times panel [places][C], of the places in runs; the panel has only these.
template <class T>
void weight_tile(T* sums, const T* left, const T* panel, const std::vector<WeightRun>& runs) {
  constexpr int64_t R = ConvTile<T>::rows, C = ConvTile<T>::cols;
  T parts[R][C] = {};
  for (const WeightRun& run : runs) {
    const T* at = left + run.begin * R;
    for (int64_t k = run.begin; k < run.end; ++k, at += R, panel += C) {
#pragma GCC unroll 16
      for (int64_t r = 0; r < R; ++r) {
        const T factor = at[r];
#pragma omp simd
        for (int64_t c = 0; c < C; ++c) parts[r][c] += factor * panel[c];
      }
    }
  }
  for (int64_t r = 0; r < R; ++r)
#pragma omp simd
    for (int64_t c = 0; c < C; ++c) sums[r * C + c] += parts[r][c];
}

/// Places of a block that lie inside the image; short gaps are kept.
template <class T>
void find_runs(std::vector<WeightRun>& runs, const T* const* sources, int64_t count, const T* zeros) {
  runs.clear();
  for (int64_t k = 0; k < count; ++k) {
    if (sources[k] == zeros) continue;
    if (!runs.empty() && k - runs.back().end < kWeightGap)
      runs.back().end = k + 1;
    else
      runs.push_back({k, k + 1});
  }
}

/// Tiles [first_tile, last_tile) of the gradient's channels by panels [first_panel, last_panel) of the
/// image's, into sums [panel][tile][tap][R][C].
template <class T>
void weight_part(const WeightProduct<T>& p, T* sums, int64_t first_tile, int64_t last_tile,
                 int64_t first_panel, int64_t last_panel) {
  constexpr int64_t R = ConvTile<T>::rows, C = ConvTile<T>::cols;
  const int64_t all_taps = p.windows.taps(), taps = p.taps(), depth = p.depth_of_tap();
  const int64_t rows = p.windows.rows(), tiles = (p.width + R - 1) / R;
  const T** sources = conv_scratch<const T*, 2>(taps * kWeightRows);
  T* columns = p.gathers() ? conv_scratch<T, 7>(kWeightRows * depth) : nullptr;
  T* left = conv_scratch<T, 3>((last_tile - first_tile) * R * kWeightRows);
  T* packed = conv_scratch<T, 4>(kWeightRows * C);
  int64_t places[kWeightRows];
  std::vector<WeightRun> runs;
  for (int64_t panel = first_panel; panel < last_panel; ++panel)
    std::fill(sums + (panel * tiles + first_tile) * taps * R * C,
              sums + (panel * tiles + last_tile) * taps * R * C, T(0));
  for (int64_t row = 0; row < rows; row += kWeightRows) {
    const int64_t count = std::min(kWeightRows, rows - row);
    if (columns) {
      gather_windows(columns, p.windows, row, count, p.source, p.source_channels, p.depth);
      for (int64_t k = 0; k < count; ++k) sources[k] = columns + k * depth;
    } else {
      p.windows.find_sources(row, count, p.source, p.source_channels, p.zeros, sources, kWeightRows);
    }
    p.windows.find_results(row, count, places);
    for (int64_t k = 0; k < count; ++k) {
      const T* from = p.gradient + places[k] * p.gradient_channels;
      T* to = left + k * R;
      for (int64_t tile = first_tile; tile < last_tile; ++tile, to += kWeightRows * R) {
        const int64_t down = std::min(R, p.width - tile * R);
        if (down == R)
          for (int64_t r = 0; r < R; ++r) to[r] = from[tile * R + r];
        else
          for (int64_t r = 0; r < R; ++r) to[r] = r < down ? from[tile * R + r] : T(0);
      }
    }
    for (int64_t tap = 0; tap < taps; ++tap) {
      const T* const* at = sources + tap * kWeightRows;
      find_runs(runs, at, count, p.zeros);
      for (int64_t panel = first_panel; panel < last_panel; ++panel) {
        const int64_t across = std::min(C, depth - panel * C);
        T* to = packed;
        for (const WeightRun& run : runs)
          for (int64_t k = run.begin; k < run.end; ++k, to += C) {
            const T* from = at[k] + panel * C;
            if (across == C)
#pragma omp simd
              for (int64_t c = 0; c < C; ++c) to[c] = from[c];
            else
              for (int64_t c = 0; c < C; ++c) to[c] = c < across ? from[c] : T(0);
          }
        for (int64_t tile = first_tile; tile < last_tile; ++tile)
          weight_tile(sums + ((panel * tiles + tile) * taps + tap) * R * C,
                      left + (tile - first_tile) * kWeightRows * R, packed, runs);
      }
    }
  }
  for (int64_t tile = first_tile; tile < last_tile; ++tile)
    for (int64_t panel = first_panel; panel < last_panel; ++panel) {
      const T* from = sums + (panel * tiles + tile) * taps * R * C;
      const int64_t across = std::min(C, depth - panel * C);
      for (int64_t r = 0; r < std::min(R, p.width - tile * R); ++r) {
        T* to = p.weight_grad + (tile * R + r) * p.depth * all_taps;
        const T* line = from + r * C;
        if (columns) {
          for (int64_t c = 0, at = panel * C; c < across; ++c, ++at)
            to[at % p.depth * all_taps + at / p.depth] = line[c];
        } else {
          to += panel * C * taps;
          for (int64_t c = 0; c < across; ++c)
            for (int64_t tap = 0; tap < taps; ++tap) *to++ = line[tap * R * C + c];
        }
      }
    }
}

/// The whole product. Threads share the weights, so that the order of the sums is fixed.
template <class T>
void multiply_for_weight(const WeightProduct<T>& p) {
  constexpr int64_t R = ConvTile<T>::rows, C = ConvTile<T>::cols;
  const int64_t taps = p.taps(), depth = p.depth_of_tap(), rows = p.windows.rows();
  const int64_t tiles = (p.width + R - 1) / R, panels = (depth + C - 1) / C;
  T* sums = conv_scratch<T, 5>(tiles * panels * taps * R * C);
  // Cut both ways, as evenly as costs least: packing is done again for every cut.
  const int64_t threads = rows * p.width * depth * taps < 2 * kConvGrain ? 1 : thread_count();
  const auto share = [](int64_t count, int64_t parts) { return (count + parts - 1) / parts; };
  int64_t panel_cuts = 1, tile_cuts = 1, least = INT64_MAX;
  for (int64_t cuts = 1; cuts <= std::min(threads, panels); ++cuts) {
    const int64_t others = std::min(tiles, threads / cuts);
    const int64_t high = share(tiles, others), wide = share(panels, cuts);
    const int64_t cost = wide * taps * (high * R + 4) + high * 8;
    if (cost >= least) continue;
    least = cost;
    panel_cuts = cuts;
    tile_cuts = others;
  }
  parallel_for(panel_cuts * tile_cuts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t panel = i / tile_cuts, tile = i % tile_cuts;
      weight_part(p, sums, tile * tiles / tile_cuts, (tile + 1) * tiles / tile_cuts,
                  panel * panels / panel_cuts, (panel + 1) * panels / panel_cuts);
    }
  });
}

}  // namespace tape::cpu::TAPE_ISA
