// Softmax over any dimension.
#include "support.h"

namespace tape {
namespace {

Tensor softmax_along(const char* name, const Tensor& x_in, int64_t dim_in, bool log) {
  check_floating(name, x_in);
  if (any_half(x_in))
    return autocast_float32([&](const Tensor& x) { return softmax_along(name, x, dim_in, log); }, x_in);
  const int dim = wrap_dim(name, dim_in, x_in.rank());
  const Tensor x = contiguous(x_in);
  SoftmaxShape shape{1, x.rank() > 0 ? x.size(dim) : 1, 1};
  for (int d = 0; d < x.rank(); ++d) (d < dim ? shape.outer : shape.inner) *= d == dim ? 1 : x.size(d);
  Tensor out = empty(x.shape(), x.dtype(), x.device());
  if (x.numel() > 0) kernels(out, x).softmax.softmax(out.data(), x.data(), x.dtype(), shape, log);
  Node* node = record(out, name, {&x}, {}, [log, dim, shape](const Backward& b) {
    const Tensor y = b.saved(0);
    if (grad_enabled()) {
      const Dims along = y.rank() > 0 ? Dims{dim} : Dims{};
      const Tensor total = sum(log ? b.grad() : mul(b.grad(), y), along, true);
      return b.give(0, log ? sub(b.grad(), mul(exp(y), total)) : mul(y, sub(b.grad(), total)));
    }
    const Tensor gradient = contiguous(b.grad());
    Tensor result = empty(y.shape(), y.dtype(), y.device());
    if (y.numel() > 0)
      kernels(result, gradient, y)
          .softmax.softmax_grad(result.data(), gradient.data(), y.data(), y.dtype(), shape, log);
    b.give(0, result);
  });
  if (node) node->save_output(out);
  return out;
}

}  // namespace

Tensor softmax(const Tensor& x, int64_t dim) { return softmax_along("softmax", x, dim, false); }
Tensor log_softmax(const Tensor& x, int64_t dim) { return softmax_along("logSoftmax", x, dim, true); }

}  // namespace tape
