// Softmax over any dimension.
#include "support.h"

namespace tape {
namespace {

Tensor softmax_rows(const Tensor& x, bool log) {
  const int64_t cols = x.size(-1), rows = cols > 0 ? x.numel() / cols : 0;
  Tensor out = empty(x.shape(), x.dtype());
  kernels().softmax.softmax(out.data(), x.data(), x.dtype(), rows, cols, log);
  Node* node = record(out, log ? "logSoftmax" : "softmax", {&x}, {}, [log, rows, cols](const Backward& b) {
    const Tensor y = b.saved(0);
    if (grad_enabled()) {
      const Tensor total = sum(log ? b.grad() : mul(b.grad(), y), {-1}, true);
      return b.give(0, log ? sub(b.grad(), mul(exp(y), total)) : mul(y, sub(b.grad(), total)));
    }
    const Tensor gradient = contiguous(b.grad());
    Tensor result = empty(y.shape(), y.dtype());
    kernels().softmax.softmax_grad(result.data(), gradient.data(), y.data(), y.dtype(), rows, cols, log);
    b.give(0, result);
  });
  if (node) node->save_output(out);
  return out;
}

Tensor softmax_along(const char* where, const Tensor& x, int64_t dim_in, bool log) {
  check_floating(where, x);
  if (any_half(x))
    return autocast_float32([&](const Tensor& t) { return softmax_along(where, t, dim_in, log); }, x);
  const int dim = wrap_dim(where, dim_in, x.rank());
  if (x.rank() == 0) return reshape(softmax_rows(reshape(x, {1}), log), {});
  if (dim == x.rank() - 1) return softmax_rows(contiguous(x), log);
  return transpose(softmax_rows(contiguous(transpose(x, dim, -1)), log), dim, -1);
}

}  // namespace

Tensor softmax(const Tensor& x, int64_t dim) { return softmax_along("softmax", x, dim, false); }
Tensor log_softmax(const Tensor& x, int64_t dim) { return softmax_along("logSoftmax", x, dim, true); }

}  // namespace tape
