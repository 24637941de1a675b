// Picking and placing by index.
#include "support.h"

namespace tape {

namespace {

/// Zeros of `rows` rows with gradient[i] added to row index[i].
Tensor index_add(const Tensor& gradient_in, const Tensor& index, int64_t rows) {
  if (any_half(gradient_in))
    return compute_in_float32([&](const Tensor& t) { return index_add(t, index, rows); }, gradient_in);
  const Tensor gradient = contiguous(gradient_in);
  Dims shape = gradient.shape();
  shape[0] = rows;
  Tensor out = full(shape, 0, gradient.dtype());
  const int64_t count = index.numel();
  kernels().indexing.scatter_add_rows(out.data(), gradient.data(), index.data_as<int64_t>(), gradient.dtype(),
                                      count, count > 0 ? gradient.numel() / count : 0);
  record(out, "indexAdd", {&gradient}, {&index},
         [](const Backward& b) { b.give(0, index_select(b.grad(), 0, b.saved(0))); });
  return out;
}

}  // namespace

Tensor index_select(const Tensor& x_in, int64_t dim_in, const Tensor& index_in) {
  if (x_in.rank() == 0) fail(ErrorCode::shape, "indexSelect", "a scalar has no dimension to select from");
  const int dim = wrap_dim("indexSelect", dim_in, x_in.rank());
  if (index_in.dtype() != DType::int64 || index_in.rank() != 1)
    fail(ErrorCode::dtype, "indexSelect", "index must be a 1-d int64 tensor, got ", name_of(index_in.dtype()),
         " ", to_string(index_in.shape()));
  if (dim != 0) return transpose(index_select(transpose(x_in, 0, dim), 0, index_in), 0, dim);
  const Tensor x = contiguous(x_in), index = contiguous(index_in);
  Dims shape = x.shape();
  shape[0] = index.numel();
  const int64_t rows = x.size(0);
  int64_t row_size = 1;
  for (int d = 1; d < x.rank(); ++d) row_size *= x.size(d);
  Tensor out = empty(shape, x.dtype());
  const int64_t bad =
      kernels().indexing.gather_rows(out.data(), x.data(), index.data_as<int64_t>(), index.numel(), rows,
                                     row_size * static_cast<int64_t>(size_of(x.dtype())));
  if (bad >= 0)
    fail(ErrorCode::value, "indexSelect", "index ", index.data_as<int64_t>()[bad], " at position ", bad,
         " is outside 0..", rows - 1, " (input ", to_string(x_in.shape()), ", dim ", dim, ")");
  record(out, "indexSelect", {&x}, {&index},
         [rows](const Backward& b) { b.give(0, index_add(b.grad(), b.saved(0), rows)); });
  return out;
}

}  // namespace tape
