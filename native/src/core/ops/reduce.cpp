// Reductions over any set of dimensions.
#include <cmath>

#include "support.h"

namespace tape {
namespace {

struct Plan {
  bool reduced[kMaxRank] = {};
  Dims shape;       // of the result
  Dims kept_shape;  // of the result with keepdim
  Dims in_shape, in_strides;
  int kept = 0;
  int64_t count = 1;  // elements behind each result
};

Plan plan(const char* where, const Tensor& x, const Dims& dims, bool keepdim) {
  Plan p;
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

Tensor run(ReduceOp op, const Tensor& x, const Plan& p, DType dtype, double scale) {
  Tensor out = empty(p.shape, dtype);
  kernels().reduce.reduce(op, view_of(out),
                          {x.data(), x.dtype(), p.in_shape.size(), p.in_shape.data(), p.in_strides.data()},
                          p.kept, scale);
  return out;
}

Tensor sum_scaled(const char* name, const Tensor& x, const Dims& dims, bool keepdim, bool mean) {
  const Plan p = plan(name, x, dims, keepdim);
  const double scale = mean ? 1.0 / static_cast<double>(p.count) : 1.0;
  Tensor out = run(ReduceOp::sum, x, p, is_floating(x.dtype()) ? x.dtype() : DType::int64, scale);
  record(out, name, {&x}, {}, [shape = x.shape(), kept = p.kept_shape, mean, scale](const Backward& b) {
    const Tensor gradient = mean ? mul(b.grad(), scale) : b.grad();
    b.give(0, expand(reshape(gradient, kept), shape));
  });
  return out;
}

Tensor extreme(ReduceOp op, const char* name, const Tensor& x, const Dims& dims, bool keepdim) {
  const Plan p = plan(name, x, dims, keepdim);
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

Tensor max(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return compute_in_float32([&](const Tensor& t) { return max(t, dims, keepdim); }, x);
  return extreme(ReduceOp::max, "max", x, dims, keepdim);
}
Tensor min(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return compute_in_float32([&](const Tensor& t) { return min(t, dims, keepdim); }, x);
  return extreme(ReduceOp::min, "min", x, dims, keepdim);
}

Tensor argmax(const Tensor& x, const Dims& dims, bool keepdim) {
  if (any_half(x)) return compute_in_float32([&](const Tensor& t) { return argmax(t, dims, keepdim); }, x);
  if (dims.size() > 1) fail(ErrorCode::value, "argmax", "takes one dimension or none, got ", dims.size());
  const Plan p = plan("argmax", x, dims, keepdim);
  if (p.count == 0 && numel_of(p.shape) > 0)
    fail(ErrorCode::shape, "argmax", "cannot take the argmax of nothing: shape ", to_string(x.shape()),
         " is empty where it is reduced");
  return run(ReduceOp::argmax, x, p, DType::int64, 1);
}

std::vector<double> norms(const std::vector<Tensor>& tensors) {
  GradMode mode(false);
  std::vector<double> result;
  result.reserve(tensors.size());
  for (const Tensor& tensor : tensors) {
    check_floating("norms", tensor);
    const Tensor plain = contiguous(half_to_float32(tensor));
    result.push_back(std::sqrt(kernels().reduce.sum_of_squares(plain.data(), plain.dtype(), plain.numel())));
  }
  return result;
}

}  // namespace tape
