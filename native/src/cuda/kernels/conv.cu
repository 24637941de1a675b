// Convolutions over channels-last images as matrix products: the windows of some images are laid out as rows,
// and one product makes all their places. The way back gathers, so that no two threads write one place.
#include <algorithm>

#include "../numbers.h"
#include "../product_ends.h"
#include "../table.h"

namespace tape::cuda {
namespace {

constexpr int64_t kMostBytes = int64_t{256} << 20;  // of windows laid out at a time

LinearKernels products;  // of this device

/// Pairs of one group's windows: rows are places of the output, columns (channel, tap), as weights lie.
struct Windows {
  ConvShape s;
  int64_t channels, group_outs, depth, places;
  explicit Windows(const ConvShape& shape)
      : s(shape),
        channels(shape.in_channels / shape.groups),
        group_outs(shape.out_channels / shape.groups),
        depth(channels * shape.kernel[0] * shape.kernel[1]),
        places(shape.out[0] * shape.out[1]) {}
  /// Images whose windows fit the room.
  int64_t at_once(DType dtype) const {
    const int64_t bytes = std::max<int64_t>(1, places * depth * static_cast<int64_t>(size_of(dtype)));
    return std::clamp<int64_t>(kMostBytes / bytes, 1, std::max<int64_t>(1, s.batch));
  }
};

/// rows[place][channel, tap] = the image there, zeros in the padding.
template <class T>
void lay_out(const Windows& windows, T* rows, const T* in, int64_t first, int64_t images, int64_t group) {
  const Windows w = windows;
  for_each(images * w.places * w.depth, [=] TAPE_KERNEL(int64_t i) {
    // The channel runs fastest over threads: reads are side by side.
    const int64_t channel = i % w.channels;
    int64_t rest = i / w.channels;
    const int64_t tx = rest % w.s.kernel[1];
    rest /= w.s.kernel[1];
    const int64_t ty = rest % w.s.kernel[0];
    rest /= w.s.kernel[0];
    const int64_t place = rest % w.places, image = rest / w.places;
    const int64_t y = place / w.s.out[1] * w.s.stride[0] + ty * w.s.dilation[0] - w.s.pad_begin[0];
    const int64_t x = place % w.s.out[1] * w.s.stride[1] + tx * w.s.dilation[1] - w.s.pad_begin[1];
    const bool inside = y >= 0 && y < w.s.in[0] && x >= 0 && x < w.s.in[1];
    const int64_t from =
        (((first + image) * w.s.in[0] + y) * w.s.in[1] + x) * w.s.in_channels + group * w.channels + channel;
    const int64_t column = (channel * w.s.kernel[0] + ty) * w.s.kernel[1] + tx;
    rows[(image * w.places + place) * w.depth + column] = inside ? in[from] : T{};
  });
}

/// in_grad = the sums of what windows over each place have of it.
template <class C>
void gather_back(const Windows& windows, DType dtype, void* in_grad, const void* rows, int64_t first,
                 int64_t images, int64_t group) {
  const Windows w = windows;
  for_each(images * w.s.in[0] * w.s.in[1] * w.channels, [=] TAPE_KERNEL(int64_t i) {
    const int64_t channel = i % w.channels;
    int64_t rest = i / w.channels;
    const int64_t x = rest % w.s.in[1];
    rest /= w.s.in[1];
    const int64_t y = rest % w.s.in[0], image = rest / w.s.in[0];
    C sum = 0;
    for (int64_t ty = 0; ty < w.s.kernel[0]; ++ty) {
      const int64_t down = y + w.s.pad_begin[0] - ty * w.s.dilation[0];
      if (down < 0 || down % w.s.stride[0] != 0 || down / w.s.stride[0] >= w.s.out[0]) continue;
      for (int64_t tx = 0; tx < w.s.kernel[1]; ++tx) {
        const int64_t along = x + w.s.pad_begin[1] - tx * w.s.dilation[1];
        if (along < 0 || along % w.s.stride[1] != 0 || along / w.s.stride[1] >= w.s.out[1]) continue;
        const int64_t place = down / w.s.stride[0] * w.s.out[1] + along / w.s.stride[1];
        const int64_t column = (channel * w.s.kernel[0] + ty) * w.s.kernel[1] + tx;
        sum += load<C>(rows, dtype, (image * w.places + place) * w.depth + column);
      }
    }
    const int64_t to =
        (((first + image) * w.s.in[0] + y) * w.s.in[1] + x) * w.s.in_channels + group * w.channels + channel;
    store(in_grad, dtype, to, sum);
  });
}

void lay_out(const Windows& w, DType dtype, void* rows, const void* in, int64_t first, int64_t images,
             int64_t group) {
  switch (size_of(dtype)) {  // elements are moved, not computed with
    case 2:
      return lay_out(w, static_cast<uint16_t*>(rows), static_cast<const uint16_t*>(in), first, images, group);
    case 4:
      return lay_out(w, static_cast<uint32_t*>(rows), static_cast<const uint32_t*>(in), first, images, group);
    default:
      return lay_out(w, static_cast<uint64_t*>(rows), static_cast<const uint64_t*>(in), first, images, group);
  }
}

void* moved(const void* data, DType dtype, int64_t elements) {
  return static_cast<char*>(const_cast<void*>(data)) + elements * static_cast<int64_t>(size_of(dtype));
}

/// Calls f(group, first image, images, rows) for every part of the work; rows is room for its windows.
template <class F>
void for_parts(const Windows& w, DType dtype, F f) {
  const int64_t step = w.at_once(dtype);
  void* const rows = scratch(static_cast<size_t>(step * w.places * w.depth) * size_of(dtype));
  for (int64_t group = 0; group < w.s.groups; ++group)
    for (int64_t first = 0; first < w.s.batch; first += step)
      f(group, first, std::min(step, w.s.batch - first), rows);
}

bool takes(DType) { return true; }

void forward(DType dtype, const ConvShape& shape, void* out, const void* in, const void* weight,
             const void* bias, bool relu) {
  const Windows w(shape);
  for_parts(w, dtype, [&](int64_t group, int64_t first, int64_t images, void* rows) {
    lay_out(w, dtype, rows, in, first, images, group);
    const Matrix windows{rows, images * w.places, w.depth, w.depth, 1};
    const Matrix taps{moved(weight, dtype, group * w.group_outs * w.depth), w.depth, w.group_outs, 1,
                      w.depth};
    const Matrix made{moved(out, dtype, first * w.places * shape.out_channels + group * w.group_outs),
                      images * w.places, w.group_outs, shape.out_channels, 1};
    products.gemm(dtype, made, windows, taps, bias ? moved(bias, dtype, group * w.group_outs) : nullptr,
                  relu);
  });
}

void input_gradient(DType dtype, const ConvShape& shape, void* in_grad, const void* out_grad,
                    const void* weight) {
  const Windows w(shape);
  for_parts(w, dtype, [&](int64_t group, int64_t first, int64_t images, void* rows) {
    const Matrix slopes{moved(out_grad, dtype, first * w.places * shape.out_channels + group * w.group_outs),
                        images * w.places, w.group_outs, shape.out_channels, 1};
    const Matrix taps{moved(weight, dtype, group * w.group_outs * w.depth), w.group_outs, w.depth, w.depth,
                      1};
    const Matrix windows{rows, images * w.places, w.depth, w.depth, 1};
    if (windows.rows > 0) products.gemm(dtype, windows, slopes, taps, nullptr, false);
    visit_floating(compute_dtype(dtype), [&](auto tag) {
      gather_back<typename decltype(tag)::type>(w, dtype, in_grad, rows, first, images, group);
    });
  });
}

void weight_gradient(DType dtype, const ConvShape& shape, void* weight_grad, void* bias_grad, const void* in,
                     const void* out_grad) {
  const Windows w(shape);
  const int64_t all = shape.batch * w.places;
  if (bias_grad) sum_over_places(dtype, shape, bias_grad, out_grad);
  if (all == 0)
    return end_product(dtype, {weight_grad, shape.out_channels, w.depth, w.depth, 1}, nullptr, false, true);
  for_parts(w, dtype, [&](int64_t group, int64_t first, int64_t images, void* rows) {
    lay_out(w, dtype, rows, in, first, images, group);
    const Matrix windows{rows, images * w.places, w.depth, w.depth, 1};
    const Matrix slopes{moved(out_grad, dtype, first * w.places * shape.out_channels + group * w.group_outs),
                        w.group_outs, images * w.places, 1, shape.out_channels};
    const Matrix made{moved(weight_grad, dtype, group * w.group_outs * w.depth), w.group_outs, w.depth,
                      w.depth, 1};
    if (first == 0)
      products.gemm(dtype, made, slopes, windows, nullptr, false);
    else
      products.gemm_add(dtype, made, slopes, windows);
  });
}

}  // namespace

void sum_over_places(DType dtype, const ConvShape& shape, void* bias_grad, const void* out_grad) {
  static const ReduceKernels reductions = reduce_table();
  const int64_t places = shape.batch * shape.out[0] * shape.out[1], one[] = {1};
  const int64_t sizes[] = {shape.out_channels, places}, strides[] = {1, shape.out_channels};
  reductions.reduce(ReduceOp::sum, {bias_grad, dtype, 1, sizes, one},
                    {const_cast<void*>(out_grad), dtype, 2, sizes, strides}, 1, 1);
}

ConvKernels conv_table(const LinearKernels& linear) {
  products = linear;
  return {takes, forward, input_gradient, weight_gradient};
}

}  // namespace tape::cuda
