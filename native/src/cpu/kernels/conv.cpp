// Convolutions without a library: the windows of a stretch of output places become the rows of a matrix
// (im2col), and the matrix product does the rest. Depthwise convolutions, which would be products of
// single columns, run directly.
#include <algorithm>
#include <cstring>
#include <vector>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kColumnElements = int64_t{1} << 18;  // of im2col's matrix at a time: it stays in the cache

/// Buffers of the calling thread, grown and kept: large blocks given back would be zeroed anew each time.
template <class T>
struct Scratch {
  std::vector<T> weight, columns, product;
  static T* of(std::vector<T>& buffer, int64_t count) {
    if (static_cast<int64_t>(buffer.size()) < count) buffer.resize(static_cast<size_t>(count));
    return buffer.data();
  }
};
template <class T>
Scratch<T>& scratch() {
  thread_local Scratch<T> instance;
  return instance;
}

/// Sizes everybody needs.
struct Plan {
  const ConvShape& s;
  int64_t group_in, group_out, taps, depth, places, step;
  explicit Plan(const ConvShape& shape)
      : s(shape),
        group_in(s.in_channels / s.groups),
        group_out(s.out_channels / s.groups),
        taps(s.kernel[0] * s.kernel[1]),
        depth(taps * group_in),
        places(s.batch * s.out[0] * s.out[1]),
        step(std::max<int64_t>(64, kColumnElements / std::max<int64_t>(1, depth))) {}

  bool depthwise() const { return group_in == 1 && group_out == 1 && s.groups > 1; }
  /// A window is one place, so the image is the matrix already.
  bool pointwise() const {
    return taps == 1 && s.stride[0] == 1 && s.stride[1] == 1 && s.in[0] == s.out[0] && s.in[1] == s.out[1] &&
           s.pad_begin[0] == 0 && s.pad_begin[1] == 0;
  }
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

/// Weights [out, in, taps] as [out, taps, in] (`back` false), or the other way.
template <class T>
void swap_taps(T* to, const T* from, const Plan& p, bool back) {
  const int64_t rows = back ? p.taps : p.group_in, cols = back ? p.group_in : p.taps;
  for (int64_t o = 0; o < p.s.out_channels; ++o, to += p.depth, from += p.depth)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) to[c * rows + r] = from[r * cols + c];
}

/// Windows of places [first, first + count) of one group, each a row of [taps, channels].
template <class T>
void gather_columns(T* columns, const T* in, const Plan& p, int64_t group, int64_t first, int64_t count) {
  const int64_t width = p.group_in;
  in += group * width;
  parallel_for(count, 16384 / p.depth + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      T* row = columns + i * p.depth;
      each_tap(p, first + i, [&](int64_t tap, int64_t offset) {
        T* to = row + tap * width;
        if (offset < 0)
          for (int64_t c = 0; c < width; ++c) to[c] = T(0);
        else
          for (int64_t c = 0; c < width; ++c) to[c] = in[offset + c];
      });
    }
  });
}

/// The reverse of gather_columns: adds every window's row to the places it was taken from. Threads share
/// channels, so no two write the same element and the order of the sums is fixed.
template <class T>
void scatter_columns(T* in, const T* columns, const Plan& p, int64_t group, int64_t first, int64_t count) {
  in += group * p.group_in;
  parallel_for(p.group_in, 8, [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < count; ++i)
      each_tap(p, first + i, [&](int64_t tap, int64_t offset) {
        const T* from = columns + i * p.depth + tap * p.group_in;
        if (offset < 0) return;
        for (int64_t c = begin; c < end; ++c) in[offset + c] += from[c];
      });
  });
}

Matrix matrix(const void* data, int64_t rows, int64_t cols, int64_t row_stride, int64_t col_stride) {
  return {const_cast<void*>(data), rows, cols, row_stride, col_stride};
}

/// The matrix of windows of places [first, first + count): the image itself where it can be.
template <class T>
Matrix columns_of(const T* in, const Plan& p, int64_t group, int64_t first, int64_t count) {
  if (p.pointwise())
    return matrix(in + first * p.s.in_channels + group * p.group_in, count, p.depth, p.s.in_channels, 1);
  T* columns = Scratch<T>::of(scratch<T>().columns, p.step * p.depth);
  gather_columns(columns, in, p, group, first, count);
  return matrix(columns, count, p.depth, p.depth, 1);
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
void forward_typed(DType dtype, const Plan& p, T* out, const T* in, const T* weight, const T* bias,
                   bool relu) {
  T* packed = Scratch<T>::of(scratch<T>().weight, p.s.out_channels * p.depth);
  if (p.depthwise()) {
    transpose_depthwise(packed, weight, p, false);
    return depthwise_forward(out, in, packed, bias, relu, p);
  }
  swap_taps(packed, weight, p, false);
  for (int64_t first = 0; first < p.places; first += p.step) {
    const int64_t count = std::min(p.step, p.places - first);
    for (int64_t group = 0; group < p.s.groups; ++group) {
      const int64_t channel = group * p.group_out;
      kernels().linear.gemm(
          dtype, matrix(out + first * p.s.out_channels + channel, count, p.group_out, p.s.out_channels, 1),
          columns_of(in, p, group, first, count),
          matrix(packed + channel * p.depth, p.depth, p.group_out, 1, p.depth),
          bias ? bias + channel : nullptr, relu);
    }
  }
}

template <class T>
void input_typed(DType dtype, const Plan& p, T* in_grad, const T* out_grad, const T* weight) {
  T* packed = Scratch<T>::of(scratch<T>().weight, p.s.out_channels * p.depth);
  const int64_t total = p.s.batch * p.s.in[0] * p.s.in[1] * p.s.in_channels;
  if (!p.pointwise()) std::fill(in_grad, in_grad + total, T(0));
  if (p.depthwise()) {
    if (p.pointwise()) std::fill(in_grad, in_grad + total, T(0));
    transpose_depthwise(packed, weight, p, false);
    return depthwise_input(in_grad, out_grad, packed, p);
  }
  swap_taps(packed, weight, p, false);
  for (int64_t first = 0; first < p.places; first += p.step) {
    const int64_t count = std::min(p.step, p.places - first);
    for (int64_t group = 0; group < p.s.groups; ++group) {
      const int64_t channel = group * p.group_out;
      const Matrix gradient =
          matrix(out_grad + first * p.s.out_channels + channel, count, p.group_out, p.s.out_channels, 1);
      const Matrix kernel = matrix(packed + channel * p.depth, p.group_out, p.depth, p.depth, 1);
      if (p.pointwise()) {
        T* to = in_grad + first * p.s.in_channels + group * p.group_in;
        kernels().linear.gemm(dtype, matrix(to, count, p.depth, p.s.in_channels, 1), gradient, kernel,
                              nullptr, false);
        continue;
      }
      T* columns = Scratch<T>::of(scratch<T>().columns, p.step * p.depth);
      kernels().linear.gemm(dtype, matrix(columns, count, p.depth, p.depth, 1), gradient, kernel, nullptr,
                            false);
      scatter_columns(in_grad, columns, p, group, first, count);
    }
  }
}

template <class T>
void weight_typed(DType dtype, const Plan& p, T* weight_grad, T* bias_grad, const T* in, const T* out_grad) {
  const int64_t size = p.s.out_channels * p.depth;
  T* packed = Scratch<T>::of(scratch<T>().weight, size);
  std::fill(packed, packed + size, T(0));
  if (p.depthwise()) {
    depthwise_weight(packed, in, out_grad, p);
    transpose_depthwise(weight_grad, packed, p, true);
  } else {
    T* part = Scratch<T>::of(scratch<T>().product, p.group_out * p.depth);
    for (int64_t first = 0; first < p.places; first += p.step) {
      const int64_t count = std::min(p.step, p.places - first);
      for (int64_t group = 0; group < p.s.groups; ++group) {
        const int64_t channel = group * p.group_out;
        kernels().linear.gemm(
            dtype, matrix(part, p.group_out, p.depth, p.depth, 1),
            matrix(out_grad + first * p.s.out_channels + channel, p.group_out, count, 1, p.s.out_channels),
            columns_of(in, p, group, first, count), nullptr, false);
        T* to = packed + channel * p.depth;
#pragma omp simd
        for (int64_t i = 0; i < p.group_out * p.depth; ++i) to[i] += part[i];
      }
    }
    swap_taps(weight_grad, packed, p, true);
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
    forward_typed<T>(dtype, Plan(shape), static_cast<T*>(out), static_cast<const T*>(in),
                     static_cast<const T*>(weight), static_cast<const T*>(bias), relu);
  });
}

void conv_input_gradient(DType dtype, const ConvShape& shape, void* in_grad, const void* out_grad,
                         const void* weight) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    input_typed<T>(dtype, Plan(shape), static_cast<T*>(in_grad), static_cast<const T*>(out_grad),
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

ConvKernels conv_table() { return {conv_forward, conv_input_gradient, conv_weight_gradient}; }

}  // namespace tape::cpu::TAPE_ISA
