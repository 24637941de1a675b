// Convolutions: products of windows with weights (conv_product.h) and of windows with gradients
// (conv_weight.h). Depthwise ones, which would be products of single columns, run directly.
#include <algorithm>

#include "conv_weight.h"
#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

/// Sizes everybody needs.
struct Plan {
  const ConvShape& s;
  int64_t group_in, group_out, taps, places;
  explicit Plan(const ConvShape& shape)
      : s(shape),
        group_in(s.in_channels / s.groups),
        group_out(s.out_channels / s.groups),
        taps(s.kernel[0] * s.kernel[1]),
        places(s.batch * s.out[0] * s.out[1]) {}

  bool depthwise() const { return group_in == 1 && group_out == 1 && s.groups > 1; }
  /// Row of the input that tap `tap` of an output at `place` reads along spatial dimension `d`, or -1.
  int64_t source(int d, int64_t place, int64_t tap) const {
    const int64_t at = place * s.stride[d] - s.pad_begin[d] + tap * s.dilation[d];
    return at >= 0 && at < s.in[d] ? at : -1;
  }
};

/// Calls visit(tap, offset) for each tap of output `place`; offset of the input's place in elements of
/// the channels-last image, or -1 where the window leaves it.
template <class Visit>
inline void each_tap(const Plan& p, int64_t place, Visit visit) {
  const int64_t x = place % p.s.out[1], row = place / p.s.out[1];
  const int64_t y = row % p.s.out[0], image = row / p.s.out[0];
  for (int64_t ky = 0, tap = 0; ky < p.s.kernel[0]; ++ky) {
    const int64_t iy = p.source(0, y, ky);
    for (int64_t kx = 0; kx < p.s.kernel[1]; ++kx, ++tap) {
      const int64_t ix = iy < 0 ? -1 : p.source(1, x, kx);
      visit(tap, ix < 0 ? -1 : ((image * p.s.in[0] + iy) * p.s.in[1] + ix) * p.s.in_channels);
    }
  }
}

// ---- depthwise ---------------------------------------------------------------------------------------

/// out[place][c] = sum over taps of in[c] * weight[tap][c].
template <class T>
void depthwise_forward(T* out, const T* in, const T* weight, const T* bias, bool relu, const Plan& p) {
  const int64_t channels = p.s.in_channels;
  parallel_for(p.places, 16384 / (channels * p.taps) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      T* to = out + i * channels;
      for (int64_t c = 0; c < channels; ++c) to[c] = bias ? bias[c] : T(0);
      each_tap(p, i, [&](int64_t tap, int64_t offset) {
        if (offset < 0) return;
        const T *from = in + offset, *w = weight + tap * channels;
#pragma omp simd
        for (int64_t c = 0; c < channels; ++c) to[c] += from[c] * w[c];
      });
      if (relu)
        for (int64_t c = 0; c < channels; ++c) to[c] = to[c] < T(0) ? T(0) : to[c];
    }
  });
}

template <class T>
void depthwise_input(T* in_grad, const T* out_grad, const T* weight, const Plan& p) {
  const int64_t channels = p.s.in_channels;
  parallel_for(channels, 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < p.places; ++i) {
      const T* from = out_grad + i * channels;
      each_tap(p, i, [&](int64_t tap, int64_t offset) {
        if (offset < 0) return;
        T* to = in_grad + offset;
        const T* w = weight + tap * channels;
#pragma omp simd
        for (int64_t c = begin; c < end; ++c) to[c] += from[c] * w[c];
      });
    }
  });
}

template <class T>
void depthwise_weight(T* weight_grad, const T* in, const T* out_grad, const Plan& p) {
  const int64_t channels = p.s.in_channels;
  parallel_for(channels, 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < p.places; ++i) {
      const T* gradient = out_grad + i * channels;
      each_tap(p, i, [&](int64_t tap, int64_t offset) {
        if (offset < 0) return;
        const T* from = in + offset;
        T* to = weight_grad + tap * channels;
#pragma omp simd
        for (int64_t c = begin; c < end; ++c) to[c] += from[c] * gradient[c];
      });
    }
  });
}

/// Depthwise weights [channels, taps] as [taps, channels] (`back` false), or the other way.
template <class T>
void transpose_depthwise(T* to, const T* from, const Plan& p, bool back) {
  for (int64_t c = 0; c < p.s.in_channels; ++c)
    for (int64_t tap = 0; tap < p.taps; ++tap) {
      const int64_t packed = tap * p.s.in_channels + c, plain = c * p.taps + tap;
      to[back ? plain : packed] = from[back ? packed : plain];
    }
}

// ---- the three of the table --------------------------------------------------------------------------

template <class T>
void forward_typed(const Plan& p, T* out, const T* in, const T* weight, const T* bias, bool relu) {
  if (p.depthwise()) {
    T* packed = conv_scratch<T, 8>(p.s.in_channels * p.taps);
    transpose_depthwise(packed, weight, p, false);
    return depthwise_forward(out, in, packed, bias, relu, p);
  }
  const Windows windows(p.s.batch, WindowAxis::forward(p.s, 0), WindowAxis::forward(p.s, 1));
  T* panels = conv_scratch<T, 8>(packed_weights_size<T>(windows, p.group_in, p.group_out));
  const T* zeros = conv_scratch<T, 9>(p.group_in);
  for (int64_t group = 0; group < p.s.groups; ++group) {
    const int64_t channel = group * p.group_out;
    pack_weights(panels, weight + channel * p.group_in * p.taps, windows, p.s.kernel[1], p.group_in, p.taps,
                 p.group_out, p.group_in * p.taps);
    multiply_windows<T>({windows, out + channel, p.s.out_channels, p.group_out, in + group * p.group_in,
                         p.s.in_channels, p.group_in, panels, bias ? bias + channel : nullptr, zeros, relu});
  }
}

template <class T>
void input_typed(const Plan& p, T* in_grad, const T* out_grad, const T* weight) {
  if (p.depthwise()) {
    T* packed = conv_scratch<T, 8>(p.s.in_channels * p.taps);
    std::fill(in_grad, in_grad + p.s.batch * p.s.in[0] * p.s.in[1] * p.s.in_channels, T(0));
    transpose_depthwise(packed, weight, p, false);
    return depthwise_input(in_grad, out_grad, packed, p);
  }
  const T* zeros = conv_scratch<T, 9>(p.group_out);
  for (int64_t py = 0; py < std::min(p.s.stride[0], p.s.in[0]); ++py)
    for (int64_t px = 0; px < std::min(p.s.stride[1], p.s.in[1]); ++px) {
      const Windows windows(p.s.batch, WindowAxis::adjoint(p.s, 0, py), WindowAxis::adjoint(p.s, 1, px));
      T* panels = conv_scratch<T, 8>(packed_weights_size<T>(windows, p.group_out, p.group_in));
      for (int64_t group = 0; group < p.s.groups; ++group) {
        const int64_t channel = group * p.group_out;
        pack_weights(panels, weight + channel * p.group_in * p.taps, windows, p.s.kernel[1], p.group_out,
                     p.group_in * p.taps, p.group_in, p.taps);
        multiply_windows<T>({windows, in_grad + group * p.group_in, p.s.in_channels, p.group_in,
                             out_grad + channel, p.s.out_channels, p.group_out, panels, nullptr, zeros,
                             false});
      }
    }
}

template <class T>
void weight_typed(DType dtype, const Plan& p, T* weight_grad, T* bias_grad, const T* in, const T* out_grad) {
  if (p.depthwise()) {
    const int64_t size = p.s.in_channels * p.taps;
    T* packed = conv_scratch<T, 8>(size);
    std::fill(packed, packed + size, T(0));
    depthwise_weight(packed, in, out_grad, p);
    transpose_depthwise(weight_grad, packed, p, true);
  } else {
    const Windows windows(p.s.batch, WindowAxis::forward(p.s, 0), WindowAxis::forward(p.s, 1));
    const T* zeros = conv_scratch<T, 9>(p.group_in);
    for (int64_t group = 0; group < p.s.groups; ++group) {
      const int64_t channel = group * p.group_out;
      multiply_for_weight<T>({windows, weight_grad + channel * p.group_in * p.taps, out_grad + channel,
                              p.s.out_channels, p.group_out, in + group * p.group_in, p.s.in_channels,
                              p.group_in, zeros});
    }
  }
  if (!bias_grad) return;
  const int64_t sizes[] = {p.s.out_channels, p.places}, strides[] = {1, p.s.out_channels}, one[] = {1};
  kernels().reduce.reduce(ReduceOp::sum, {bias_grad, dtype, 1, sizes, one},
                          {const_cast<T*>(out_grad), dtype, 2, sizes, strides}, 1, 1);
}

}  // namespace

void conv_forward(DType dtype, const ConvShape& shape, void* out, const void* in, const void* weight,
                  const void* bias, bool relu) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    forward_typed<T>(Plan(shape), static_cast<T*>(out), static_cast<const T*>(in),
                     static_cast<const T*>(weight), static_cast<const T*>(bias), relu);
  });
}

void conv_input_gradient(DType dtype, const ConvShape& shape, void* in_grad, const void* out_grad,
                         const void* weight) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    input_typed<T>(Plan(shape), static_cast<T*>(in_grad), static_cast<const T*>(out_grad),
                   static_cast<const T*>(weight));
  });
}

void conv_weight_gradient(DType dtype, const ConvShape& shape, void* weight_grad, void* bias_grad,
                          const void* in, const void* out_grad) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    weight_typed<T>(dtype, Plan(shape), static_cast<T*>(weight_grad), static_cast<T*>(bias_grad),
                    static_cast<const T*>(in), static_cast<const T*>(out_grad));
  });
}

ConvKernels conv_table() {
  return {[](DType dtype) { return !is_half(dtype); }, conv_forward, conv_input_gradient,
          conv_weight_gradient};
}

}  // namespace tape::cpu::TAPE_ISA
