// Padding by the image's own values, and upsampling: a thread for each place written.
#include "../numbers.h"
#include "../table.h"

namespace tape::cuda {
namespace {

/// The tables of a shape, on the device.
struct Tables {
  int64_t batch, channels, in[2], out[2];
  bool channels_last, linear;
  const int64_t* low[2];
  const int64_t* high[2];
  const double* weight[2];

  explicit Tables(const ResampleShape& s)
      : batch(s.batch),
        channels(s.channels),
        in{s.in[0], s.in[1]},
        out{s.out[0], s.out[1]},
        channels_last(s.channels_last),
        linear(s.high[0] || s.high[1]) {
    auto* room = static_cast<char*>(scratch(static_cast<size_t>(3 * (s.out[0] + s.out[1])) * 8));
    const auto send = [&](const void* from, int64_t count) {
      void* const to = room;
      if (from) upload(to, from, static_cast<size_t>(count) * 8);
      room += count * 8;
      return from ? to : nullptr;
    };
    for (int d = 0; d < 2; ++d) {
      low[d] = static_cast<const int64_t*>(send(s.low[d], s.out[d]));
      high[d] = static_cast<const int64_t*>(send(s.high[d], s.out[d]));
      weight[d] = static_cast<const double*>(send(s.weight[d], s.out[d]));
    }
  }

  TAPE_BOTH int64_t find(int64_t image, int64_t channel, int64_t y, int64_t x,
                         const int64_t (&sizes)[2]) const {
    return channels_last ? ((image * sizes[0] + y) * sizes[1] + x) * channels + channel
                         : ((image * channels + channel) * sizes[0] + y) * sizes[1] + x;
  }
  TAPE_BOTH void place(int64_t i, const int64_t (&sizes)[2], int64_t& image, int64_t& channel, int64_t& y,
                       int64_t& x) const {
    if (channels_last) {
      channel = i % channels;
      i /= channels;
    }
    x = i % sizes[1];
    i /= sizes[1];
    y = i % sizes[0];
    i /= sizes[0];
    if (!channels_last) {
      channel = i % channels;
      i /= channels;
    }
    image = i;
  }
  /// What output `o` along dimension d takes of input place `at`.
  template <class W>
  TAPE_BOTH W share(int d, int64_t o, int64_t at) const {
    const W far = high[d] ? static_cast<W>(weight[d][o]) : W(0);
    W sum = low[d][o] == at ? W(1) - far : W(0);
    if (high[d] && high[d][o] == at) sum += far;
    return sum;
  }
};

template <class T>
void resample_typed(const Tables& tables, T* out, const T* in) {
  const Tables t = tables;
  for_each(t.batch * t.channels * t.out[0] * t.out[1], [=] TAPE_KERNEL(int64_t i) {
    int64_t image, channel, y, x;
    t.place(i, t.out, image, channel, y, x);
    const auto at = [&](int64_t row, int64_t col) { return in[t.find(image, channel, row, col, t.in)]; };
    const int64_t y0 = t.low[0][y], x0 = t.low[1][x];
    if (!t.linear) {
      out[i] = at(y0, x0);
      return;
    }
    const int64_t y1 = t.high[0] ? t.high[0][y] : y0, x1 = t.high[1] ? t.high[1][x] : x0;
    const T down = t.high[0] ? static_cast<T>(t.weight[0][y]) : T(0);
    const T along = t.high[1] ? static_cast<T>(t.weight[1][x]) : T(0);
    out[i] = (T(1) - down) * ((T(1) - along) * at(y0, x0) + along * at(y0, x1)) +
             down * ((T(1) - along) * at(y1, x0) + along * at(y1, x1));
  });
}

template <class T>
void gradient_typed(const Tables& tables, T* in_grad, const T* out_grad) {
  const Tables t = tables;
  for_each(t.batch * t.channels * t.in[0] * t.in[1], [=] TAPE_KERNEL(int64_t i) {
    int64_t image, channel, y, x;
    t.place(i, t.in, image, channel, y, x);
    T sum = 0;
    for (int64_t oy = 0; oy < t.out[0]; ++oy) {
      const T down = t.template share<T>(0, oy, y);
      if (down == T(0)) continue;
      for (int64_t ox = 0; ox < t.out[1]; ++ox) {
        const T along = t.template share<T>(1, ox, x);
        if (along != T(0)) sum += out_grad[t.find(image, channel, oy, ox, t.out)] * (down * along);
      }
    }
    in_grad[i] = sum;
  });
}

void resample(DType dtype, const ResampleShape& shape, void* out, const void* in) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    resample_typed(Tables(shape), static_cast<T*>(out), static_cast<const T*>(in));
  });
}
void gradient(DType dtype, const ResampleShape& shape, void* in_grad, const void* out_grad) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    gradient_typed(Tables(shape), static_cast<T*>(in_grad), static_cast<const T*>(out_grad));
  });
}

}  // namespace

PadKernels pad_table() { return {resample, gradient}; }

}  // namespace tape::cuda
