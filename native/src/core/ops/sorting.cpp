// Sorting: positions come from the kernel, values are gathered, so that gradients find their way back.
#include "support.h"

namespace tape {
namespace {

Tensor sorted_positions(const char* where, const Tensor& x_in, int64_t dim_in, int64_t take,
                        bool descending) {
  GradMode mode(false);
  const int dim = wrap_dim(where, dim_in, x_in.rank());
  const Tensor x = is_half(x_in.dtype()) ? to(x_in, DType::float32) : x_in;
  if (x.rank() == 0) return full({}, 0, DType::int64, x.device());
  const Tensor lines = contiguous(transpose(x, dim, -1));
  const int64_t cols = lines.size(-1), rows = cols > 0 ? lines.numel() / cols : 0;
  Dims shape = lines.shape();
  shape[lines.rank() - 1] = take;
  Tensor out = empty(shape, DType::int64, x.device());
  kernels(out, lines)
      .indexing.argsort(out.address<int64_t>(), lines.data(), lines.dtype(), rows, cols, take, descending);
  return contiguous(transpose(out, dim, -1));
}

int64_t length_along(const char* where, const Tensor& x, int64_t dim) {
  const int d = wrap_dim(where, dim, x.rank());
  return x.rank() == 0 ? 1 : x.size(d);
}

}  // namespace

Tensor argsort(const Tensor& x, int64_t dim, bool descending) {
  return sorted_positions("argsort", x, dim, length_along("argsort", x, dim), descending);
}

Sorted sort(const Tensor& x, int64_t dim, bool descending) {
  const Tensor indices = sorted_positions("sort", x, dim, length_along("sort", x, dim), descending);
  return {gather(x, dim, indices), indices};
}

Sorted topk(const Tensor& x, int64_t count, int64_t dim, bool largest) {
  const int64_t length = length_along("topk", x, dim);
  if (count < 0 || count > length)
    fail(ErrorCode::value, "topk", "k must be between 0 and ", length, ", got ", count, " (input ",
         to_string(x.shape()), ", dim ", dim, ")");
  if (x.rank() == 0) {
    if (count == 0) fail(ErrorCode::value, "topk", "k must be 1 for a scalar, got 0");
    return {reshape(x, {}), full({}, 0, DType::int64, x.device())};
  }
  const Tensor indices = sorted_positions("topk", x, dim, count, largest);
  return {gather(x, dim, indices), indices};
}

}  // namespace tape
