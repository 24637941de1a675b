// In-place forms that optimizers, moving averages and masks are written with.
#include "index_support.h"
#include "inplace_support.h"

namespace tape {
namespace {

void check_writes(const char* name, const Tensor& self, const Tensor& other) {
  check_same_dtype(name, self, other);
  if (!is_expandable(other.shape(), self.shape()))
    fail(ErrorCode::shape, name, "cannot write a result of shape ", to_string(other.shape()), " into ",
         to_string(self.shape()), ", its shape must broadcast to the tensor's");
}

/// `other`, or a copy when writing `self` would change it half way.
Tensor safe(const Tensor& self, const Tensor& other) {
  return overlaps_differently(self, other) ? clone(other) : other;
}

/// A copy when it lies where `self` is written: what backward needs must stay as it is.
Tensor to_save(const Tensor& self, const Tensor& other) {
  return self.impl()->storage == other.impl()->storage ? clone(other) : other;
}

/// Multiplies the gradient by a mask taken before the write.
Ref<Node> masked_node(const char* name, const Tensor& self, const Tensor& mask) {
  Ref<Node> node = inplace_node(
      name, {&self}, [](const Backward& b) { b.give(0, mul(b.grad(), to(b.saved(0), b.grad().dtype()))); });
  if (node) node->save(mask);
  return node;
}

}  // namespace

void clamp_(const Tensor& self, double low, double high) {
  check_inplace("clamp_", self);
  check_numeric("clamp_", self);
  Ref<Node> node;
  if (should_record({&self})) {
    const Tensor inside = logical_and(compare(CompareOp::ge, self, low), compare(CompareOp::le, self, high));
    node = masked_node("clamp_", self, inside);
  }
  kernels(self).math.clamp(view_of(self), view_of(self), low, high);
  finish_inplace(self, node);
}

void relu_(const Tensor& self) {
  check_inplace("relu_", self);
  check_numeric("relu_", self);
  Ref<Node> node;
  if (should_record({&self})) node = masked_node("relu_", self, compare(CompareOp::gt, self, 0));
  kernels(self).elementwise.unary(UnaryOp::relu, view_of(self), view_of(self), 0);
  finish_inplace(self, node);
}

void lerp_(const Tensor& self, const Tensor& end_in, double weight) {
  check_inplace("lerp_", self);
  check_floating("lerp_", self);
  check_writes("lerp_", self, end_in);
  const Tensor end = safe(self, end_in), factor = full({}, weight, self.dtype(), self.device());
  Ref<Node> node = inplace_node("lerp_", {&self, &end}, [weight](const Backward& b) {
    if (b.wants(0)) b.give(0, mul(b.grad(), 1 - weight));
    if (b.wants(1)) b.give(1, mul(b.grad(), weight));
  });
  kernels(self, end, factor)
      .math.ternary(TernaryOp::lerp, view_of(self), view_of(self), Spread(end, self.shape()).view(),
                    Spread(factor, self.shape()).view(), 0);
  finish_inplace(self, node);
}

void addcmul_(const Tensor& self, const Tensor& a_in, const Tensor& b_in, double value) {
  check_inplace("addcmul_", self);
  check_floating("addcmul_", self);
  check_writes("addcmul_", self, a_in);
  check_writes("addcmul_", self, b_in);
  const Tensor a = safe(self, a_in), b = safe(self, b_in);
  Ref<Node> node = inplace_node("addcmul_", {&self, &a, &b}, [value](const Backward& c) {
    if (c.wants(0)) c.give(0, c.grad());
    if (c.wants(1)) c.give(1, mul(mul(c.grad(), c.saved(1)), value));
    if (c.wants(2)) c.give(2, mul(mul(c.grad(), c.saved(0)), value));
  });
  if (node) node->save(to_save(self, a)), node->save(to_save(self, b));
  kernels(self, a, b)
      .math.ternary(TernaryOp::addcmul, view_of(self), view_of(self), Spread(a, self.shape()).view(),
                    Spread(b, self.shape()).view(), value);
  finish_inplace(self, node);
}

void addcdiv_(const Tensor& self, const Tensor& a_in, const Tensor& b_in, double value) {
  check_inplace("addcdiv_", self);
  check_floating("addcdiv_", self);
  check_writes("addcdiv_", self, a_in);
  check_writes("addcdiv_", self, b_in);
  const Tensor a = safe(self, a_in), b = safe(self, b_in);
  Ref<Node> node = inplace_node("addcdiv_", {&self, &a, &b}, [value](const Backward& c) {
    const Tensor divisor = c.saved(1);
    if (c.wants(0)) c.give(0, c.grad());
    if (c.wants(1)) c.give(1, mul(div(c.grad(), divisor), value));
    if (c.wants(2)) c.give(2, mul(div(div(mul(c.grad(), c.saved(0)), divisor), divisor), -value));
  });
  if (node) node->save(to_save(self, a)), node->save(to_save(self, b));
  kernels(self, a, b)
      .math.ternary(TernaryOp::addcdiv, view_of(self), view_of(self), Spread(a, self.shape()).view(),
                    Spread(b, self.shape()).view(), value);
  finish_inplace(self, node);
}

void masked_fill_(const Tensor& self, const Tensor& mask_in, double value) {
  check_inplace("maskedFill_", self);
  if (mask_in.dtype() != DType::boolean)
    fail(ErrorCode::dtype, "maskedFill_", "the mask must be bool, got ", name_of(mask_in.dtype()),
         ", compare it first");
  if (self.dtype() != DType::boolean) check_scalar("maskedFill_", self, value);
  if (!is_expandable(mask_in.shape(), self.shape()))
    fail(ErrorCode::shape, "maskedFill_", "the mask ", to_string(mask_in.shape()), " does not broadcast to ",
         to_string(self.shape()));
  const Tensor mask = safe(self, mask_in);
  Ref<Node> node = inplace_node("maskedFill_", {&self},
                                [](const Backward& b) { b.give(0, masked_fill(b.grad(), b.saved(0), 0)); });
  if (node) node->save(mask);
  const Tensor constant = full({}, value, self.dtype(), self.device());
  kernels(self, mask)
      .elementwise.where(view_of(self), Spread(mask, self.shape()).view(),
                         Spread(constant, self.shape()).view(), view_of(self));
  finish_inplace(self, node);
}

void index_add_(const Tensor& self, int64_t dim_in, const Tensor& index_in, const Tensor& source_in) {
  if (is_half(self.dtype())) return copy_(self, index_add(self, dim_in, index_in, source_in));
  check_inplace("indexAdd_", self);
  const int dim = wrap_dim("indexAdd_", dim_in, self.rank());
  check_index_add("indexAdd_", self, dim, index_in, source_in);
  const Tensor index = contiguous(index_in);
  Tensor source;
  {
    GradMode mode(false);
    source = contiguous(safe(self, source_in));
  }
  Ref<Node> node = inplace_node("indexAdd_", {&self, &source_in}, [dim](const Backward& b) {
    if (b.wants(0)) b.give(0, b.grad());
    if (b.wants(1)) b.give(1, index_select(b.grad(), dim, b.saved(0)));
  });
  if (node) node->save(index);
  GradMode mode(false);
  const Tensor target = contiguous(self);
  add_slices("indexAdd_", target, dim, index, source);
  if (!self.is_contiguous()) kernels(self, target).elementwise.copy(view_of(self), view_of(target));
  finish_inplace(self, node);
}

void scatter_add_(const Tensor& self, int64_t dim_in, const Tensor& index_in, const Tensor& source_in) {
  if (is_half(self.dtype())) return copy_(self, scatter_add(self, dim_in, index_in, source_in));
  check_inplace("scatterAdd_", self);
  check_numeric("scatterAdd_", self);
  if (self.rank() == 0) fail(ErrorCode::shape, "scatterAdd_", "a scalar has no dimension to scatter along");
  const int dim = wrap_dim("scatterAdd_", dim_in, self.rank());
  check_scatter("scatterAdd_", self, dim, index_in, source_in);
  const Tensor index = contiguous(index_in), source = safe(self, source_in);
  Ref<Node> node = inplace_node("scatterAdd_", {&self, &source}, [dim](const Backward& b) {
    if (b.wants(0)) b.give(0, b.grad());
    if (b.wants(1)) b.give(1, gather(b.grad(), dim, b.saved(0)));
  });
  if (node) node->save(index);
  scatter_into("scatterAdd_", self, dim, index, source, true);
  finish_inplace(self, node);
}

}  // namespace tape
