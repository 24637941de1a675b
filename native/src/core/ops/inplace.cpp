// Ops that write into a tensor. Each bumps the version, so that backward notices what it saved is gone.
#include "inplace_support.h"
#include "tape/random.h"

namespace tape {

namespace {

const char* inplace_name(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "add_";
    case BinaryOp::sub:
      return "sub_";
    case BinaryOp::mul:
      return "mul_";
    case BinaryOp::div:
      return "div_";
    default:
      fail(ErrorCode::internal, "binary_", "no in-place form");
  }
}

}  // namespace

void binary_(BinaryOp op, const Tensor& self, const Tensor& other_in) {
  if (autocast_promotes(self, other_in)) return binary_(op, self, to(other_in, self.dtype()));
  const char* name = inplace_name(op);
  check_inplace(name, self);
  check_same_dtype(name, self, other_in);
  check_numeric(name, self);
  if (op == BinaryOp::div) check_divisible(name, self);
  if (!is_expandable(other_in.shape(), self.shape()))
    fail(ErrorCode::shape, name, "cannot write a result of shape ", to_string(other_in.shape()), " into ",
         to_string(self.shape()), ", its shape must broadcast to the tensor's");
  const Tensor other = overlaps_differently(self, other_in) ? clone(other_in) : other_in;

  Ref<Node> node;
  switch (op) {
    case BinaryOp::add:
    case BinaryOp::sub:
      node = inplace_node(name, {&self, &other}, [op](const Backward& c) {
        if (c.wants(0)) c.give(0, c.grad());
        if (c.wants(1)) c.give(1, op == BinaryOp::add ? c.grad() : neg(c.grad()));
      });
      break;
    default: {
      // What the op overwrites is kept as a copy, only when the other operand's gradient needs it.
      node = inplace_node(name, {&self, &other}, [op](const Backward& c) {
        const Tensor b = c.saved(0);
        if (op == BinaryOp::mul) {
          if (c.wants(0)) c.give(0, mul(c.grad(), b));
          if (c.wants(1)) c.give(1, mul(c.grad(), c.saved(1)));
        } else {
          if (c.wants(0)) c.give(0, div(c.grad(), b));
          if (c.wants(1)) c.give(1, neg(div(div(mul(c.grad(), c.saved(1)), b), b)));
        }
      });
      if (node) {
        const bool same = self.impl()->storage == other.impl()->storage;
        node->save(same ? clone(other) : other);
        if (other.requires_grad()) node->save(clone(self));
      }
    }
  }
  const Dims strides = broadcast_strides(other, self.shape());
  kernels(self, other)
      .elementwise.binary(op, view_of(self), view_of(self),
                          {other.data(), other.dtype(), self.rank(), self.shape().data(), strides.data()});
  finish_inplace(self, node);
}

void binary_(BinaryOp op, const Tensor& self, double value) {
  const char* name = inplace_name(op);
  check_inplace(name, self);
  check_scalar(name, self, value);
  if (op == BinaryOp::div) check_divisible(name, self);
  Ref<Node> node = inplace_node(name, {&self}, [op, value](const Backward& c) {
    c.give(0, op == BinaryOp::mul   ? mul(c.grad(), value)
              : op == BinaryOp::div ? div(c.grad(), value)
                                    : c.grad());
  });
  Constant constant(compute_dtype(self.dtype()), value);
  kernels(self).elementwise.binary(op, view_of(self), view_of(self), constant.as(self.shape()));
  finish_inplace(self, node);
}

void copy_(const Tensor& self, const Tensor& source_in) {
  check_inplace("copy_", self);
  if (!is_expandable(source_in.shape(), self.shape()))
    fail(ErrorCode::shape, "copy_", "cannot copy shape ", to_string(source_in.shape()), " into ",
         to_string(self.shape()));
  const Tensor source = overlaps_differently(self, source_in) ? clone(source_in) : source_in;
  const DType from = source.dtype();
  Ref<Node> node = inplace_node("copy_", {&self, &source}, [from](const Backward& c) {
    if (c.wants(0)) c.give(0, full(c.grad().shape(), 0, c.grad().dtype(), c.grad().device()));
    if (c.wants(1)) c.give(1, to(c.grad(), from));
  });
  const Dims strides = broadcast_strides(source, self.shape());
  kernels(self, source)
      .elementwise.copy(view_of(self),
                        {source.data(), from, self.rank(), self.shape().data(), strides.data()});
  finish_inplace(self, node);
}

namespace {

/// History of an op that forgets what was there before.
Ref<Node> overwriting_node(const char* name, const Tensor& self) {
  return inplace_node(name, {&self}, [](const Backward& c) {
    c.give(0, full(c.grad().shape(), 0, c.grad().dtype(), c.grad().device()));
  });
}

/// What a random kernel can fill: the tensor itself, or a plain one to copy from.
Tensor random_target(const Tensor& self) {
  return self.is_contiguous() && !is_half(self.dtype())
             ? self
             : empty(self.shape(), compute_dtype(self.dtype()), self.device());
}

}  // namespace

void add_into(const Tensor& into, const Tensor& part) {
  kernels(into, part).elementwise.binary(BinaryOp::add, view_of(into), view_of(into), view_of(part));
}

void fill_(const Tensor& self, double value) {
  check_inplace("fill_", self);
  if (self.dtype() != DType::boolean) check_scalar("fill_", self, value);
  Ref<Node> node = overwriting_node("fill_", self);
  kernels(self).elementwise.fill(view_of(self), value);
  finish_inplace(self, node);
}

void uniform_(const Tensor& self, double low, double high) {
  check_inplace("uniform_", self);
  check_floating("uniform_", self);
  if (!(low <= high))
    fail(ErrorCode::value, "uniform_", "low must not exceed high, got ", low, " and ", high);
  Ref<Node> node = overwriting_node("uniform_", self);
  const Tensor target = random_target(self);
  kernels(target).random.uniform(target.data(), target.dtype(), self.numel(), reserve_random(self.numel()),
                                 low, high);
  if (target.ref() != self.ref()) kernels(self, target).elementwise.copy(view_of(self), view_of(target));
  finish_inplace(self, node);
}

void normal_(const Tensor& self, double mean, double std) {
  check_inplace("normal_", self);
  check_floating("normal_", self);
  if (!(std >= 0)) fail(ErrorCode::value, "normal_", "std must not be negative, got ", std);
  Ref<Node> node = overwriting_node("normal_", self);
  const Tensor target = random_target(self);
  kernels(target).random.normal(target.data(), target.dtype(), self.numel(), reserve_random(self.numel()),
                                mean, std);
  if (target.ref() != self.ref()) kernels(self, target).elementwise.copy(view_of(self), view_of(target));
  finish_inplace(self, node);
}

}  // namespace tape
