// Convolutions as products whose left rows are windows of an image. Windows are not copied: each tap of a row
// is an address, outside the image that of a line of zeros (Dukhan 2019, "The indirect convolution
// algorithm").
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "tape/kernels/conv.h"

namespace tape::cpu::TAPE_ISA {

/// One spatial dimension: place `first + i * stride` of the result reads, with tap taps[k], place
/// `i * step + shifts[k]` of the source.
struct WindowAxis {
  int64_t count = 0, first = 0, stride = 1, result = 0;  // i in [0, count); `result` places in all
  int64_t step = 1, source = 0;                          // the source has `source` places
  std::vector<int64_t> taps, shifts;

  /// The convolution's own: every place of its output, every tap.
  static WindowAxis forward(const ConvShape& s, int d) {
    WindowAxis axis;
    axis.count = axis.result = s.out[d];
    axis.step = s.stride[d];
    axis.source = s.in[d];
    for (int64_t k = 0; k < s.kernel[d]; ++k) {
      axis.taps.push_back(k);
      axis.shifts.push_back(k * s.dilation[d] - s.pad_begin[d]);
    }
    return axis;
  }
  /// Its adjoint's: the places of the input that are `phase` modulo the stride share their taps.
  static WindowAxis adjoint(const ConvShape& s, int d, int64_t phase) {
    WindowAxis axis;
    axis.first = phase;
    axis.stride = s.stride[d];
    axis.result = s.in[d];
    axis.count = (s.in[d] - phase + axis.stride - 1) / axis.stride;
    axis.source = s.out[d];
    for (int64_t k = 0; k < s.kernel[d]; ++k) {
      const int64_t at = phase + s.pad_begin[d] - k * s.dilation[d];
      if (at % axis.stride != 0) continue;
      axis.taps.push_back(k);
      axis.shifts.push_back(at / axis.stride);
    }
    return axis;
  }
};

/// Rows of the product in the order they are worked on. Images of a few places are taken several at a time,
/// so that neighbouring rows lie at the same place and leave the image with the same taps, which are then
/// skipped.
struct Windows {
  int64_t batch, together;
  WindowAxis y, x;

  Windows(int64_t images, WindowAxis height, WindowAxis width)
      : batch(images), together(1), y(std::move(height)), x(std::move(width)) {
    for (const int64_t count : {16, 12, 8})
      if (y.count * x.count <= 256 && batch % count == 0 && together == 1) together = count;
  }
  int64_t rows() const { return batch * y.count * x.count; }
  int64_t taps() const { return static_cast<int64_t>(y.taps.size() * x.taps.size()); }

  /// Calls visit(k, image, i, j) for rows [begin, begin + count), k counted from 0.
  template <class Visit>
  void each(int64_t begin, int64_t count, Visit visit) const {
    int64_t image = begin % together, rest = begin / together;
    int64_t j = rest % x.count;
    rest /= x.count;
    int64_t i = rest % y.count;
    int64_t base = rest / y.count * together;
    for (int64_t k = 0; k < count; ++k) {
      visit(k, base + image, i, j);
      if (++image < together) continue;
      image = 0;
      if (++j < x.count) continue;
      j = 0;
      if (++i < y.count) continue;
      i = 0;
      base += together;
    }
  }
  /// For the same rows the address each tap reads, sources[tap * pitch + k]; `channels` wide places.
  template <class T>
  void find_sources(int64_t begin, int64_t count, const T* source, int64_t channels, const T* zeros,
                    const T** sources, int64_t pitch) const {
    each(begin, count, [&](int64_t k, int64_t image, int64_t i, int64_t j) {
      const T** to = sources + k;
      for (const int64_t dy : y.shifts) {
        const int64_t sy = i * y.step + dy;
        const bool inside = sy >= 0 && sy < y.source;
        const T* line = source + (image * y.source + sy) * x.source * channels;
        for (const int64_t dx : x.shifts) {
          const int64_t sx = j * x.step + dx;
          *to = inside && sx >= 0 && sx < x.source ? line + sx * channels : zeros;
          to += pitch;
        }
      }
    });
  }
  /// For the same rows the place of the result they make.
  void find_results(int64_t begin, int64_t count, int64_t* places) const {
    each(begin, count, [&](int64_t k, int64_t image, int64_t i, int64_t j) {
      places[k] = (image * y.result + y.first + i * y.stride) * x.result + x.first + j * x.stride;
    });
  }
};

/// Windows of few channels written out, rows of [taps, depth], so that one long line replaces many short
/// ones.
template <class T>
void gather_windows(T* columns, const Windows& w, int64_t begin, int64_t count, const T* source,
                    int64_t channels, int64_t depth) {
  const auto across = static_cast<int64_t>(w.x.taps.size());
  // Taps that lie side by side are copied together.
  bool joined = channels == depth;
  for (size_t k = 1; k < w.x.shifts.size(); ++k) joined = joined && w.x.shifts[k] == w.x.shifts[k - 1] + 1;
  w.each(begin, count, [&](int64_t k, int64_t image, int64_t i, int64_t j) {
    T* to = columns + k * w.taps() * depth;
    const int64_t left = j * w.x.step + w.x.shifts[0];
    const bool inside = joined && left >= 0 && left + across <= w.x.source;
    for (const int64_t dy : w.y.shifts) {
      const int64_t sy = i * w.y.step + dy;
      if (sy < 0 || sy >= w.y.source) {
        to = std::fill_n(to, across * depth, T(0));
        continue;
      }
      const T* line = source + (image * w.y.source + sy) * w.x.source * channels;
      if (inside) {
        const T* from = line + left * channels;
        for (int64_t c = 0; c < across * depth; ++c) to[c] = from[c];
        to += across * depth;
        continue;
      }
      for (const int64_t dx : w.x.shifts) {
        const int64_t sx = j * w.x.step + dx;
        if (sx < 0 || sx >= w.x.source)
          for (int64_t c = 0; c < depth; ++c) *to++ = T(0);
        else
          for (int64_t c = 0; c < depth; ++c) *to++ = line[sx * channels + c];
      }
    }
  });
}

}  // namespace tape::cpu::TAPE_ISA
