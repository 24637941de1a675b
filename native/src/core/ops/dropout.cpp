// Dropout.
#include "support.h"
#include "tape/random.h"

namespace tape {

namespace {

Tensor dropout_with(const Tensor& x_in, double p, PhiloxState state) {
  if (any_half(x_in))
    return compute_in_float32([&](const Tensor& t) { return dropout_with(t, p, state); }, x_in);
  const Tensor x = contiguous(x_in);
  Tensor out = empty(x.shape(), x.dtype());
  kernels().random.dropout(out.data(), x.data(), x.dtype(), x.numel(), state, p);
  // Linear in x: its derivative drops the same elements of the gradient.
  record(out, "dropout", {&x}, {},
         [p, state](const Backward& b) { b.give(0, dropout_with(b.grad(), p, state)); });
  return out;
}

}  // namespace

Tensor dropout(const Tensor& x, double p, bool training) {
  check_floating("dropout", x);
  if (!(p >= 0 && p <= 1)) fail(ErrorCode::value, "dropout", "p must be between 0 and 1, got ", p);
  if (!training || p == 0) return x;
  return dropout_with(x, p, reserve_random(x.numel()));
}

}  // namespace tape
