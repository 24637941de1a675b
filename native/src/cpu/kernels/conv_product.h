// Windows times weights: the convolution itself and, with the weights turned round, its adjoint in the image.
// Weights are packed in panels of two vectors; a tile of the result stays in registers while it runs over
// part of the depth. Every element is summed in the same order, however the rows are cut and shared.
#pragma once
#include "conv_windows.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {

template <class T>
struct ConvTile {
  static constexpr int64_t cols = 2 * TAPE_VECTOR_BYTES / sizeof(T);
  static constexpr int64_t rows = TAPE_VECTOR_BYTES >= 64 ? 12 : TAPE_VECTOR_BYTES >= 32 ? 6 : 4;
};
constexpr int64_t kConvDepth = 256;  // of a panel at a time: it stays in the first-level cache
constexpr int64_t kConvRows = 96;    // rows at a time: their windows stay in the second-level cache
constexpr int64_t kConvGrain =
    1 << 16;  // multiplications below which a second thread costs more than it brings

/// Buffer of the calling thread, grown and kept: large blocks given back would be zeroed anew each time.
template <class T, int Purpose>
T* conv_scratch(int64_t count) {
  thread_local std::vector<T> buffer;
  if (static_cast<int64_t>(buffer.size()) < count) buffer.resize(static_cast<size_t>(count));
  return buffer.data();
}

/// One product: `out` [places, out_channels] from `source` [places, source_channels], of which a group's
/// parts begin at the pointers given and are `width` and `depth` wide. `panels` as packed by pack_weights.
template <class T>
struct WindowProduct {
  const Windows& windows;
  T* out;
  int64_t out_channels, width;
  const T* source;
  int64_t source_channels, depth;
  const T *panels, *bias, *zeros;  // zeros: at least `depth` of them
  bool relu;
};

/// What a tile adds up and how it ends.
template <class T>
struct TilePass {
  const T* const* sources;
  int64_t taps, channel, depth;  // depth: channels from `channel` on, of each tap
  const T* panel;
  int64_t panel_step;  // from one tap to the next
  const T *zeros, *bias;
  bool add, relu;
};

template <class T>
void window_tile(T* out, const int64_t* results, int64_t rows, int64_t cols, const TilePass<T>& pass) {
  constexpr int64_t R = ConvTile<T>::rows, C = ConvTile<T>::cols;
  T sums[R][C] = {};
  const T* panel = pass.panel;
  const T* const* sources = pass.sources;
  for (int64_t tap = 0; tap < pass.taps; ++tap, sources += kConvRows, panel += pass.panel_step) {
    const T* at[R];
    bool outside = true;
    for (int64_t r = 0; r < R; ++r) {
      outside = outside && sources[r] == pass.zeros;
      at[r] = sources[r] + pass.channel;
    }
    if (outside) continue;
    const T* line = panel;
    for (int64_t k = 0; k < pass.depth; ++k, line += C) {
#pragma GCC unroll 16
      for (int64_t r = 0; r < R; ++r) {
        const T left = at[r][k];
#pragma omp simd
        for (int64_t c = 0; c < C; ++c) sums[r][c] += left * line[c];
      }
    }
  }
  for (int64_t r = 0; r < rows; ++r) {
    T *to = out + results[r], *from = sums[r];
    const auto finish = [&](int64_t count) {
      if (pass.add)
        for (int64_t c = 0; c < count; ++c) from[c] += to[c];
      if (pass.bias)
        for (int64_t c = 0; c < count; ++c) from[c] += pass.bias[c];
      if (pass.relu)
        for (int64_t c = 0; c < count; ++c) from[c] = from[c] < T(0) ? T(0) : from[c];
      for (int64_t c = 0; c < count; ++c) to[c] = from[c];
    };
    if (cols == C)
      finish(C);
    else
      finish(cols);
  }
}

/// Rows [begin, end) of panels [first, last).
template <class T>
void multiply_windows(const WindowProduct<T>& p, int64_t begin, int64_t end, int64_t first, int64_t last) {
  constexpr int64_t R = ConvTile<T>::rows, C = ConvTile<T>::cols;
  const int64_t all_taps = p.windows.taps();
  const bool gathers = p.depth < 8 && all_taps > 1;
  const int64_t taps = gathers ? 1 : all_taps, depth = gathers ? all_taps * p.depth : p.depth;
  int64_t results[kConvRows];
  const T** sources = conv_scratch<const T*, 0>(taps * kConvRows);
  T* columns = gathers ? conv_scratch<T, 7>(kConvRows * depth) : nullptr;
  // Passes over the depth: some taps whole, or part of the channels of one.
  const int64_t chunks = std::max<int64_t>(1, (depth + kConvDepth * 3 / 2 - 1) / (kConvDepth * 3 / 2));
  const int64_t channels = std::max<int64_t>(1, (depth + chunks - 1) / chunks);
  const int64_t passes = std::max<int64_t>(1, (taps * channels + kConvDepth - 1) / kConvDepth);
  const int64_t step = chunks > 1 ? 1 : std::max<int64_t>(1, (taps + passes - 1) / passes);
  for (int64_t row = begin; row < end; row += kConvRows) {
    const int64_t count = std::min(kConvRows, end - row);
    if (gathers) {
      gather_windows(columns, p.windows, row, count, p.source, p.source_channels, p.depth);
      for (int64_t k = 0; k < count; ++k) sources[k] = columns + k * depth;
    } else {
      p.windows.find_sources(row, count, p.source, p.source_channels, p.zeros, sources, kConvRows);
    }
    for (int64_t tap = 0; tap < taps; ++tap)
      for (int64_t k = count; k % R != 0; ++k) sources[tap * kConvRows + k] = sources[tap * kConvRows];
    p.windows.find_results(row, count, results);
    for (int64_t k = 0; k < count; ++k) results[k] *= p.out_channels;
    // One pass at least: without anything to add up the result is the bias.
    for (int64_t tap = 0; tap == 0 || tap < taps; tap += step)
      for (int64_t channel = 0; channel == 0 || channel < depth; channel += channels) {
        TilePass<T> pass;
        pass.taps = std::min(step, taps - tap);
        pass.channel = channel;
        pass.depth = std::min(channels, depth - channel);
        pass.panel_step = depth * C;
        pass.zeros = p.zeros;
        pass.add = tap > 0 || channel > 0;
        const bool ends = tap + step >= taps && channel + channels >= depth;
        pass.relu = p.relu && ends;
        for (int64_t panel = first; panel < last; ++panel) {
          pass.panel = p.panels + ((panel * taps + tap) * depth + channel) * C;
          pass.bias = p.bias && ends ? p.bias + panel * C : nullptr;
          for (int64_t k = 0; k < count; k += R) {
            pass.sources = sources + tap * kConvRows + k;
            window_tile(p.out + panel * C, results + k, std::min(R, count - k),
                        std::min(C, p.width - panel * C), pass);
          }
        }
      }
  }
}

/// The whole product. Threads share rows, or, when these are few, panels.
template <class T>
void multiply_windows(const WindowProduct<T>& p) {
  constexpr int64_t R = ConvTile<T>::rows, C = ConvTile<T>::cols;
  const int64_t rows = p.windows.rows(), panels = (p.width + C - 1) / C;
  const int64_t tiles = (rows + R - 1) / R, work = R * C * p.windows.taps() * p.depth;
  if (tiles < 8 * thread_count() && panels >= thread_count())
    return parallel_for(panels, kConvGrain / (tiles * work + 1) + 1,
                        [&](int64_t begin, int64_t end) { multiply_windows(p, 0, rows, begin, end); });
  parallel_for(tiles, kConvGrain / (panels * work + 1) + 1, [&](int64_t begin, int64_t end) {
    multiply_windows(p, begin * R, std::min(rows, end * R), 0, panels);
  });
}

/// Panels [panel][tap][depth][cols] for the taps of `windows`. Element (tap, depth k, column c) is
/// weight[k * depth_stride + c * column_stride + tap], taps counted in the whole kernel, `kernel_width` wide.
template <class T>
void pack_weights(T* panels, const T* weight, const Windows& windows, int64_t kernel_width, int64_t depth,
                  int64_t depth_stride, int64_t width, int64_t column_stride) {
  constexpr int64_t C = ConvTile<T>::cols, kBlock = 16;  // a block's lines stay in the first-level cache
  const int64_t taps = windows.taps(), count = (width + C - 1) / C, blocks = (depth + kBlock - 1) / kBlock;
  int64_t* offsets = conv_scratch<int64_t, 1>(taps);
  int64_t tap = 0;
  for (const int64_t ky : windows.y.taps)
    for (const int64_t kx : windows.x.taps) offsets[tap++] = ky * kernel_width + kx;
  parallel_for(count * blocks, kConvGrain / (taps * kBlock * C + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t panel = i / blocks, first = i % blocks * kBlock, last = std::min(depth, first + kBlock);
      T* to = panels + panel * taps * depth * C;
      const int64_t across = std::min(C, width - panel * C);
      for (int64_t t = 0; t < taps; ++t)
        for (int64_t k = first; k < last; ++k) {
          const T* from = weight + k * depth_stride + panel * C * column_stride + offsets[t];
          T* line = to + (t * depth + k) * C;
          for (int64_t c = 0; c < across; ++c) line[c] = from[c * column_stride];
          for (int64_t c = across; c < C; ++c) line[c] = T(0);
        }
    }
  });
}

template <class T>
int64_t packed_weights_size(const Windows& windows, int64_t depth, int64_t width) {
  constexpr int64_t C = ConvTile<T>::cols;
  return windows.taps() * depth * ((width + C - 1) / C * C);
}

}  // namespace tape::cpu::TAPE_ISA
