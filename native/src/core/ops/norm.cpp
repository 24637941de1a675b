// Normalisation over rows and over groups of channels.
#include <limits>

#include "support.h"

namespace tape {
namespace {

/// (gradient - mean(gradient) - normal * mean(gradient * normal)) * rstd over the last dimension, in ops that
/// have derivatives themselves.
Tensor through_norm(const Tensor& gradient, const Tensor& normal, const Tensor& rstd, bool centred) {
  const Tensor turned = mul(normal, mean(mul(gradient, normal), {-1}, true));
  const Tensor rest = centred ? sub(gradient, mean(gradient, {-1}, true)) : gradient;
  return mul(sub(rest, turned), rstd);
}

/// Rows of x, normalised; `rstd` comes out too.
Tensor normalised(const Tensor& x, double eps, bool centred, Tensor& rstd) {
  const Tensor from_mean = centred ? sub(x, mean(x, {-1}, true)) : x;
  rstd = pow(add(mean(square(from_mean), {-1}, true), eps), -0.5);
  return mul(from_mean, rstd);
}

void check_affine(const char* where, const char* what, const Tensor& x, const Tensor& parameter,
                  const Dims& shape) {
  if (!parameter.defined()) return;
  check_same_dtype(where, x, parameter);
  if (parameter.shape() != shape)
    fail(ErrorCode::shape, where, what, " must have shape ", to_string(shape), ", got ",
         to_string(parameter.shape()), " (input ", to_string(x.shape()), ")");
}

/// An image whose places lie one after another, each with its channels side by side.
bool lies_channels_last(const Tensor& x) {
  if (x.is_contiguous() || x.rank() < 3) return false;
  Dims shape{x.size(0)}, strides{x.strides()[0]};
  for (int d = 2; d <= x.rank(); ++d) {
    shape.push_back(x.size(d < x.rank() ? d : 1));
    strides.push_back(x.strides()[d < x.rank() ? d : 1]);
  }
  return compute_contiguous(shape, strides);
}

void check_eps(const char* where, double eps) {
  if (!(eps >= 0)) fail(ErrorCode::value, where, "eps must not be negative, got ", eps);
}

Tensor plain_or_none(const Tensor& x) { return x.defined() ? contiguous(x) : x; }
void* data_or_null(const Tensor& x) { return x.defined() ? x.data() : nullptr; }

Tensor rows_norm(const char* name, const Tensor& x_in, const Dims& shape, const Tensor& weight_in,
                 const Tensor& bias_in, double eps, bool centred) {
  check_floating(name, x_in);
  if (any_half(x_in, weight_in, bias_in))
    return autocast_float32([&](const Tensor& x, const Tensor& w,
                                const Tensor& b) { return rows_norm(name, x, shape, w, b, eps, centred); },
                            x_in, weight_in, bias_in);
  bool fits = shape.size() >= 1 && shape.size() <= x_in.rank();
  for (int d = 1; fits && d <= shape.size(); ++d) fits = shape[shape.size() - d] == x_in.size(-d);
  if (!fits)
    fail(ErrorCode::shape, name, "normalizedShape ", to_string(shape),
         " must be the last dimensions of the input, got input ", to_string(x_in.shape()));
  check_affine(name, "weight", x_in, weight_in, shape);
  check_affine(name, "bias", x_in, bias_in, shape);
  check_eps(name, eps);

  const Tensor x = contiguous(x_in), weight = plain_or_none(weight_in), bias = plain_or_none(bias_in);
  const int64_t cols = numel_of(shape), rows = cols > 0 ? x.numel() / cols : 0;
  const Tensor statistics = empty({rows, 2}, DType::float64, x.device());
  Tensor out = empty(x.shape(), x.dtype(), x.device());
  kernels(out, statistics, x, weight, bias)
      .norm.layer_norm(out.data(), statistics.address<double>(), x.data(), data_or_null(weight),
                       data_or_null(bias), x.dtype(), rows, cols, eps, centred);
  Node* node = record(
      out, name, {&x, &weight, &bias}, {&x, &statistics},
      [rows, cols, eps, centred, shape, weighted = weight.defined()](const Backward& b) {
        const Tensor input = b.saved(0), kept = b.saved(1);
        const Tensor scale = weighted ? b.saved(2) : Tensor();
        if (grad_enabled()) {
          Tensor rstd;
          const Tensor normal = normalised(reshape(input, {rows, cols}), eps, centred, rstd);
          const Tensor gradient = reshape(b.grad(), {rows, cols});
          if (b.wants(0)) {
            const Tensor slope = weighted ? mul(gradient, reshape(scale, {cols})) : gradient;
            b.give(0, reshape(through_norm(slope, normal, rstd, centred), input.shape()));
          }
          if (b.wants(1)) b.give(1, reshape(sum(mul(gradient, normal), {0}), shape));
          if (b.wants(2)) b.give(2, reshape(sum(gradient, {0}), shape));
          return;
        }
        const Tensor gradient = contiguous(b.grad());
        const Tensor grad_in = b.wants(0) ? empty(input.shape(), input.dtype(), input.device()) : Tensor();
        const Tensor grad_weight = b.wants(1) ? empty(shape, input.dtype(), input.device()) : Tensor();
        const Tensor grad_bias = b.wants(2) ? empty(shape, input.dtype(), input.device()) : Tensor();
        kernels(grad_in, grad_weight, grad_bias, gradient, input, scale, kept)
            .norm.layer_norm_grad(data_or_null(grad_in), data_or_null(grad_weight), data_or_null(grad_bias),
                                  gradient.data(), input.data(), data_or_null(scale), kept.address<double>(),
                                  input.dtype(), rows, cols, centred);
        b.give(0, grad_in);
        if (b.wants(1)) b.give(1, grad_weight);
        if (b.wants(2)) b.give(2, grad_bias);
      });
  if (node && weight.defined()) node->save(weight);
  return out;
}

}  // namespace

Tensor layer_norm(const Tensor& x, const Dims& shape, const Tensor& weight, const Tensor& bias, double eps) {
  return rows_norm("layerNorm", x, shape, weight, bias, eps, true);
}

Tensor rms_norm(const Tensor& x, const Dims& shape, const Tensor& weight, double eps) {
  if (eps < 0)
    eps = x.dtype() == DType::float64 ? std::numeric_limits<double>::epsilon()
                                      : static_cast<double>(std::numeric_limits<float>::epsilon());
  return rows_norm("rmsNorm", x, shape, weight, {}, eps, false);
}

Tensor group_norm(const Tensor& x_in, int64_t groups, const Tensor& weight_in, const Tensor& bias_in,
                  double eps) {
  check_floating("groupNorm", x_in);
  if (any_half(x_in, weight_in, bias_in))
    return autocast_float32(
        [&](const Tensor& x, const Tensor& w, const Tensor& b) { return group_norm(x, groups, w, b, eps); },
        x_in, weight_in, bias_in);
  if (x_in.rank() < 2)
    fail(ErrorCode::shape, "groupNorm", "needs a batch of channels [B, C, ..], got ",
         to_string(x_in.shape()));
  const int64_t channels = x_in.size(1);
  if (groups < 1 || channels % groups != 0)
    fail(ErrorCode::value, "groupNorm", channels, " channels cannot be cut into ", groups, " groups (input ",
         to_string(x_in.shape()), ")");
  check_affine("groupNorm", "weight", x_in, weight_in, {channels});
  check_affine("groupNorm", "bias", x_in, bias_in, {channels});
  check_eps("groupNorm", eps);

  const bool channels_last = lies_channels_last(x_in);
  const Tensor x = channels_last ? x_in : contiguous(x_in);
  const Tensor weight = plain_or_none(weight_in), bias = plain_or_none(bias_in);
  GroupShape geometry{x.size(0), channels, 1, groups, channels_last};
  for (int d = 2; d < x.rank(); ++d) geometry.inner *= x.size(d);
  const Tensor statistics = empty({geometry.batch * groups, 2}, DType::float64, x.device());
  Tensor out = empty_like(x);
  if (x.numel() > 0)
    kernels(out, statistics, x, weight, bias)
        .norm.group_norm(out.data(), statistics.address<double>(), x.data(), data_or_null(weight),
                         data_or_null(bias), x.dtype(), geometry, eps);
  Node* node = record(
      out, "groupNorm", {&x, &weight, &bias}, {&x, &statistics},
      [geometry, eps, weighted = weight.defined()](const Backward& b) {
        const Tensor input = b.saved(0), kept = b.saved(1);
        const Tensor scale = weighted ? b.saved(2) : Tensor();
        const int64_t batch = geometry.batch, all = geometry.channels, inner = geometry.inner;
        if (grad_enabled()) {
          const Dims by_group{batch, geometry.groups, all / geometry.groups * inner};
          const Dims by_channel{batch, all, inner};
          Tensor rstd;
          const Tensor normal = normalised(reshape(input, by_group), eps, true, rstd);
          const Tensor gradient = reshape(b.grad(), by_channel);
          if (b.wants(0)) {
            const Tensor slope = weighted ? mul(gradient, reshape(scale, {all, 1})) : gradient;
            b.give(0, reshape(through_norm(reshape(slope, by_group), normal, rstd, true), input.shape()));
          }
          if (b.wants(1)) b.give(1, sum(mul(gradient, reshape(normal, by_channel)), {0, 2}));
          if (b.wants(2)) b.give(2, sum(gradient, {0, 2}));
          return;
        }
        const Tensor gradient = laid_out(b.grad(), input.strides());
        const Tensor grad_in = b.wants(0) ? empty_like(input) : Tensor();
        const Tensor grad_weight = b.wants(1) ? empty({all}, input.dtype(), input.device()) : Tensor();
        const Tensor grad_bias = b.wants(2) ? empty({all}, input.dtype(), input.device()) : Tensor();
        kernels(grad_in, grad_weight, grad_bias, gradient, input, scale, kept)
            .norm.group_norm_grad(data_or_null(grad_in), data_or_null(grad_weight), data_or_null(grad_bias),
                                  gradient.data(), input.data(), data_or_null(scale), kept.address<double>(),
                                  input.dtype(), geometry);
        b.give(0, grad_in);
        if (b.wants(1)) b.give(1, grad_weight);
        if (b.wants(2)) b.give(2, grad_bias);
      });
  if (node && weight.defined()) node->save(weight);
  return out;
}

}  // namespace tape
