// Pooling. Channels-last images are walked place by place with the channels as vectors; contiguous ones
// plane by plane. Gradients of channels-last images are gathered (each input place asks the windows over
// it), so that threads never meet and nothing is zeroed first.
#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kChannels = 64;  // of a place at a time: running values stay in registers and first cache
constexpr int64_t kGrain = 8192;   // elements below which a second thread costs more than it brings

/// What sums are made in.
template <class T>
using Sum = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// Taps [first, last) of the window that starts at `start`, those inside the image; `size` counts the
/// places an average divides by.
struct Window {
  int64_t start, first, last, size;
};

struct Axis {
  int64_t in, out, kernel, dilation;
  std::vector<Window> windows;
  std::vector<int64_t> low, high;  // windows [low, high) may cover an input place

  Axis(const PoolAxis& axis, bool count_pad)
      : in(axis.in), out(axis.out), kernel(axis.kernel), dilation(axis.adaptive ? 1 : axis.dilation) {
    windows.reserve(static_cast<size_t>(out));
    low.assign(static_cast<size_t>(in), out);
    high.assign(static_cast<size_t>(in), 0);
    for (int64_t o = 0; o < out; ++o) {
      Window w;
      if (axis.adaptive) {
        w.start = o * in / out;
        w.first = 0;
        w.last = ((o + 1) * in + out - 1) / out - w.start;
        w.size = w.last;
      } else {
        w.start = o * axis.stride - axis.pad;
        w.first = w.start < 0 ? (-w.start + dilation - 1) / dilation : 0;
        w.last = std::min(kernel, w.start < in ? (in - 1 - w.start) / dilation + 1 : 0);
        w.last = std::max(w.last, w.first);
        w.size = count_pad ? std::min(w.start + kernel, in + axis.pad) - w.start : w.last - w.first;
      }
      windows.push_back(w);
      for (int64_t tap = w.first; tap < w.last; ++tap) {
        const auto at = static_cast<size_t>(w.start + tap * dilation);
        low[at] = std::min(low[at], o);
        high[at] = o + 1;
      }
    }
  }
  /// The tap with which window `o` sees `place`, or -1.
  int64_t tap_at(int64_t o, int64_t place) const {
    const Window& w = windows[static_cast<size_t>(o)];
    const int64_t distance = place - w.start;
    if (distance < 0 || distance % dilation != 0) return -1;
    const int64_t tap = distance / dilation;
    return tap >= w.first && tap < w.last ? tap : -1;
  }
};

struct Geometry {
  int64_t batch, channels;
  Axis y, x;
  explicit Geometry(const PoolShape& s)
      : batch(s.batch),
        channels(s.channels),
        y(s.height, s.count_include_pad),
        x(s.width, s.count_include_pad) {}

  /// Calls body(image, row, first channel, channels) for every row of `rows` and block of channels.
  template <class Body>
  void each_row(int64_t rows, int64_t row_work, Body body) const {
    const int64_t blocks = (channels + kChannels - 1) / kChannels;
    const int64_t grain = kGrain / std::max<int64_t>(1, row_work * std::min(channels, kChannels)) + 1;
    parallel_for(batch * rows * blocks, grain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t block = i % blocks, row = i / blocks;
        body(row / rows, row % rows, block * kChannels, std::min(kChannels, channels - block * kChannels));
      }
    });
  }
  /// Calls body(plane) for every image and channel.
  template <class Body>
  void each_plane(Body body) const {
    const int64_t work = std::max(y.in * x.in, y.out * x.out * y.kernel * x.kernel);
    parallel_for(batch * channels, kGrain / std::max<int64_t>(1, work) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t plane = begin; plane < end; ++plane) body(plane);
    });
  }
  int64_t in_place(int64_t image, int64_t iy, int64_t ix) const { return (image * y.in + iy) * x.in + ix; }
  int64_t out_place(int64_t image, int64_t oy, int64_t ox) const { return (image * y.out + oy) * x.out + ox; }
  const Window& row(int64_t oy) const { return y.windows[static_cast<size_t>(oy)]; }
  const Window& column(int64_t ox) const { return x.windows[static_cast<size_t>(ox)]; }
};

template <class T>
constexpr T kLowest = -std::numeric_limits<Sum<T>>::infinity();

// ---- maximum -----------------------------------------------------------------------------------------

template <class T, class I>
void max_last(const Geometry& g, T* out, I* index, const T* in) {
  const int64_t channels = g.channels;
  g.each_row(
      g.y.out, g.x.out * g.y.kernel * g.x.kernel, [&](int64_t image, int64_t oy, int64_t c0, int64_t n) {
        T best[kChannels];
        int32_t which[kChannels];
        const Window& wy = g.row(oy);
        for (int64_t ox = 0; ox < g.x.out; ++ox) {
          const Window& wx = g.column(ox);
          const auto opening = static_cast<int32_t>(wy.first * g.x.kernel + wx.first);
          for (int64_t c = 0; c < n; ++c) {
            best[c] = kLowest<T>;
            which[c] = opening;
          }
          for (int64_t ky = wy.first; ky < wy.last; ++ky)
            for (int64_t kx = wx.first; kx < wx.last; ++kx) {
              const T* from =
                  in + c0 +
                  g.in_place(image, wy.start + ky * g.y.dilation, wx.start + kx * g.x.dilation) * channels;
              const auto tap = static_cast<int32_t>(ky * g.x.kernel + kx);
#pragma omp simd
              for (int64_t c = 0; c < n; ++c) {
                const T value = from[c];
                const bool wins = value > best[c] || value != value;
                best[c] = wins ? value : best[c];
                which[c] = wins ? tap : which[c];
              }
            }
          const int64_t to = g.out_place(image, oy, ox) * channels + c0;
          for (int64_t c = 0; c < n; ++c) out[to + c] = best[c];
          for (int64_t c = 0; c < n; ++c) index[to + c] = static_cast<I>(which[c]);
        }
      });
}

template <class T, class I>
void max_planes(const Geometry& g, T* out, I* index, const T* in) {
  g.each_plane([&](int64_t plane) {
    const T* from = in + plane * g.y.in * g.x.in;
    int64_t to = plane * g.y.out * g.x.out;
    for (int64_t oy = 0; oy < g.y.out; ++oy)
      for (int64_t ox = 0; ox < g.x.out; ++ox, ++to) {
        const Window &wy = g.row(oy), &wx = g.column(ox);
        T best = kLowest<T>;
        int64_t which = wy.first * g.x.kernel + wx.first;
        for (int64_t ky = wy.first; ky < wy.last; ++ky)
          for (int64_t kx = wx.first; kx < wx.last; ++kx) {
            const T value = from[(wy.start + ky * g.y.dilation) * g.x.in + wx.start + kx * g.x.dilation];
            if (!(value > best || value != value)) continue;
            best = value;
            which = ky * g.x.kernel + kx;
          }
        out[to] = best;
        index[to] = static_cast<I>(which);
      }
  });
}

/// `gradient` where `index` is `tap`, else 0; both are read in any case, so that a loop of it is vectorised.
template <class T>
inline T picked(T gradient, int32_t index, int32_t tap) {
  return index == tap ? gradient : T(0);
}

template <class T, class I>
void max_gradient_last(const Geometry& g, T* in_grad, const I* index, const T* out_grad) {
  const int64_t channels = g.channels;
  g.each_row(g.y.in, g.x.in, [&](int64_t image, int64_t iy, int64_t c0, int64_t n) {
    Sum<T> sums[kChannels];
    const int64_t top = g.y.low[static_cast<size_t>(iy)], bottom = g.y.high[static_cast<size_t>(iy)];
    for (int64_t ix = 0; ix < g.x.in; ++ix) {
      T* to = in_grad + g.in_place(image, iy, ix) * channels + c0;
      const int64_t left = g.x.low[static_cast<size_t>(ix)], right = g.x.high[static_cast<size_t>(ix)];
      if (bottom - top == 1 && right - left == 1) {  // windows that do not overlap
        const int64_t ky = g.y.tap_at(top, iy), kx = g.x.tap_at(left, ix);
        if (ky >= 0 && kx >= 0) {
          const int64_t from = g.out_place(image, top, left) * channels + c0;
          const auto tap = static_cast<int32_t>(ky * g.x.kernel + kx);
          const T* gradient = out_grad + from;
          const I* taps = index + from;
#pragma omp simd
          for (int64_t c = 0; c < n; ++c) to[c] = picked(gradient[c], taps[c], tap);
          continue;
        }
      }
      for (int64_t c = 0; c < n; ++c) sums[c] = 0;
      for (int64_t oy = top; oy < bottom; ++oy) {
        const int64_t ky = g.y.tap_at(oy, iy);
        if (ky < 0) continue;
        for (int64_t ox = left; ox < right; ++ox) {
          const int64_t kx = g.x.tap_at(ox, ix);
          if (kx < 0) continue;
          const int64_t from = g.out_place(image, oy, ox) * channels + c0;
          const auto tap = static_cast<int32_t>(ky * g.x.kernel + kx);
          const T* gradient = out_grad + from;
          const I* taps = index + from;
#pragma omp simd
          for (int64_t c = 0; c < n; ++c) sums[c] += static_cast<Sum<T>>(picked(gradient[c], taps[c], tap));
        }
      }
      for (int64_t c = 0; c < n; ++c) to[c] = static_cast<T>(sums[c]);
    }
  });
}

/// Place in the plane of tap `index` of window (oy, ox); -1 when the whole window lies outside the image.
template <class I>
int64_t place_of(const Geometry& g, int64_t oy, int64_t ox, I index) {
  const Window &wy = g.row(oy), &wx = g.column(ox);
  if (wy.first >= wy.last || wx.first >= wx.last) return -1;
  const auto tap = static_cast<int64_t>(index);
  return (wy.start + tap / g.x.kernel * g.y.dilation) * g.x.in + wx.start + tap % g.x.kernel * g.x.dilation;
}

template <class T, class I>
void max_gradient_planes(const Geometry& g, T* in_grad, const I* index, const T* out_grad) {
  g.each_plane([&](int64_t plane) {
    T* to = in_grad + plane * g.y.in * g.x.in;
    std::fill(to, to + g.y.in * g.x.in, T(0));
    int64_t from = plane * g.y.out * g.x.out;
    for (int64_t oy = 0; oy < g.y.out; ++oy)
      for (int64_t ox = 0; ox < g.x.out; ++ox, ++from)
        if (const int64_t at = place_of(g, oy, ox, index[from]); at >= 0)
          to[at] = static_cast<T>(to[at] + out_grad[from]);
  });
}

/// Only derivatives of derivatives come here: one loop for both layouts.
template <class T, class I>
void max_gather_typed(const Geometry& g, bool last, T* out, const I* index, const T* in) {
  const int64_t in_step = last ? g.channels : 1, in_plane = g.y.in * g.x.in;
  g.each_plane([&](int64_t plane) {
    const int64_t image = plane / g.channels, channel = plane % g.channels;
    const T* from = in + (last ? image * in_plane * g.channels + channel : plane * in_plane);
    const int64_t out_plane = g.y.out * g.x.out;
    const int64_t to = last ? image * out_plane * g.channels + channel : plane * out_plane;
    for (int64_t o = 0; o < out_plane; ++o) {
      const int64_t at = place_of(g, o / g.x.out, o % g.x.out, index[to + o * in_step]);
      out[to + o * in_step] = at < 0 ? T(0) : from[at * in_step];
    }
  });
}

// ---- average -----------------------------------------------------------------------------------------

template <class T>
void average_last(const Geometry& g, T* out, const T* in) {
  const int64_t channels = g.channels;
  const int64_t taps = std::max<int64_t>(1, g.y.kernel * g.x.kernel);
  g.each_row(g.y.out, g.x.out * taps, [&](int64_t image, int64_t oy, int64_t c0, int64_t n) {
    // Rows are summed on their own first: large windows stay accurate.
    Sum<T> total[kChannels], line[kChannels];
    const Window& wy = g.row(oy);
    for (int64_t ox = 0; ox < g.x.out; ++ox) {
      const Window& wx = g.column(ox);
      for (int64_t c = 0; c < n; ++c) total[c] = 0;
      for (int64_t ky = wy.first; ky < wy.last; ++ky) {
        const T* from = in + g.in_place(image, wy.start + ky, wx.start + wx.first) * channels + c0;
        for (int64_t c = 0; c < n; ++c) line[c] = 0;
        for (int64_t kx = wx.first; kx < wx.last; ++kx, from += channels) {
#pragma omp simd
          for (int64_t c = 0; c < n; ++c) line[c] += static_cast<Sum<T>>(from[c]);
        }
        for (int64_t c = 0; c < n; ++c) total[c] += line[c];
      }
      T* to = out + g.out_place(image, oy, ox) * channels + c0;
      const Sum<T> size = static_cast<Sum<T>>(wy.size * wx.size);
      for (int64_t c = 0; c < n; ++c) to[c] = static_cast<T>(total[c] / size);
    }
  });
}

template <class T>
void average_planes(const Geometry& g, T* out, const T* in) {
  g.each_plane([&](int64_t plane) {
    const T* from = in + plane * g.y.in * g.x.in;
    T* to = out + plane * g.y.out * g.x.out;
    for (int64_t oy = 0; oy < g.y.out; ++oy)
      for (int64_t ox = 0; ox < g.x.out; ++ox) {
        const Window &wy = g.row(oy), &wx = g.column(ox);
        Sum<T> total = 0;
        for (int64_t ky = wy.first; ky < wy.last; ++ky) {
          const T* line = from + (wy.start + ky) * g.x.in + wx.start;
          Sum<T> sum = 0;
          for (int64_t kx = wx.first; kx < wx.last; ++kx) sum += static_cast<Sum<T>>(line[kx]);
          total += sum;
        }
        *to++ = static_cast<T>(total / static_cast<Sum<T>>(wy.size * wx.size));
      }
  });
}

template <class T>
void average_gradient_last(const Geometry& g, T* in_grad, const T* out_grad) {
  const int64_t channels = g.channels;
  g.each_row(g.y.in, g.x.in, [&](int64_t image, int64_t iy, int64_t c0, int64_t n) {
    Sum<T> sums[kChannels];
    for (int64_t ix = 0; ix < g.x.in; ++ix) {
      for (int64_t c = 0; c < n; ++c) sums[c] = 0;
      for (int64_t oy = g.y.low[static_cast<size_t>(iy)]; oy < g.y.high[static_cast<size_t>(iy)]; ++oy) {
        if (g.y.tap_at(oy, iy) < 0) continue;
        for (int64_t ox = g.x.low[static_cast<size_t>(ix)]; ox < g.x.high[static_cast<size_t>(ix)]; ++ox) {
          if (g.x.tap_at(ox, ix) < 0) continue;
          const T* from = out_grad + g.out_place(image, oy, ox) * channels + c0;
          const Sum<T> share = Sum<T>(1) / static_cast<Sum<T>>(g.row(oy).size * g.column(ox).size);
#pragma omp simd
          for (int64_t c = 0; c < n; ++c) sums[c] += static_cast<Sum<T>>(from[c]) * share;
        }
      }
      T* to = in_grad + g.in_place(image, iy, ix) * channels + c0;
      for (int64_t c = 0; c < n; ++c) to[c] = static_cast<T>(sums[c]);
    }
  });
}

template <class T>
void average_gradient_planes(const Geometry& g, T* in_grad, const T* out_grad) {
  g.each_plane([&](int64_t plane) {
    T* to = in_grad + plane * g.y.in * g.x.in;
    std::fill(to, to + g.y.in * g.x.in, T(0));
    const T* from = out_grad + plane * g.y.out * g.x.out;
    for (int64_t oy = 0; oy < g.y.out; ++oy)
      for (int64_t ox = 0; ox < g.x.out; ++ox, ++from) {
        const Window &wy = g.row(oy), &wx = g.column(ox);
        const Sum<T> share = static_cast<Sum<T>>(*from) / static_cast<Sum<T>>(wy.size * wx.size);
        for (int64_t ky = wy.first; ky < wy.last; ++ky) {
          T* line = to + (wy.start + ky) * g.x.in + wx.start;
          for (int64_t kx = wx.first; kx < wx.last; ++kx) line[kx] = static_cast<T>(line[kx] + share);
        }
      }
  });
}

/// Calls body(values' type tag, index pointer).
template <class Index, class Body>
void visit_pool(DType dtype, bool wide, Index* index, Body body) {
  using Byte = std::conditional_t<std::is_const_v<Index>, const uint8_t, uint8_t>;
  using Word = std::conditional_t<std::is_const_v<Index>, const int32_t, int32_t>;
  visit_floating(dtype, [&](auto tag) {
    if (wide)
      body(tag, static_cast<Word*>(index));
    else
      body(tag, static_cast<Byte*>(index));
  });
}

}  // namespace

void max_pool(DType dtype, const PoolShape& shape, void* out, void* index, bool wide, const void* in) {
  const Geometry g(shape);
  visit_pool(dtype, wide, index, [&](auto tag, auto* taps) {
    using T = typename decltype(tag)::type;
    if (shape.channels_last)
      max_last(g, static_cast<T*>(out), taps, static_cast<const T*>(in));
    else
      max_planes(g, static_cast<T*>(out), taps, static_cast<const T*>(in));
  });
}

void max_pool_gradient(DType dtype, const PoolShape& shape, void* in_grad, const void* index, bool wide,
                       const void* out_grad) {
  const Geometry g(shape);
  visit_pool(dtype, wide, index, [&](auto tag, auto* taps) {
    using T = typename decltype(tag)::type;
    if (shape.channels_last)
      max_gradient_last(g, static_cast<T*>(in_grad), taps, static_cast<const T*>(out_grad));
    else
      max_gradient_planes(g, static_cast<T*>(in_grad), taps, static_cast<const T*>(out_grad));
  });
}

void max_pool_gather(DType dtype, const PoolShape& shape, void* out, const void* index, bool wide,
                     const void* in) {
  const Geometry g(shape);
  visit_pool(dtype, wide, index, [&](auto tag, auto* taps) {
    using T = typename decltype(tag)::type;
    max_gather_typed(g, shape.channels_last, static_cast<T*>(out), taps, static_cast<const T*>(in));
  });
}

void average_pool(DType dtype, const PoolShape& shape, void* out, const void* in) {
  const Geometry g(shape);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (shape.channels_last)
      average_last(g, static_cast<T*>(out), static_cast<const T*>(in));
    else
      average_planes(g, static_cast<T*>(out), static_cast<const T*>(in));
  });
}

void average_pool_gradient(DType dtype, const PoolShape& shape, void* in_grad, const void* out_grad) {
  const Geometry g(shape);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (shape.channels_last)
      average_gradient_last(g, static_cast<T*>(in_grad), static_cast<const T*>(out_grad));
    else
      average_gradient_planes(g, static_cast<T*>(in_grad), static_cast<const T*>(out_grad));
  });
}

PoolKernels pool_table() {
  return {max_pool, max_pool_gradient, max_pool_gather, average_pool, average_pool_gradient};
}

}  // namespace tape::cpu::TAPE_ISA
