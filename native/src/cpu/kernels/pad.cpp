// Padding by the image's own values, and upsampling.
#include <algorithm>
#include <type_traits>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kGrain = 8192;
constexpr int64_t kChannels = 64;

template <class T>
using Weight = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// Input places of one output along one dimension, and their shares.
template <class T>
struct Source {
  int64_t low, high;
  Weight<T> near, far;
  Source(const ResampleShape& s, int d, int64_t o)
      : low(s.low[d][o]), high(s.high[d] ? s.high[d][o] : s.low[d][o]), near(1), far(0) {
    if (!s.high[d]) return;
    far = static_cast<Weight<T>>(s.weight[d][o]);
    near = Weight<T>(1) - far;
  }
};

/// How many elements apart places and rows of a plane lie, and where a plane begins.
struct Layout {
  int64_t step, in_row, out_row;
  const ResampleShape& s;
  explicit Layout(const ResampleShape& shape)
      : step(shape.channels_last ? shape.channels : 1),
        in_row(step * shape.in[1]),
        out_row(step * shape.out[1]),
        s(shape) {}
  int64_t start(int64_t image, int64_t channel, const int64_t (&sizes)[2]) const {
    return image * s.channels * sizes[0] * sizes[1] +
           (s.channels_last ? channel : channel * sizes[0] * sizes[1]);
  }
};

/// Planes are handled one channel at a time, or `kChannels` of a channels-last image together: that is what
/// the innermost loop runs over.
int64_t width_of(const ResampleShape& s) { return s.channels_last ? kChannels : 1; }

template <class T>
void resample_typed(const ResampleShape& s, T* out, const T* in) {
  const Layout layout(s);
  const int64_t width = width_of(s), blocks = (s.channels + width - 1) / width;
  const bool linear = s.high[0] || s.high[1];
  const int64_t work = s.out[1] * std::min(width, s.channels);
  parallel_for(
      s.batch * blocks * s.out[0], kGrain / std::max<int64_t>(1, work) + 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const int64_t oy = i % s.out[0], block = i / s.out[0] % blocks, image = i / s.out[0] / blocks;
          const int64_t c0 = block * width, n = std::min(width, s.channels - c0);
          const T* from = in + layout.start(image, c0, s.in);
          T* to = out + layout.start(image, c0, s.out) + oy * layout.out_row;
          const Source<T> y(s, 0, oy);
          const T *upper = from + y.low * layout.in_row, *lower = from + y.high * layout.in_row;
          for (int64_t ox = 0; ox < s.out[1]; ++ox, to += layout.step) {
            const Source<T> x(s, 1, ox);
            const T *a = upper + x.low * layout.step, *b = upper + x.high * layout.step;
            if (!linear) {
              for (int64_t c = 0; c < n; ++c) to[c] = a[c];
              continue;
            }
            const T *p = lower + x.low * layout.step, *q = lower + x.high * layout.step;
#pragma omp simd
            for (int64_t c = 0; c < n; ++c)
              to[c] = static_cast<T>(y.near * (x.near * a[c] + x.far * b[c]) +
                                     y.far * (x.near * p[c] + x.far * q[c]));
          }
        }
      });
}

template <class T>
void gradient_typed(const ResampleShape& s, T* in_grad, const T* out_grad) {
  const Layout layout(s);
  const int64_t width = width_of(s), blocks = (s.channels + width - 1) / width;
  const bool linear = s.high[0] || s.high[1];
  const int64_t work = s.out[0] * s.out[1] * std::min(width, s.channels);
  parallel_for(s.batch * blocks, kGrain / std::max<int64_t>(1, work) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t image = i / blocks, c0 = i % blocks * width, n = std::min(width, s.channels - c0);
      T* to = in_grad + layout.start(image, c0, s.in);
      for (int64_t place = 0; place < s.in[0] * s.in[1]; ++place)
        for (int64_t c = 0; c < n; ++c) to[place * layout.step + c] = T(0);
      const T* from = out_grad + layout.start(image, c0, s.out);
      for (int64_t oy = 0; oy < s.out[0]; ++oy) {
        const Source<T> y(s, 0, oy);
        T *upper = to + y.low * layout.in_row, *lower = to + y.high * layout.in_row;
        for (int64_t ox = 0; ox < s.out[1]; ++ox, from += layout.step) {
          const Source<T> x(s, 1, ox);
          const auto add = [&](T* row, int64_t place, Weight<T> share) {
            T* at = row + place * layout.step;
            for (int64_t c = 0; c < n; ++c) at[c] = static_cast<T>(at[c] + from[c] * share);
          };
          add(upper, x.low, y.near * x.near);
          if (!linear) continue;
          add(upper, x.high, y.near * x.far);
          add(lower, x.low, y.far * x.near);
          add(lower, x.high, y.far * x.far);
        }
      }
    }
  });
}

}  // namespace

void resample(DType dtype, const ResampleShape& shape, void* out, const void* in) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    resample_typed(shape, static_cast<T*>(out), static_cast<const T*>(in));
  });
}

void resample_gradient(DType dtype, const ResampleShape& shape, void* in_grad, const void* out_grad) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    gradient_typed(shape, static_cast<T*>(in_grad), static_cast<const T*>(out_grad));
  });
}

PadKernels pad_table() { return {resample, resample_gradient}; }

}  // namespace tape::cpu::TAPE_ISA
