// Variance, product, log-sum-exp, norms, questions over dimensions, running sums.
#include <cmath>

#include "reduce_plan.h"
#include "tape/precision.h"

namespace tape {
namespace {

/// result[dims taken away] back as sizes of 1, so that it broadcasts over the input.
Tensor spread_back(const Tensor& x, const ReducePlan& p) { return reshape(x, p.kept_shape); }

Tensor zero_where(const Tensor& condition, const Tensor& x) { return where(condition, 0.0, x); }

}  // namespace

Tensor var(const Tensor& x, const Dims& dims, double correction, bool keepdim) {
  if (any_half(x))
    return autocast_float32([&](const Tensor& t) { return var(t, dims, correction, keepdim); }, x);
  check_floating("var", x);
  const ReducePlan p = reduce_plan("var", x, dims, keepdim);
  const double scale =
      1 / std::max(0.0, static_cast<double>(p.count) - correction);  // infinite: NaN, as PyTorch
  Tensor out = empty(p.shape, x.dtype(), x.device());
  kernels(out, x).statistics.variance(view_of(out), p.view(x), p.kept, scale);
  record(out, "var", {&x}, {&x}, [p, scale](const Backward& b) {
    const Tensor input = b.saved(0);
    const Tensor distance = sub(input, mean(input, p.dims, true));
    b.give(0, mul(mul(distance, spread_back(b.grad(), p)), 2 * scale));
  });
  return out;
}

Tensor stddev(const Tensor& x, const Dims& dims, double correction, bool keepdim) {
  if (any_half(x))
    return autocast_float32([&](const Tensor& t) { return stddev(t, dims, correction, keepdim); }, x);
  check_floating("std", x);
  const ReducePlan p = reduce_plan("std", x, dims, keepdim);
  const double scale = 1 / std::max(0.0, static_cast<double>(p.count) - correction);
  Tensor out;
  {
    GradMode mode(false);
    out = sqrt(var(x, dims, correction, keepdim));
  }
  Node* node = record(out, "std", {&x}, {&x}, [p, scale](const Backward& b) {
    const Tensor input = b.saved(0), deviation = b.saved(1);
    const Tensor distance = sub(input, mean(input, p.dims, true));
    const Tensor factor = zero_where(compare(CompareOp::eq, deviation, 0), div(b.grad(), deviation));
    b.give(0, mul(mul(distance, spread_back(factor, p)), scale));
  });
  if (node) node->save_output(out);
  return out;
}

namespace {

/// Derivative of a product along one dimension: of every element, the product of all others, which division
/// cannot give where an element is 0.
Tensor products_of_others(const Tensor& x, int dim) {
  const int64_t count = x.size(dim);
  std::vector<Tensor> before, after(static_cast<size_t>(count)), pieces;
  Tensor product;
  for (int64_t i = 0; i < count; ++i) {
    before.push_back(product);
    const Tensor element = select(x, dim, i);
    product = product.defined() ? mul(product, element) : element;
  }
  product = Tensor();
  for (int64_t i = count - 1; i >= 0; --i) {
    after[static_cast<size_t>(i)] = product;
    const Tensor element = select(x, dim, i);
    product = product.defined() ? mul(product, element) : element;
  }
  for (size_t i = 0; i < before.size(); ++i) {
    Tensor others = before[i];
    if (after[i].defined()) others = others.defined() ? mul(others, after[i]) : after[i];
    pieces.push_back(others.defined() ? others : full(select(x, dim, 0).shape(), 1, x.dtype(), x.device()));
  }
  return stack(pieces, dim);
}

}  // namespace

Tensor prod(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return autocast_float32([&](const Tensor& t) { return prod(t, dims, keepdim); }, x);
  if (dims.size() > 1) fail(ErrorCode::value, "prod", "takes one dimension or none, got ", dims.size());
  const ReducePlan p = reduce_plan("prod", x, dims, keepdim);
  Tensor out = empty(p.shape, is_floating(x.dtype()) ? x.dtype() : DType::int64, x.device());
  kernels(out, x).statistics.prod(view_of(out), p.view(x), p.kept);
  const int dim = p.dims.empty() || dims.empty() ? -1 : static_cast<int>(p.dims[0]);
  Node* node = record(out, "prod", {&x}, {&x}, [p, dim](const Backward& b) {
    const Tensor input = b.saved(0);
    const Tensor gradient = spread_back(b.grad(), p);
    bool zeros;
    {
      GradMode mode(false);
      zeros = *to(count_nonzero(input), Device::cpu).data_as<int64_t>() != input.numel();
    }
    if (!zeros) return b.give(0, mul(div(spread_back(b.saved(1), p), input), gradient));
    if (input.numel() == 0) return b.give(0, full(input.shape(), 0, input.dtype(), input.device()));
    if (dim >= 0) return b.give(0, mul(products_of_others(input, dim), gradient));
    const Tensor flat = reshape(input, {-1});
    b.give(0, mul(reshape(products_of_others(flat, 0), input.shape()), gradient));
  });
  if (node) node->save_output(out);
  return out;
}

Tensor logsumexp(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return autocast_float32([&](const Tensor& t) { return logsumexp(t, dims, keepdim); }, x);
  check_floating("logsumexp", x);
  const ReducePlan p = reduce_plan("logsumexp", x, dims, keepdim);
  Tensor out;
  {
    GradMode mode(false);
    if (p.count == 0) {
      out = full(p.shape, -INFINITY, x.dtype(), x.device());
    } else {
      Tensor top = amax(x, dims, true);
      top = where(isfinite(top), top, 0.0);
      out = reshape(add(log(sum(exp(sub(x, top)), dims, true)), top), p.shape);
    }
  }
  Node* node = record(out, "logsumexp", {&x}, {&x}, [p](const Backward& b) {
    const Tensor share = exp(sub(b.saved(0), spread_back(b.saved(1), p)));
    b.give(0, mul(share, spread_back(b.grad(), p)));
  });
  if (node) node->save_output(out);
  return out;
}

Tensor norm(const Tensor& x, double power, const Dims& dims, bool keepdim) {
  if (any_half(x)) return autocast_float32([&](const Tensor& t) { return norm(t, power, dims, keepdim); }, x);
  check_floating("norm", x);
  if (!(power >= 0)) fail(ErrorCode::value, "norm", "p must not be negative, got ", power);
  const ReducePlan p = reduce_plan("norm", x, dims, keepdim);
  if (power == 0) return sum(to(compare(CompareOp::ne, x, 0), x.dtype()), dims, keepdim);
  if (std::isinf(power)) return amax(abs(x), dims, keepdim);
  if (power == 1) return sum(abs(x), dims, keepdim);
  Tensor out;
  {
    GradMode mode(false);
    out = power == 2 ? sqrt(sum(square(x), dims, keepdim))
                     : pow(sum(pow(abs(x), power), dims, keepdim), 1 / power);
  }
  Node* node = record(out, "norm", {&x}, {&x}, [p, power](const Backward& b) {
    const Tensor input = b.saved(0), length = b.saved(1);
    const Tensor none = compare(CompareOp::eq, length, 0);
    if (power == 2) return b.give(0, mul(input, spread_back(zero_where(none, div(b.grad(), length)), p)));
    const Tensor factor = zero_where(none, div(b.grad(), pow(length, power - 1)));
    const Tensor slope = mul(sign(input), pow(abs(input), power - 1));
    b.give(0, mul(slope, spread_back(factor, p)));
  });
  if (node) node->save_output(out);
  return out;
}

// ---- questions ------------------------------------------------------------------------------------

namespace {

Tensor count_kept(const Tensor& x, const ReducePlan& p) {
  Tensor out = empty(p.shape, DType::int64, x.device());
  kernels(out, x).statistics.count_nonzero(view_of(out), p.view(x), p.kept);
  return out;
}

}  // namespace

Tensor count_nonzero(const Tensor& x_in, const Dims& dims) {
  const Tensor x = detach(half_to_float32(x_in));
  return count_kept(x, reduce_plan("countNonzero", x, dims, false));
}
Tensor any(const Tensor& x_in, const Dims& dims, bool keepdim) {
  const Tensor x = detach(half_to_float32(x_in));
  return compare(CompareOp::gt, count_kept(x, reduce_plan("any", x, dims, keepdim)), 0);
}
Tensor all(const Tensor& x_in, const Dims& dims, bool keepdim) {
  const Tensor x = detach(half_to_float32(x_in));
  const ReducePlan p = reduce_plan("all", x, dims, keepdim);
  return compare(CompareOp::eq, count_kept(x, p), static_cast<double>(p.count));
}

// ---- running sums, extremes -----------------------------------------------------------------------

Tensor cumsum(const Tensor& x_in, int64_t dim_in, bool reverse) {
  if (any_half(x_in))
    return autocast_float32([&](const Tensor& t) { return cumsum(t, dim_in, reverse); }, x_in);
  const int dim = wrap_dim("cumsum", dim_in, x_in.rank());
  const Tensor x = contiguous(is_floating(x_in.dtype()) ? x_in : to(x_in, DType::int64));
  Tensor out = empty(x.shape(), x.dtype(), x.device());
  if (x.numel() > 0) {
    const int64_t count = x.rank() == 0 ? 1 : x.size(dim);
    int64_t inner = 1;
    for (int d = dim + 1; d < x.rank(); ++d) inner *= x.size(d);
    kernels(out, x).statistics.cumsum(out.data(), x.data(), x.dtype(), x.numel() / count / inner, count,
                                      inner, reverse);
  }
  record(out, "cumsum", {&x}, {},
         [dim, reverse](const Backward& b) { b.give(0, cumsum(b.grad(), dim, !reverse)); });
  return out;
}

namespace {

Extreme extreme_along(const char* name, const Tensor& x, int64_t dim_in, bool keepdim,
                      Tensor (*position)(const Tensor&, const Dims&, bool)) {
  const int dim = wrap_dim(name, dim_in, x.rank());
  if (x.rank() > 0 && x.size(dim) == 0 && x.numel() == 0)
    fail(ErrorCode::shape, name, "cannot take the ", name, " of nothing: shape ", to_string(x.shape()),
         " is empty where it is reduced");
  const Tensor indices = position(x, {dim}, true);
  const Tensor values = gather(x, dim, indices);
  if (keepdim || x.rank() == 0) return {values, indices};
  return {squeeze(values, dim), squeeze(indices, dim)};
}

}  // namespace

Extreme max_along(const Tensor& x, int64_t dim, bool keepdim) {
  return extreme_along("max", x, dim, keepdim, argmax);
}
Extreme min_along(const Tensor& x, int64_t dim, bool keepdim) {
  return extreme_along("min", x, dim, keepdim, argmin);
}

}  // namespace tape
