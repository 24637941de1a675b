// Pooling: checks, sizes and derivatives. Every gradient here is linear, and its derivative is the pooling
// it came from (average) or picking what was greatest (maximum).
#include <algorithm>

#include "images.h"
#include "tape/precision.h"

namespace tape {
namespace {

struct Problem {
  PoolShape shape;
  const char* name;
  int spatial;

  Dims in_shape() const {
    return image_shape(2 + spatial, shape.batch, shape.channels, shape.height.in, shape.width.in);
  }
  Dims out_shape() const {
    return image_shape(2 + spatial, shape.batch, shape.channels, shape.height.out, shape.width.out);
  }
  /// `x` in the layout that the kernels were told of.
  Tensor laid(const Tensor& x) const { return shape.channels_last ? channels_last(x) : contiguous(x); }
  Tensor make(const Dims& sizes, const Tensor& like) const {
    return shape.channels_last ? empty_channels_last(sizes, like) : empty(sizes, like.dtype(), like.device());
  }
  /// Window positions that do not fit a byte.
  bool wide() const { return shape.height.kernel * shape.width.kernel > 256; }
};

Tensor average_gradient(const Problem& p, const Tensor& gradient);
Tensor max_gradient(const Problem& p, const Tensor& gradient, const Tensor& index);

Tensor average(const Problem& p, const Tensor& x_in) {
  const Tensor x = p.laid(x_in);
  Tensor out = p.make(p.out_shape(), x);
  if (out.numel() > 0) kernels(out, x).pool.average(x.dtype(), p.shape, out.data(), x.data());
  record(out, p.name, {&x}, {}, [p](const Backward& b) { b.give(0, average_gradient(p, b.grad())); });
  return out;
}

Tensor average_gradient(const Problem& p, const Tensor& gradient_in) {
  const Tensor gradient = p.laid(gradient_in);
  Tensor out = p.make(p.in_shape(), gradient);
  if (out.numel() > 0)
    kernels(out, gradient).pool.average_gradient(gradient.dtype(), p.shape, out.data(), gradient.data());
  record(out, p.name, {&gradient}, {}, [p](const Backward& b) { b.give(0, average(p, b.grad())); });
  return out;
}

Tensor max_gather(const Problem& p, const Tensor& x_in, const Tensor& index) {
  const Tensor x = p.laid(x_in);
  Tensor out = p.make(p.out_shape(), x);
  if (out.numel() > 0)
    kernels(out, index, x).pool.max_gather(x.dtype(), p.shape, out.data(), index.data(), p.wide(), x.data());
  record(out, p.name, {&x}, {&index},
         [p](const Backward& b) { b.give(0, max_gradient(p, b.grad(), b.saved(0))); });
  return out;
}

Tensor max_gradient(const Problem& p, const Tensor& gradient_in, const Tensor& index) {
  const Tensor gradient = p.laid(gradient_in);
  Tensor out = p.make(p.in_shape(), gradient);
  if (out.numel() > 0)
    kernels(out, index, gradient)
        .pool.max_gradient(gradient.dtype(), p.shape, out.data(), index.data(), p.wide(), gradient.data());
  record(out, p.name, {&gradient}, {&index},
         [p](const Backward& b) { b.give(0, max_gather(p, b.grad(), b.saved(0))); });
  return out;
}

Tensor maximum(const Problem& p, const Tensor& x_in) {
  const Tensor x = p.laid(x_in);
  Tensor out = p.make(p.out_shape(), x);
  // Taps of the windows, one byte or one int32 each, as raw memory in the output's layout.
  const Tensor index = empty({out.numel() * (p.wide() ? 4 : 1)}, DType::uint8, x.device());
  if (out.numel() > 0)
    kernels(out, index, x).pool.max(x.dtype(), p.shape, out.data(), index.data(), p.wide(), x.data());
  record(out, p.name, {&x}, {&index},
         [p](const Backward& b) { b.give(0, max_gradient(p, b.grad(), b.saved(0))); });
  return out;
}

/// Runs `pool(problem, x)` on a batch, adding and taking away a missing one.
template <class Fill>
Tensor pooled(const char* where, int spatial, const Tensor& x_in, bool greatest, Fill fill) {
  if (any_half(x_in))
    return compute_in_float32([&](const Tensor& x) { return pooled(where, spatial, x, greatest, fill); },
                              x_in);
  check_floating(where, x_in);
  const bool single = x_in.rank() == 1 + spatial;
  if (!single && x_in.rank() != 2 + spatial)
    fail(ErrorCode::shape, where, "input must be ",
         spatial == 1 ? "[N, C, L] or [C, L]" : "[N, C, H, W] or [C, H, W]", ", got ",
         to_string(x_in.shape()));
  const Tensor x = single ? unsqueeze(x_in, 0) : x_in;
  Problem p{{}, where, spatial};
  p.shape.batch = x.size(0);
  p.shape.channels = x.size(1);
  p.shape.height.in = spatial_size(x, 0);
  p.shape.width.in = spatial_size(x, 1);
  p.shape.channels_last = !x.is_contiguous() && is_channels_last(x);
  p.shape.count_include_pad = true;
  fill(p);
  const Tensor out = greatest ? maximum(p, x) : average(p, x);
  return single ? squeeze(out, 0) : out;
}

Tensor regular(const char* where, int spatial, const Tensor& x, const Dims& kernel_in,
               const PoolOptions& options, bool greatest) {
  return pooled(where, spatial, x, greatest, [&](Problem& p) {
    int64_t kernel[2], stride[2], pad[2], dilation[2];
    if (kernel_in.empty()) fail(ErrorCode::value, where, "needs the kernel's size");
    read_pair(where, "kernelSize", kernel_in, spatial, 1, 1, 1, kernel);
    read_pair(where, "stride", options.stride.empty() ? kernel_in : options.stride, spatial, 1, 1, 1, stride);
    read_pair(where, "padding", options.padding, spatial, 0, 0, 0, pad);
    read_pair(where, "dilation", options.dilation, spatial, 1, 1, 1, dilation);
    p.shape.count_include_pad = options.count_include_pad;
    PoolAxis* axes[] = {&p.shape.height, &p.shape.width};
    for (int d = 0; d < 2; ++d) {
      PoolAxis& axis = *axes[d];
      axis = {axis.in, 0, kernel[d], stride[d], pad[d], dilation[d], false};
      const int64_t reach = dilation[d] * (kernel[d] - 1) + 1;
      if (pad[d] > reach / 2)
        fail(ErrorCode::value, where, "padding must be at most half of the kernel's reach, got ", pad[d],
             " for ", reach);
      const int64_t room = axis.in + 2 * pad[d] - reach;
      axis.out = room < 0 && !(options.ceil_mode && room + stride[d] > 0)
                     ? 0
                     : (options.ceil_mode ? room + stride[d] - 1 : room) / stride[d] + 1;
      // The last window must start inside the image or the padding before it.
      if (options.ceil_mode && (axis.out - 1) * stride[d] >= axis.in + pad[d]) --axis.out;
      if (axis.out < 1)
        fail(ErrorCode::shape, where, "the kernel reaches over ", reach, ", more than the padded input of ",
             axis.in + 2 * pad[d], " (input ", to_string(x.shape()),
             "), use a smaller kernel or more padding");
    }
  });
}

/// Places in the longest of `count` windows over `in` places; without a walk over windows that may be far too
/// many.
int64_t longest_window(int64_t in, int64_t count) {
  if (count > in) return count % in == 0 ? 1 : 2;
  int64_t longest = 1;
  for (int64_t o = 0; o < count; ++o)
    longest = std::max(longest, ((o + 1) * in + count - 1) / count - o * in / count);
  return longest;
}

Tensor adaptive(const char* where, int spatial, const Tensor& x, const Dims& size, bool greatest) {
  return pooled(where, spatial, x, greatest, [&](Problem& p) {
    if (size.empty()) fail(ErrorCode::value, where, "needs the output's size");
    int64_t out[2];
    read_pair(where, "outputSize", size, spatial, 1, 1, -1, out);
    PoolAxis* axes[] = {&p.shape.height, &p.shape.width};
    for (int d = 0; d < 2; ++d) {
      const int64_t in = axes[d]->in, count = out[d] == -1 ? in : out[d];
      if (in == 0)
        fail(ErrorCode::shape, where, "cannot pool an image without places, got ", to_string(x.shape()));
      *axes[d] = {in, count, longest_window(in, count), 0, 0, 1, true};
    }
  });
}

}  // namespace

Tensor max_pool1d(const Tensor& x, const Dims& kernel, const PoolOptions& options) {
  return regular("maxPool1d", 1, x, kernel, options, true);
}
Tensor max_pool2d(const Tensor& x, const Dims& kernel, const PoolOptions& options) {
  return regular("maxPool2d", 2, x, kernel, options, true);
}
Tensor avg_pool1d(const Tensor& x, const Dims& kernel, const PoolOptions& options) {
  return regular("avgPool1d", 1, x, kernel, options, false);
}
Tensor avg_pool2d(const Tensor& x, const Dims& kernel, const PoolOptions& options) {
  return regular("avgPool2d", 2, x, kernel, options, false);
}
Tensor adaptive_max_pool1d(const Tensor& x, const Dims& size) {
  return adaptive("adaptiveMaxPool1d", 1, x, size, true);
}
Tensor adaptive_max_pool2d(const Tensor& x, const Dims& size) {
  return adaptive("adaptiveMaxPool2d", 2, x, size, true);
}
Tensor adaptive_avg_pool1d(const Tensor& x, const Dims& size) {
  return adaptive("adaptiveAvgPool1d", 1, x, size, false);
}
Tensor adaptive_avg_pool2d(const Tensor& x, const Dims& size) {
  return adaptive("adaptiveAvgPool2d", 2, x, size, false);
}

}  // namespace tape
