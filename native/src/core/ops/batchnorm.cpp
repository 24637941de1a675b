// Batch normalisation over channels.
#include "images.h"
#include "tape/precision.h"

namespace tape {
namespace {

BatchNormShape kernel_shape(const Tensor& x) {
  int64_t places = 1;
  for (int d = 2; d < x.rank(); ++d) places *= x.size(d);
  return {x.size(0), x.size(1), places, x.rank() == 2 || (!x.is_contiguous() && is_channels_last(x))};
}

/// [C] as [1, C, 1, ..], to broadcast over images of `rank`.
Tensor per_channel(const Tensor& values, int rank) {
  Dims shape = Dims::filled(rank, 1);
  shape[1] = values.numel();
  return reshape(values, shape);
}

/// Everything but the channels.
Dims reduced_dims(int rank) {
  Dims dims{0};
  for (int d = 2; d < rank; ++d) dims.push_back(d);
  return dims;
}

/// What backward needs; statistics are float64 [C] tensors: the mean, and 1 / sqrt(variance + eps).
struct Saved {
  Tensor x, weight, mean, scale;
  bool batch_statistics;
  double eps;
};

/// The gradient written in ops, for createGraph.
void composed_gradient(const Saved& s, const Backward& b) {
  const int rank = s.x.rank();
  const Dims dims = reduced_dims(rank);
  const Tensor x = half_to_float32(s.x), gradient = half_to_float32(b.grad());
  Tensor centered, scale;
  if (s.batch_statistics) {
    centered = sub(x, mean(x, dims, true));
    scale = pow(add(mean(square(centered), dims, true), s.eps), -0.5);
  } else {
    centered = sub(x, per_channel(to(s.mean, x.dtype()), rank));
    scale = per_channel(to(s.scale, x.dtype()), rank);
  }
  const Tensor normal = mul(centered, scale);
  if (b.wants(0)) {
    Tensor inner = gradient;
    if (s.batch_statistics)
      inner = sub(sub(gradient, mean(gradient, dims, true)),
                  mul(normal, mean(mul(gradient, normal), dims, true)));
    const Tensor slope = s.weight.defined() ? mul(scale, per_channel(s.weight, rank)) : scale;
    b.give(0, to(mul(inner, slope), s.x.dtype()));
  }
  if (b.wants(1)) b.give(1, sum(mul(gradient, normal), dims));
  if (b.wants(2)) b.give(2, sum(gradient, dims));
}

void fused_gradient(const Saved& s, const Backward& b) {
  const BatchNormShape shape = kernel_shape(s.x);
  const Tensor gradient =
      shape.channels_last && s.x.rank() > 2 ? channels_last(b.grad()) : contiguous(b.grad());
  const int64_t channels = shape.channels;
  const DType dtype = s.x.dtype();
  const auto numbers = [&] { return empty({channels}, DType::float64, s.x.device()); };
  const Tensor sum_of = numbers(), product = numbers();
  if (channels == 0) return b.give(0, empty_like(s.x));
  kernels(sum_of, product, gradient, s.x, s.mean)
      .batchnorm.sums(dtype, shape, sum_of.address<double>(), product.address<double>(), gradient.data(),
                      s.x.data(), s.mean.address<double>());
  if (b.wants(0)) {
    const double count = static_cast<double>(shape.batch * shape.places);
    const Tensor a = s.weight.defined() ? mul(s.scale, to(s.weight, DType::float64)) : s.scale;
    // What the batch's own mean and variance give back; running ones do not depend on x.
    Tensor pull, shift;
    if (s.batch_statistics) {
      pull = div(mul(mul(mul(neg(a), product), s.scale), s.scale), count);
      shift = div(mul(neg(a), sum_of), count);
    } else {
      pull = shift = full_like(a, 0, DType::float64);
    }
    Tensor out = empty_like(s.x);
    if (out.numel() > 0)
      kernels(out, gradient, s.x, s.mean, a, pull, shift)
          .batchnorm.gradient(dtype, shape, out.data(), gradient.data(), s.x.data(), s.mean.address<double>(),
                              a.address<double>(), pull.address<double>(), shift.address<double>());
    b.give(0, out);
  }
  if (b.wants(1)) b.give(1, to(mul(product, s.scale), compute_dtype(dtype)));
  if (b.wants(2)) b.give(2, to(sum_of, compute_dtype(dtype)));
}

void check_channels(const Tensor& x, const Tensor& values, const char* what) {
  if (!values.defined()) return;
  if (!is_half(x.dtype()))
    check_same_dtype("batchNorm", x, values);
  else if (values.dtype() != DType::float32)
    fail(ErrorCode::dtype, "batchNorm", what, " must be float32 for a bfloat16 input, got ",
         name_of(values.dtype()));
  if (values.rank() != 1 || values.size(0) != x.size(1))
    fail(ErrorCode::shape, "batchNorm", what, " must have ", x.size(1),
         " elements, one for each channel, got ", to_string(values.shape()), " (input ", to_string(x.shape()),
         ")");
}

/// running = (1 - momentum) * running + momentum * value
void move_running(const Tensor& running, const Tensor& values, double factor, double momentum) {
  const Tensor target = detach(running);
  binary_(BinaryOp::mul, target, 1 - momentum);
  binary_(BinaryOp::add, target, to(mul(mul(values, factor), momentum), running.dtype()));
}

}  // namespace

Tensor batch_norm(const Tensor& x_in, const Tensor& running_mean, const Tensor& running_variance,
                  const Tensor& weight_given, const Tensor& bias_given, const BatchNormOptions& options) {
  // A bfloat16 image stays one; what there is one number of for each channel is float32.
  const bool stays = x_in.dtype() == DType::bfloat16;
  const Tensor weight_in = stays ? half_to_float32(weight_given) : weight_given;
  const Tensor bias_in = stays ? half_to_float32(bias_given) : bias_given;
  if (!stays && any_half(x_in, weight_in, bias_in))
    return autocast_float32(
        [&](const Tensor& x, const Tensor& weight, const Tensor& bias) {
          return batch_norm(x, running_mean, running_variance, weight, bias, options);
        },
        x_in, weight_in, bias_in);
  check_floating("batchNorm", x_in);
  if (x_in.rank() < 2 || x_in.rank() > 4)
    fail(ErrorCode::shape, "batchNorm", "input must be [N, C], [N, C, L] or [N, C, H, W], got ",
         to_string(x_in.shape()));
  check_channels(x_in, running_mean, "runningMean");
  check_channels(x_in, running_variance, "runningVar");
  check_channels(x_in, weight_in, "weight");
  check_channels(x_in, bias_in, "bias");
  if (running_mean.defined() != running_variance.defined())
    fail(ErrorCode::value, "batchNorm", "needs both runningMean and runningVar or neither");
  if (!options.training && !running_mean.defined())
    fail(ErrorCode::value, "batchNorm",
         "evaluation uses the running statistics, pass runningMean and runningVar or training");
  const Tensor x = x_in.rank() > 2 ? dense_image(x_in) : contiguous(x_in);
  const BatchNormShape shape = kernel_shape(x);
  const int64_t count = shape.batch * shape.places;
  if (options.training && count <= 1 && shape.channels > 0)
    fail(ErrorCode::value, "batchNorm", "training needs more than one value in each channel, got ", count,
         " (input ", to_string(x.shape()), "), use a larger batch or evaluation");

  const Tensor weight = weight_in.defined() ? contiguous(weight_in) : weight_in;
  const Tensor bias = bias_in.defined() ? contiguous(bias_in) : bias_in;
  Tensor center = empty({shape.channels}, DType::float64, x.device()), scale = empty_like(center);
  {
    GradMode mode(false);
    if (options.training) {
      if (shape.channels > 0)
        kernels(x, center, scale)
            .batchnorm.statistics(x.dtype(), shape, center.address<double>(), scale.address<double>(),
                                  x.data());
      if (running_mean.defined()) {
        const double n = static_cast<double>(count);
        move_running(running_mean, center, 1, options.momentum);
        move_running(running_variance, scale, n / (n - 1), options.momentum);
      }
    } else {
      copy_(center, to(detach(running_mean), DType::float64));
      copy_(scale, to(detach(running_variance), DType::float64));
    }
    scale = reciprocal(sqrt(add(scale, options.eps)));
  }
  Tensor out = empty_like(x);
  if (out.numel() > 0)
    kernels(out, x, center, scale, weight, bias)
        .batchnorm.apply(x.dtype(), shape, out.data(), x.data(), center.address<double>(),
                         scale.address<double>(), weight.defined() ? weight.data() : nullptr,
                         bias.defined() ? bias.data() : nullptr);
  Node* node = record(
      out, "batchNorm", {&x, &weight, &bias}, {&x, &center, &scale},
      [training = options.training, eps = options.eps, weighted = weight.defined()](const Backward& b) {
        const Saved saved{b.saved(0), weighted ? b.saved(3) : Tensor(), b.saved(1), b.saved(2), training,
                          eps};
        if (grad_enabled())
          composed_gradient(saved, b);
        else
          fused_gradient(saved, b);
      });
  if (node && weight.defined()) node->save(weight);
  return out;
}

}  // namespace tape
