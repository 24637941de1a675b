// Reductions over any set of dimensions.
#include <cmath>

#include "reduce_plan.h"

namespace tape {

ReducePlan reduce_plan(const char* where, const Tensor& x, const Dims& dims, bool keepdim) {
  ReducePlan p;
  for (int64_t dim : dims) {
    const int d = wrap_dim(where, dim, x.rank());
    if (p.reduced[d]) fail(ErrorCode::value, where, "dimension ", d, " appears twice");
    p.reduced[d] = true;
  }
  if (dims.empty())
    for (int d = 0; d < x.rank(); ++d) p.reduced[d] = true;
  for (int d = 0; d < x.rank(); ++d) {
    p.kept_shape.push_back(p.reduced[d] ? 1 : x.size(d));
    if (p.reduced[d]) {
      p.dims.push_back(d);
      p.count *= x.size(d);
      if (keepdim) p.shape.push_back(1);
      continue;
    }
    p.shape.push_back(x.size(d));
    p.in_shape.push_back(x.size(d));
    p.in_strides.push_back(x.strides()[d]);
    ++p.kept;
  }
  for (int d = 0; d < x.rank(); ++d) {
    if (!p.reduced[d]) continue;
    p.in_shape.push_back(x.size(d));
    p.in_strides.push_back(x.strides()[d]);
  }
  return p;
}

namespace {

Tensor run(ReduceOp op, const Tensor& x, const ReducePlan& p, DType dtype, double scale) {
  Tensor out = empty(p.shape, dtype, x.device());
  kernels(out, x).reduce.reduce(op, view_of(out), p.view(x), p.kept, scale);
  return out;
}

Tensor sum_scaled(const char* name, const Tensor& x, const Dims& dims, bool keepdim, bool mean) {
  const ReducePlan p = reduce_plan(name, x, dims, keepdim);
  const double scale = mean ? 1.0 / static_cast<double>(p.count) : 1.0;
  Tensor out = run(ReduceOp::sum, x, p, is_floating(x.dtype()) ? x.dtype() : DType::int64, scale);
  record(out, name, {&x}, {}, [shape = x.shape(), kept = p.kept_shape, mean, scale](const Backward& b) {
    const Tensor gradient = mean ? mul(b.grad(), scale) : b.grad();
    b.give(0, expand(reshape(gradient, kept), shape));
  });
  return out;
}

Tensor extreme(ReduceOp op, const char* name, const Tensor& x, const Dims& dims, bool keepdim) {
  const ReducePlan p = reduce_plan(name, x, dims, keepdim);
  if (p.count == 0 && numel_of(p.shape) > 0)
    fail(ErrorCode::shape, name, "cannot take the ", name, " of nothing: shape ", to_string(x.shape()),
         " is empty where it is reduced");
  Tensor out = run(op, x, p, x.dtype(), 1);
  Node* node = record(out, name, {&x}, {&x}, [kept = p.kept_shape](const Backward& b) {
    const Tensor input = b.saved(0);
    const Tensor mask = to(compare(CompareOp::eq, input, reshape(b.saved(1), kept)), input.dtype());
    Dims reduced;
    for (int d = 0; d < kept.size(); ++d)
      if (kept[d] != input.size(d)) reduced.push_back(d);
    const Tensor ties = reduced.empty() ? mask : sum(mask, reduced, true);
    b.give(0, mul(div(mask, ties), reshape(b.grad(), kept)));
  });
  if (node) node->save_output(out);
  return out;
}

}  // namespace

Tensor sum(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return autocast_float32([&](const Tensor& t) { return sum(t, dims, keepdim); }, x);
  return sum_scaled("sum", x, dims, keepdim, false);
}

Tensor mean(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return autocast_float32([&](const Tensor& t) { return mean(t, dims, keepdim); }, x);
  check_floating("mean", x);
  return sum_scaled("mean", x, dims, keepdim, true);
}

Tensor amax(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return compute_in_float32([&](const Tensor& t) { return amax(t, dims, keepdim); }, x);
  return extreme(ReduceOp::max, "amax", x, dims, keepdim);
}
Tensor amin(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return compute_in_float32([&](const Tensor& t) { return amin(t, dims, keepdim); }, x);
  return extreme(ReduceOp::min, "amin", x, dims, keepdim);
}

namespace {

Tensor position(ReduceOp op, const char* name, const Tensor& x_in, const Dims& dims, bool keepdim) {
  const Tensor x = detach(half_to_float32(x_in));
  if (dims.size() > 1) fail(ErrorCode::value, name, "takes one dimension or none, got ", dims.size());
  const ReducePlan p = reduce_plan(name, x, dims, keepdim);
  if (p.count == 0 && numel_of(p.shape) > 0)
    fail(ErrorCode::shape, name, "cannot take the ", name, " of nothing: shape ", to_string(x.shape()),
         " is empty where it is reduced");
  return run(op, x, p, DType::int64, 1);
}

}  // namespace

Tensor argmax(const Tensor& x, const Dims& dims, bool keepdim) {
  return position(ReduceOp::argmax, "argmax", x, dims, keepdim);
}
Tensor argmin(const Tensor& x, const Dims& dims, bool keepdim) {
  return position(ReduceOp::argmin, "argmin", x, dims, keepdim);
}

std::vector<double> norms(const std::vector<Tensor>& tensors) {
  GradMode mode(false);
  std::vector<double> result;
  result.reserve(tensors.size());
  for (const Tensor& tensor : tensors) {
    check_floating("norms", tensor);
    const Tensor plain = contiguous(half_to_float32(tensor));
    result.push_back(
        std::sqrt(kernels(plain).reduce.sum_of_squares(plain.data(), plain.dtype(), plain.numel())));
  }
  return result;
}

}  // namespace tape
