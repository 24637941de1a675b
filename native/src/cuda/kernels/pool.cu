// Pooling: a thread for each place written. A gradient asks every window over its place, so no two threads
// meet.
#include "../numbers.h"
#include "../table.h"

namespace tape::cuda {
namespace {

/// One window along one dimension: taps [first, last) of it lie inside the image.
struct Window {
  int64_t start, first, last, size;  // size: places an average divides by
};

struct Axis {
  PoolAxis a;
  TAPE_BOTH int64_t step() const { return a.adaptive ? 1 : a.dilation; }
  TAPE_BOTH Window window(int64_t o, bool count_pad) const {
    if (a.adaptive) {
      const int64_t start = o * a.in / a.out, end = ((o + 1) * a.in + a.out - 1) / a.out;
      return {start, 0, end - start, end - start};
    }
    const int64_t start = o * a.stride - a.pad, reach = a.in - start;
    const int64_t first = start >= 0 ? 0 : (-start + a.dilation - 1) / a.dilation;
    const int64_t fitting = reach <= 0 ? 0 : (reach + a.dilation - 1) / a.dilation;
    const int64_t last = fitting < a.kernel ? fitting : a.kernel;
    // The padded image ends `pad` behind the image: a window that ceil mode lets reach farther counts what is
    // in.
    const int64_t end = start + a.kernel < a.in + a.pad ? start + a.kernel : a.in + a.pad;
    return {start, first, last > first ? last : first,
            count_pad ? end - start : (last > first ? last - first : 0)};
  }
  /// Tap of window `o` that lies on place `i`, or -1.
  TAPE_BOTH int64_t tap(const Window& w, int64_t i) const {
    const int64_t away = i - w.start;
    if (away < 0 || away % step() != 0) return -1;
    const int64_t t = away / step();
    return t >= w.first && t < w.last ? t : -1;
  }
  /// Windows [low, high) are the only ones that may cover place `i`.
  TAPE_BOTH void covering(int64_t i, int64_t& low, int64_t& high) const {
    if (a.adaptive) {
      low = i * a.out / a.in;
      high = ((i + 1) * a.out + a.in - 1) / a.in;
    } else {
      const int64_t reach = (a.kernel - 1) * a.dilation, from = i + a.pad - reach;
      low = from <= 0 ? 0 : (from + a.stride - 1) / a.stride;
      high = (i + a.pad) / a.stride + 1;
    }
    if (high > a.out) high = a.out;
  }
};

struct Shape {
  int64_t batch, channels;
  Axis height, width;
  bool channels_last, count_pad;
  explicit Shape(const PoolShape& s)
      : batch(s.batch),
        channels(s.channels),
        height{s.height},
        width{s.width},
        channels_last(s.channels_last),
        count_pad(s.count_include_pad) {}
  TAPE_BOTH int64_t outputs() const { return batch * channels * height.a.out * width.a.out; }
  TAPE_BOTH int64_t inputs() const { return batch * channels * height.a.in * width.a.in; }
};

/// Image, channel, row and column of an element.
struct Place {
  int64_t image, channel, y, x;
  TAPE_BOTH Place(const Shape& s, int64_t i, int64_t rows, int64_t cols) {
    if (s.channels_last) {
      channel = i % s.channels;
      i /= s.channels;
      x = i % cols;
      i /= cols;
      y = i % rows;
      image = i / rows;
    } else {
      x = i % cols;
      i /= cols;
      y = i % rows;
      i /= rows;
      channel = i % s.channels;
      image = i / s.channels;
    }
  }
  TAPE_BOTH static int64_t find(const Shape& s, int64_t image, int64_t channel, int64_t y, int64_t x,
                                int64_t rows, int64_t cols) {
    return s.channels_last ? ((image * rows + y) * cols + x) * s.channels + channel
                           : ((image * s.channels + channel) * rows + y) * cols + x;
  }
};

TAPE_BOTH inline int64_t tap_at(const void* index, bool wide, int64_t i) {
  return wide ? static_cast<const int32_t*>(index)[i] : static_cast<const uint8_t*>(index)[i];
}

template <class T>
void max_typed(const Shape& shape, T* out, void* index, bool wide, const T* in) {
  const Shape s = shape;
  for_each(s.outputs(), [=] TAPE_KERNEL(int64_t i) {
    const Place p(s, i, s.height.a.out, s.width.a.out);
    const Window wy = s.height.window(p.y, false), wx = s.width.window(p.x, false);
    T best = -std::numeric_limits<T>::infinity();
    int64_t tap = wy.first * s.width.a.kernel + wx.first;
    for (int64_t ty = wy.first; ty < wy.last; ++ty)
      for (int64_t tx = wx.first; tx < wx.last; ++tx) {
        const T value = in[Place::find(s, p.image, p.channel, wy.start + ty * s.height.step(),
                                       wx.start + tx * s.width.step(), s.height.a.in, s.width.a.in)];
        if (!(value > best || (value != value && best == best))) continue;
        best = value;
        tap = ty * s.width.a.kernel + tx;
      }
    out[i] = best;
    if (wide)
      static_cast<int32_t*>(index)[i] = static_cast<int32_t>(tap);
    else
      static_cast<uint8_t*>(index)[i] = static_cast<uint8_t>(tap);
  });
}

template <class T>
void max_gradient_typed(const Shape& shape, T* in_grad, const void* index, bool wide, const T* out_grad) {
  const Shape s = shape;
  for_each(s.inputs(), [=] TAPE_KERNEL(int64_t i) {
    const Place p(s, i, s.height.a.in, s.width.a.in);
    int64_t y0, y1, x0, x1;
    s.height.covering(p.y, y0, y1);
    s.width.covering(p.x, x0, x1);
    T sum = 0;
    for (int64_t oy = y0; oy < y1; ++oy) {
      const int64_t ty = s.height.tap(s.height.window(oy, false), p.y);
      for (int64_t ox = x0; ty >= 0 && ox < x1; ++ox) {
        const int64_t tx = s.width.tap(s.width.window(ox, false), p.x);
        const int64_t o = Place::find(s, p.image, p.channel, oy, ox, s.height.a.out, s.width.a.out);
        if (tx >= 0 && tap_at(index, wide, o) == ty * s.width.a.kernel + tx) sum += out_grad[o];
      }
    }
    in_grad[i] = sum;
  });
}

template <class T>
void max_gather_typed(const Shape& shape, T* out, const void* index, bool wide, const T* in) {
  const Shape s = shape;
  for_each(s.outputs(), [=] TAPE_KERNEL(int64_t i) {
    const Place p(s, i, s.height.a.out, s.width.a.out);
    const int64_t tap = tap_at(index, wide, i);
    const int64_t y = s.height.window(p.y, false).start + tap / s.width.a.kernel * s.height.step();
    const int64_t x = s.width.window(p.x, false).start + tap % s.width.a.kernel * s.width.step();
    out[i] = in[Place::find(s, p.image, p.channel, y, x, s.height.a.in, s.width.a.in)];
  });
}

template <class T>
void average_typed(const Shape& shape, T* out, const T* in) {
  const Shape s = shape;
  for_each(s.outputs(), [=] TAPE_KERNEL(int64_t i) {
    const Place p(s, i, s.height.a.out, s.width.a.out);
    const Window wy = s.height.window(p.y, s.count_pad), wx = s.width.window(p.x, s.count_pad);
    T sum = 0;
    for (int64_t ty = wy.first; ty < wy.last; ++ty)
      for (int64_t tx = wx.first; tx < wx.last; ++tx)
        sum +=
            in[Place::find(s, p.image, p.channel, wy.start + ty, wx.start + tx, s.height.a.in, s.width.a.in)];
    out[i] = sum / static_cast<T>(wy.size * wx.size);
  });
}

template <class T>
void average_gradient_typed(const Shape& shape, T* in_grad, const T* out_grad) {
  const Shape s = shape;
  for_each(s.inputs(), [=] TAPE_KERNEL(int64_t i) {
    const Place p(s, i, s.height.a.in, s.width.a.in);
    int64_t y0, y1, x0, x1;
    s.height.covering(p.y, y0, y1);
    s.width.covering(p.x, x0, x1);
    T sum = 0;
    for (int64_t oy = y0; oy < y1; ++oy) {
      const Window wy = s.height.window(oy, s.count_pad);
      for (int64_t ox = x0; s.height.tap(wy, p.y) >= 0 && ox < x1; ++ox) {
        const Window wx = s.width.window(ox, s.count_pad);
        if (s.width.tap(wx, p.x) < 0) continue;
        sum += out_grad[Place::find(s, p.image, p.channel, oy, ox, s.height.a.out, s.width.a.out)] /
               static_cast<T>(wy.size * wx.size);
      }
    }
    in_grad[i] = sum;
  });
}

void max(DType dtype, const PoolShape& shape, void* out, void* index, bool wide, const void* in) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    max_typed(Shape(shape), static_cast<T*>(out), index, wide, static_cast<const T*>(in));
  });
}
void max_gradient(DType dtype, const PoolShape& shape, void* in_grad, const void* index, bool wide,
                  const void* out_grad) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    max_gradient_typed(Shape(shape), static_cast<T*>(in_grad), index, wide, static_cast<const T*>(out_grad));
  });
}
void max_gather(DType dtype, const PoolShape& shape, void* out, const void* index, bool wide,
                const void* in) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    max_gather_typed(Shape(shape), static_cast<T*>(out), index, wide, static_cast<const T*>(in));
  });
}
void average(DType dtype, const PoolShape& shape, void* out, const void* in) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    average_typed(Shape(shape), static_cast<T*>(out), static_cast<const T*>(in));
  });
}
void average_gradient(DType dtype, const PoolShape& shape, void* in_grad, const void* out_grad) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    average_gradient_typed(Shape(shape), static_cast<T*>(in_grad), static_cast<const T*>(out_grad));
  });
}

}  // namespace

PoolKernels pool_table() { return {max, max_gradient, max_gather, average, average_gradient}; }

}  // namespace tape::cuda
