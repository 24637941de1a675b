// Convolutions and their adjoints: three ops, each linear in two operands, whose derivatives are the
// other two, so that gradients of gradients of any order are convolutions again.
#include "images.h"
#include "tape/precision.h"

namespace tape {
namespace {

/// A convolution and the names its tensors go by: `name` in errors, `spatial` 1 or 2.
struct Problem {
  ConvShape shape;
  const char* name;
  int spatial;

  Dims in_shape() const {
    return image_shape(2 + spatial, shape.batch, shape.in_channels, shape.in[0], shape.in[1]);
  }
  Dims out_shape() const {
    return image_shape(2 + spatial, shape.batch, shape.out_channels, shape.out[0], shape.out[1]);
  }
  Dims weight_shape() const {
    return image_shape(2 + spatial, shape.out_channels, shape.in_channels / shape.groups, shape.kernel[0],
                       shape.kernel[1]);
  }
};

Tensor input_gradient(const Problem& p, const Tensor& gradient, const Tensor& weight);
Tensor weight_gradient(const Problem& p, const Tensor& x, const Tensor& gradient);

/// Sum over images and places: the gradient of a bias.
Tensor sum_places(const Tensor& gradient) {
  Dims dims{0};
  for (int d = 2; d < gradient.rank(); ++d) dims.push_back(d);
  return sum(gradient, dims);
}

Tensor forward(const Problem& p, const Tensor& x_in, const Tensor& weight_in, const Tensor& bias_in,
               bool fuse_relu) {
  const Tensor x = channels_last(x_in), weight = contiguous(weight_in);
  const Tensor bias = bias_in.defined() ? contiguous(bias_in) : bias_in;
  Tensor out = empty_channels_last(p.out_shape(), x);
  if (out.numel() > 0)
    kernels(out, x, weight, bias)
        .conv.forward(x.dtype(), p.shape, out.data(), x.data(), weight.data(),
                      bias.defined() ? bias.data() : nullptr, fuse_relu);
  Node* node = record(out, p.name, {&x, &weight, &bias}, {&x, &weight}, [p, fuse_relu](const Backward& b) {
    const Tensor gradient = fuse_relu ? relu_backward(b.grad(), b.saved(2)) : b.grad();
    if (b.wants(0)) b.give(0, input_gradient(p, gradient, b.saved(1)));
    if (b.wants(1) && !grad_enabled()) {
      // One pass gives both.
      const Tensor input = b.saved(0), dense = channels_last(gradient);
      const Tensor to_bias =
          b.wants(2) ? empty({p.shape.out_channels}, dense.dtype(), dense.device()) : Tensor();
      const auto into = [&](const Tensor& to_weight) {
        kernels(to_weight, to_bias, input, dense)
            .conv.weight_gradient(dense.dtype(), p.shape, to_weight.data(),
                                  to_bias.defined() ? to_bias.data() : nullptr, input.data(), dense.data());
        return to_weight;
      };
      const auto made = [&] { return into(empty(p.weight_shape(), dense.dtype(), dense.device())); };
      const bool filled = b.fill(1, [&](const Tensor& room, bool adds) {
        if (adds)
          add_into(room, made());
        else
          into(room);
      });
      if (!filled) b.give(1, made());
      if (to_bias.defined()) b.give(2, to_bias);
      return;
    }
    if (b.wants(1)) b.give(1, weight_gradient(p, b.saved(0), gradient));
    if (b.wants(2)) b.give(2, sum_places(gradient));
  });
  if (node && fuse_relu) node->save_output(out);
  return out;
}

Tensor input_gradient(const Problem& p, const Tensor& gradient_in, const Tensor& weight_in) {
  const Tensor gradient = channels_last(gradient_in), weight = contiguous(weight_in);
  Tensor out = empty_channels_last(p.in_shape(), gradient);
  if (out.numel() > 0)
    kernels(out, gradient, weight)
        .conv.input_gradient(gradient.dtype(), p.shape, out.data(), gradient.data(), weight.data());
  record(out, p.name, {&gradient, &weight}, {&gradient, &weight}, [p](const Backward& b) {
    if (b.wants(0)) b.give(0, forward(p, b.grad(), b.saved(1), {}, false));
    if (b.wants(1)) b.give(1, weight_gradient(p, b.grad(), b.saved(0)));
  });
  return out;
}

Tensor weight_gradient(const Problem& p, const Tensor& x_in, const Tensor& gradient_in) {
  const Tensor x = channels_last(x_in), gradient = channels_last(gradient_in);
  Tensor out = empty(p.weight_shape(), x.dtype(), x.device());
  if (out.numel() > 0)
    kernels(out, x, gradient)
        .conv.weight_gradient(x.dtype(), p.shape, out.data(), nullptr, x.data(), gradient.data());
  record(out, p.name, {&x, &gradient}, {&x, &gradient}, [p](const Backward& b) {
    if (b.wants(0)) b.give(0, input_gradient(p, b.saved(1), b.grad()));
    if (b.wants(1)) b.give(1, forward(p, b.saved(0), b.grad(), {}, false));
  });
  return out;
}

/// What both directions check: ranks, dtypes, groups, bias, and the numbers of `options`.
Problem begin(const char* where, int spatial, const Tensor& x, const Tensor& weight, const Tensor& bias,
              int64_t bias_size, const ConvOptions& options) {
  check_floating(where, x);
  check_same_dtype(where, x, weight);
  const char* form = spatial == 1 ? "[N, C, L] or [C, L]" : "[N, C, H, W] or [C, H, W]";
  if (x.rank() != 2 + spatial)
    fail(ErrorCode::shape, where, "input must be ", form, ", got ", to_string(x.shape()));
  if (options.groups < 1) fail(ErrorCode::value, where, "groups must be at least 1, got ", options.groups);
  if (bias.defined()) {
    check_same_dtype(where, x, bias);
    if (bias.rank() != 1 || bias.size(0) != bias_size)
      fail(ErrorCode::shape, where, "bias must have ", bias_size, " elements, got ", to_string(bias.shape()),
           " (weight ", to_string(weight.shape()), ")");
  }
  Problem p{{}, where, spatial};
  p.shape.batch = x.size(0);
  p.shape.groups = options.groups;
  read_pair(where, "stride", options.stride, spatial, 1, 1, 1, p.shape.stride);
  read_pair(where, "padding", options.padding, spatial, 0, 0, 0, p.shape.pad_begin);
  read_pair(where, "padding", options.padding, spatial, 0, 0, 0, p.shape.pad_end);
  read_pair(where, "dilation", options.dilation, spatial, 1, 1, 1, p.shape.dilation);
  for (int d = 0; d < 2; ++d) {
    p.shape.kernel[d] = spatial_size(weight, d);
    if (p.shape.kernel[d] < 1)
      fail(ErrorCode::shape, where, "weight has an empty kernel, got ", to_string(weight.shape()));
  }
  return p;
}

void check_weight_rank(const char* where, const char* form, int spatial, const Tensor& weight) {
  if (weight.rank() != 2 + spatial)
    fail(ErrorCode::shape, where, "weight must be ", form, ", got ", to_string(weight.shape()));
}

/// Weights that look at no channels at all.
void check_channels(const char* where, int64_t channels, const Tensor& x, const Tensor& weight) {
  if (channels == 0)
    fail(ErrorCode::shape, where, "there must be at least one channel, got none (input ",
         to_string(x.shape()), ", weight ", to_string(weight.shape()), ")");
}

Tensor conv(const char* where, int spatial, const Tensor& x, const Tensor& weight, const Tensor& bias,
            const ConvOptions& options, bool fuse_relu) {
  check_weight_rank(where, spatial == 1 ? "[out, in / groups, K]" : "[out, in / groups, KH, KW]", spatial,
                    weight);
  Problem p = begin(where, spatial, x, weight, bias, weight.size(0), options);
  ConvShape& s = p.shape;
  s.in_channels = x.size(1);
  s.out_channels = weight.size(0);
  if (s.in_channels != weight.size(1) * s.groups) {
    if (s.groups == 1)
      fail(ErrorCode::shape, where, "weight expects ", weight.size(1), " input channels, got ", s.in_channels,
           " (input ", to_string(x.shape()), ")");
    fail(ErrorCode::shape, where, "weight expects ", weight.size(1), " input channels in each of ", s.groups,
         " groups, got ", s.in_channels, " in all (input ", to_string(x.shape()), ")");
  }
  check_channels(where, s.in_channels, x, weight);
  if (s.out_channels % s.groups != 0)
    fail(ErrorCode::shape, where, "the ", s.out_channels, " output channels of weight ",
         to_string(weight.shape()), " cannot be divided into ", s.groups, " groups");
  for (int d = 0; d < 2; ++d) {
    s.in[d] = spatial_size(x, d);
    const int64_t reach = s.dilation[d] * (s.kernel[d] - 1) + 1;
    if (options.same) {
      if (s.stride[d] != 1) fail(ErrorCode::value, where, "padding 'same' needs stride 1, got ", s.stride[d]);
      s.pad_begin[d] = (reach - 1) / 2;
      s.pad_end[d] = reach - 1 - s.pad_begin[d];
    }
    s.out[d] = (s.in[d] + s.pad_begin[d] + s.pad_end[d] - reach) / s.stride[d] + 1;
  }
  for (int d = 0; d < 2; ++d) {
    int64_t reach[2], padded[2];
    for (int k = 0; k < 2; ++k) {
      reach[k] = s.dilation[k] * (s.kernel[k] - 1) + 1;
      padded[k] = s.in[k] + s.pad_begin[k] + s.pad_end[k];
    }
    if (padded[d] < reach[d])
      fail(ErrorCode::shape, where, "the kernel reaches over ", pair_text(spatial, reach[0], reach[1]),
           ", more than the padded input of ", pair_text(spatial, padded[0], padded[1]), " (input ",
           to_string(x.shape()), ", weight ", to_string(weight.shape()),
           "), use a smaller kernel or more padding");
  }
  return forward(p, x, weight, bias, fuse_relu);
}

Tensor conv_transpose(const char* where, int spatial, const Tensor& x, const Tensor& weight,
                      const Tensor& bias, const ConvOptions& options) {
  check_weight_rank(where, spatial == 1 ? "[in, out / groups, K]" : "[in, out / groups, KH, KW]", spatial,
                    weight);
  const int64_t channels = weight.size(1) * options.groups;
  Problem p = begin(where, spatial, x, weight, bias, channels, options);
  // Seen as the convolution it is the adjoint of: x is that one's output.
  ConvShape& s = p.shape;
  s.out_channels = x.size(1);
  s.in_channels = channels;
  check_channels(where, channels, x, weight);
  if (s.out_channels != weight.size(0))
    fail(ErrorCode::shape, where, "weight expects ", weight.size(0), " input channels, got ", s.out_channels,
         " (input ", to_string(x.shape()), ")");
  if (s.out_channels % s.groups != 0)
    fail(ErrorCode::shape, where, "the ", s.out_channels, " input channels cannot be divided into ", s.groups,
         " groups");
  int64_t extra[2];
  read_pair(where, "outputPadding", options.output_padding, spatial, 0, 0, 0, extra);
  for (int d = 0; d < 2; ++d) {
    if (extra[d] >= s.stride[d] && extra[d] >= s.dilation[d])
      fail(ErrorCode::value, where, "outputPadding must be smaller than stride or dilation, got ", extra[d],
           " (stride ", s.stride[d], ", dilation ", s.dilation[d], ")");
    s.out[d] = spatial_size(x, d);
    s.in[d] =
        (s.out[d] - 1) * s.stride[d] - 2 * s.pad_begin[d] + s.dilation[d] * (s.kernel[d] - 1) + extra[d] + 1;
    s.pad_end[d] -= extra[d];
    if (s.in[d] < 1)
      fail(ErrorCode::shape, where, "the output would have a size of ", s.in[d], " (input ",
           to_string(x.shape()), ", weight ", to_string(weight.shape()), ", padding ", s.pad_begin[d],
           "), use less padding");
  }
  const Tensor out = input_gradient(p, x, weight);
  if (!bias.defined()) return out;
  Dims shape = Dims::filled(2 + spatial, 1);
  shape[1] = channels;
  return add(out, reshape(bias, shape));
}

/// One of the four, on a batch and in a dtype there are kernels for.
template <class Op>
Tensor prepared(int spatial, const Tensor& x, const Tensor& weight, const Tensor& bias, const Op& op) {
  const auto run = [&](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    if (x.rank() != 1 + spatial) return op(x, weight, bias);
    return squeeze(op(unsqueeze(x, 0), weight, bias), 0);
  };
  const auto widened = [&](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    const DType dtype = half_dtype_of(x);
    const bool native = is_half(dtype) && kernels(x).conv.takes(dtype) && half_dtype_of(weight) == dtype &&
                        (!bias.defined() || half_dtype_of(bias) == dtype);
    if (any_half(x, weight, bias) && !native) return compute_in_float32(run, x, weight, bias);
    return run(x, weight, bias);
  };
  return autocast_enabled() ? autocast_lower(widened, x, weight, bias) : widened(x, weight, bias);
}

}  // namespace

Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options) {
  return prepared(1, x, weight, bias, [&](const Tensor& x, const Tensor& w, const Tensor& b) {
    return conv("conv1d", 1, x, w, b, options, false);
  });
}
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options,
              bool fuse_relu) {
  return prepared(2, x, weight, bias, [&](const Tensor& x, const Tensor& w, const Tensor& b) {
    return conv("conv2d", 2, x, w, b, options, fuse_relu);
  });
}
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvOptions& options) {
  return prepared(1, x, weight, bias, [&](const Tensor& x, const Tensor& w, const Tensor& b) {
    return conv_transpose("convTranspose1d", 1, x, w, b, options);
  });
}
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvOptions& options) {
  return prepared(2, x, weight, bias, [&](const Tensor& x, const Tensor& w, const Tensor& b) {
    return conv_transpose("convTranspose2d", 2, x, w, b, options);
  });
}

}  // namespace tape
