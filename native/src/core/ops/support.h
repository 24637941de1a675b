// Small helpers shared by the ops.
#pragma once
#include "tape/autograd.h"
#include "tape/dispatch.h"
#include "tape/journal.h"
#include "tape/ops.h"
#include "tape/precision.h"
#include "tape/profile.h"

namespace tape {

inline View view_of(const Tensor& tensor) {
  return {tensor.data(), tensor.dtype(), tensor.rank(), tensor.shape().data(), tensor.strides().data()};
}

/// Strides of `tensor` seen as `shape`: 0 where it is repeated.
inline Dims broadcast_strides(const Tensor& tensor, const Dims& shape) {
  Dims strides = Dims::filled(shape.size(), 0);
  const int lead = shape.size() - tensor.rank();
  for (int i = 0; i < tensor.rank(); ++i)
    strides[lead + i] = tensor.size(i) == 1 && shape[lead + i] != 1 ? 0 : tensor.strides()[i];
  return strides;
}

/// An operand repeated to `shape`; keeps what a kernel's view of it points to.
class Spread {
 public:
  Spread(const Tensor& tensor, const Dims& shape)
      : data_(tensor.data()),
        dtype_(tensor.dtype()),
        shape_(shape),
        strides_(broadcast_strides(tensor, shape)) {}
  View view() const { return {data_, dtype_, shape_.size(), shape_.data(), strides_.data()}; }

 private:
  void* data_;
  DType dtype_;
  Dims shape_, strides_;
};

/// Room for a result of `shape`, laid out as the operand that has that shape.
Tensor empty_for(const Dims& shape, const Tensor& a, const Tensor& b, DType dtype);

void check_floating(const char* where, const Tensor& tensor);
/// Of one dtype on one device.
void check_same_dtype(const char* where, const Tensor& a, const Tensor& b);
void check_same_device(const char* where, const Tensor& a, const Tensor& b);
/// Not bool.
void check_numeric(const char* where, const Tensor& tensor);
/// A number that the tensor's dtype can hold.
void check_scalar(const char* where, const Tensor& a, double value);
void check_divisible(const char* where, const Tensor& a);
/// gradient where output > 0, else 0. Writes into a gradient that is moved in and held by nobody else.
Tensor relu_backward(Tensor gradient, const Tensor& output);
/// Derivatives of tanh and sigmoid from their output, in the same way.
Tensor tanh_backward(Tensor gradient, const Tensor& output);
Tensor sigmoid_backward(Tensor gradient, const Tensor& output);
/// The caller's last reference to memory nobody else sees: the op may write its result there.
inline bool may_reuse(const Tensor& x) {
  const TensorImpl& impl = *x.impl();
  constexpr uint32_t watching = kJournal | kProfiling;  // what is seen then must be what happens without
  return (tape_mode & ~watching) == 0 && impl.refs == 1 && impl.storage->refs == 1 && !impl.storage->parent &&
         is_floating(x.dtype()) && !x.requires_grad() && is_dense(x);
}
/// into += part, seen by no tape: for what an op writes into memory of its own. `part` may be 16-bit.
void add_into(const Tensor& into, const Tensor& part);
/// `x` with its elements in memory as `strides` say, which a dense tensor of its shape has.
Tensor laid_out(const Tensor& x, const Dims& strides);

/// Storage for one element of any dtype, to hand a number to a binary kernel.
struct Constant {
  Constant(DType dtype, double value) : dtype(dtype) {
    visit_dtype(dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      *reinterpret_cast<T*>(bytes) = static_cast<T>(value);
    });
  }
  View as(const Dims& shape) {
    zeros = Dims::filled(shape.size(), 0);
    return {bytes, dtype, shape.size(), shape.data(), zeros.data(), true};
  }
  DType dtype;
  alignas(8) unsigned char bytes[8] = {};
  Dims zeros;
};

}  // namespace tape
