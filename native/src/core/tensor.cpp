#include "tape/tensor.h"

#include "tape/autograd.h"

namespace tape {

// 2^46: beyond it byte counts come near the end of 64 bits, and no machine has that much.
static constexpr double kMostElements = 70368744177664.0;

TensorImpl::TensorImpl() { ++memory_stats().live_tensors; }
TensorImpl::~TensorImpl() {
  --memory_stats().live_tensors;
  if (retains_grad && grad_fn && grad_fn->extras)
    std::erase_if(grad_fn->extras->retained, [&](const auto& entry) { return entry.tensor == this; });
}

void TensorImpl::destroy() {
  // A gradient may have a gradient and so on: freed one by one, not by recursion.
  Ref<TensorImpl> next = std::move(grad);
  delete this;
  while (next && next->refs == 1) {
    Ref<TensorImpl> after = std::move(next->grad);
    next = std::move(after);
  }
}

Dims broadcast_shapes(const char* where, const Dims& a, const Dims& b) {
  const int rank = a.size() > b.size() ? a.size() : b.size();
  Dims shape = Dims::filled(rank, 1);
  for (int i = 1; i <= rank; ++i) {
    const int64_t left = i <= a.size() ? a[a.size() - i] : 1;
    const int64_t right = i <= b.size() ? b[b.size() - i] : 1;
    if (left != right && left != 1 && right != 1)
      fail(ErrorCode::shape, where, "shapes ", to_string(a), " and ", to_string(b),
           " do not broadcast: sizes ", left, " and ", right, " differ at dimension ", rank - i);
    shape[rank - i] = left == 1 ? right : left;
  }
  return shape;
}

bool is_expandable(const Dims& from, const Dims& to) {
  if (from.size() > to.size()) return false;
  const int lead = to.size() - from.size();
  for (int i = 0; i < from.size(); ++i)
    if (from[i] != to[lead + i] && from[i] != 1) return false;
  return true;
}

bool compute_contiguous(const Dims& shape, const Dims& strides) {
  int64_t expected = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    if (shape[i] == 0) return true;
    if (shape[i] != 1 && strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

Tensor empty(const Dims& shape, DType dtype, Device device) {
  double count = 1;  // as a double it cannot overflow
  for (const int64_t size : shape) {
    if (size < 0)
      fail(ErrorCode::shape, "shape", "size ", size, " is negative (shape ", to_string(shape), ")");
    count *= static_cast<double>(size);
  }
  if (count > kMostElements)
    fail(ErrorCode::memory, "memory", "a tensor of shape ", to_string(shape), " has ", count,
         " elements, more than any memory holds, check the shape");
  Ref<TensorImpl> impl(new TensorImpl);
  impl->dtype = dtype;
  impl->shape = shape;
  impl->numel = numel_of(shape);
  impl->strides = contiguous_strides(shape);
  impl->storage = Storage::allocate(static_cast<size_t>(impl->numel) * size_of(dtype), device);
  return Tensor(std::move(impl));
}

Tensor empty_strided(const Dims& shape, const Dims& strides, DType dtype, Device device) {
  int64_t extent = numel_of(shape) > 0 ? 1 : 0;
  for (int d = 0; d < shape.size() && extent > 0; ++d) extent += (shape[d] - 1) * strides[d];
  return alias(empty({extent}, dtype, device), shape, strides, 0);
}

bool overlaps_itself(const Tensor& x) {
  for (int d = 0; d < x.rank(); ++d)
    if (x.strides()[d] == 0 && x.size(d) > 1) return true;
  return false;
}

bool is_dense(const Tensor& x) {
  if (x.is_contiguous()) return true;
  // Walks from the innermost dimension out: each must begin where the one before it ends.
  bool done[kMaxRank] = {};
  int64_t expected = 1;
  for (int left = x.rank(); left > 0; --left) {
    int next = -1;
    for (int d = 0; d < x.rank() && next < 0; ++d)
      if (!done[d] && (x.size(d) == 1 || x.strides()[d] == expected)) next = d;
    if (next < 0) return false;
    done[next] = true;
    expected *= x.size(next);
  }
  return true;
}

Tensor empty_like(const Tensor& x, DType dtype) {
  Tensor out = empty(x.shape(), dtype, x.device());
  if (!x.is_contiguous() && is_dense(x)) {
    out.impl()->strides = x.strides();
    out.impl()->contiguous = false;
  }
  return out;
}

Tensor alias(const Tensor& tensor, const Dims& shape, const Dims& strides, int64_t offset) {
  Ref<TensorImpl> impl(new TensorImpl);
  impl->dtype = tensor.dtype();
  impl->shape = shape;
  impl->strides = strides;
  impl->offset = offset;
  impl->numel = numel_of(shape);
  impl->contiguous = compute_contiguous(shape, strides);
  impl->storage = tensor.impl()->storage;
  return Tensor(std::move(impl));
}

Tensor detach(const Tensor& tensor) {
  return alias(tensor, tensor.shape(), tensor.strides(), tensor.impl()->offset);
}

void Tensor::set_requires_grad(bool value) const {
  if (value && !is_floating(dtype()))
    fail(ErrorCode::dtype, "requiresGrad", "only floating tensors can require gradients, got ",
         name_of(dtype()));
  if (!value && !is_leaf())
    fail(ErrorCode::gradient, "requiresGrad",
         "this tensor is the result of a recorded op, use detach() to cut it off");
  if (is_leaf()) impl_->requires_grad = value;
}

}  // namespace tape
