// Tensor: shared storage + offset + shape + strides, and what autograd knows about it.
#pragma once
#include <memory>
#include <vector>

#include "tape/device.h"
#include "tape/dims.h"
#include "tape/dtype.h"
#include "tape/memory.h"
#include "tape/pool.h"

namespace tape {

struct Node;
struct AccumulateGrad;
struct LeafHooks;
class Tensor;

struct TensorImpl final : Pooled {
  uint32_t refs = 0;
  DType dtype = DType::float32;
  bool requires_grad = false;  // set on leaves; results of recorded ops have grad_fn instead
  bool contiguous = true;
  bool viewed_without_grad = false;  // a view made inside noGrad cannot carry an in-place derivative
  bool retains_grad = false;         // a result whose gradient is kept in `grad`; known to grad_fn
  uint16_t output_nr = 0;            // which output of grad_fn this is
  uint32_t view_version = 0;         // storage version at which grad_fn of a view was made
  int64_t offset = 0;                // in elements
  int64_t numel = 0;
  Ref<Storage> storage;
  Ref<Node> grad_fn;
  Ref<TensorImpl> grad;
  Ref<TensorImpl> grad_room;              // of a leaf: where its optimizer wants the gradient to lie
  Ref<TensorImpl> base;                   // for a differentiable view: the tensor it looks into
  AccumulateGrad* accumulator = nullptr;  // not owned: the node owns the variable
  std::unique_ptr<LeafHooks> hooks;       // of a leaf; those of a result hang on its grad_fn
  Dims shape;
  Dims strides;

  TensorImpl();
  ~TensorImpl();
  void destroy();
};

/// Error(device): the op that is running works on the processor only.
[[noreturn]] void refuse_here(Device device);

/// A reference to a tensor; copying copies the reference.
class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(Ref<TensorImpl> impl) : impl_(std::move(impl)) {}

  bool defined() const { return static_cast<bool>(impl_); }
  TensorImpl* impl() const { return impl_.get(); }
  const Ref<TensorImpl>& ref() const { return impl_; }

  DType dtype() const { return impl_->dtype; }
  Device device() const { return impl_->storage->device; }
  const Dims& shape() const { return impl_->shape; }
  const Dims& strides() const { return impl_->strides; }
  int rank() const { return impl_->shape.size(); }
  int64_t size(int dim) const { return impl_->shape[dim < 0 ? dim + rank() : dim]; }
  int64_t numel() const { return impl_->numel; }
  bool is_contiguous() const { return impl_->contiguous; }
  size_t bytes() const { return static_cast<size_t>(numel()) * size_of(dtype()); }

  void* data() const {
    return static_cast<char*>(impl_->storage->data) + static_cast<size_t>(impl_->offset) * size_of(dtype());
  }
  /// Where its elements are, for kernels of its device: on another one than the processor not to be read
  /// here.
  template <class T>
  T* address() const {
    return static_cast<T*>(data());
  }
  /// Its elements, to be read or written here. Error(device) where they lie on another device.
  template <class T>
  T* data_as() const {
    if (device() != Device::cpu) [[unlikely]]
      refuse_here(device());
    return address<T>();
  }

  uint32_t version() const { return impl_->storage->version; }
  void bump_version() const { ++impl_->storage->version; }

  bool requires_grad() const { return impl_->requires_grad || impl_->grad_fn; }
  bool is_leaf() const { return !impl_->grad_fn; }
  /// Error when it is the result of a recorded op or not floating.
  void set_requires_grad(bool value) const;
  Tensor grad() const { return Tensor(impl_->grad); }
  void set_grad(const Tensor& grad) const { impl_->grad = grad.ref(); }

 private:
  Ref<TensorImpl> impl_;
};

/// Uninitialised, contiguous.
Tensor empty(const Dims& shape, DType dtype = DType::float32, Device device = Device::cpu);
/// Uninitialised, in `x`'s shape. Dimensions lie in memory in `x`'s order when `x` is dense, so that a
/// channels-last image stays one from op to op; otherwise contiguous.
Tensor empty_like(const Tensor& x, DType dtype);
inline Tensor empty_like(const Tensor& x) { return empty_like(x, x.dtype()); }
/// Uninitialised, with these strides and offset 0: memory up to the last element, gaps included.
Tensor empty_strided(const Dims& shape, const Dims& strides, DType dtype, Device device);
/// Several elements share memory: something is expanded.
bool overlaps_itself(const Tensor& x);
/// Its elements fill a block of memory exactly once, in any order of dimensions.
bool is_dense(const Tensor& x);
/// Another geometry over the same storage; carries no history.
Tensor alias(const Tensor& tensor, const Dims& shape, const Dims& strides, int64_t offset);
/// Same data, no history, shares the version counter.
Tensor detach(const Tensor& tensor);
bool compute_contiguous(const Dims& shape, const Dims& strides);

}  // namespace tape
