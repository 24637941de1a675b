// Dropout.
#include "support.h"
#include "tape/random.h"

namespace tape {

namespace {

/// Numbers go to elements in the order of memory, so that a channels-last image stays one.
Tensor dropout_with(const Tensor& x_in, const Dims& strides, double p, PhiloxState state) {
  if (any_half(x_in))
    return compute_in_float32([&](const Tensor& t) { return dropout_with(t, strides, p, state); }, x_in);
  const Tensor x = laid_out(x_in, strides);
  const Tensor out = empty_like(x);
  kernels(out, x).random.dropout(out.data(), x.data(), x.dtype(), x.numel(), state, p);
  // Linear in x: its derivative drops the same elements of the gradient.
  record(out, "dropout", {&x}, {},
         [strides, p, state](const Backward& b) { b.give(0, dropout_with(b.grad(), strides, p, state)); });
  return out;
}

}  // namespace

Tensor dropout(const Tensor& x, double p, bool training) {
  check_floating("dropout", x);
  if (!(p >= 0 && p <= 1)) fail(ErrorCode::value, "dropout", "p must be between 0 and 1, got ", p);
  if (!training || p == 0) return x;
  return dropout_with(x, is_dense(x) ? x.strides() : contiguous_strides(x.shape()), p,
                      reserve_random(x.numel()));
}

}  // namespace tape
