// Rearranging: repeating, turning, cutting triangles, and the views that go with it.
#include <algorithm>

#include "view_support.h"

namespace tape {

// ---- repeating ------------------------------------------------------------------------------------

Tensor repeat(const Tensor& x, const Dims& counts) {
  const int lead = counts.size() - x.rank();
  if (lead < 0)
    fail(ErrorCode::shape, "repeat", "needs a count for each of the ", x.rank(), " dimensions of ",
         to_string(x.shape()), ", got ", counts.size());
  for (int64_t count : counts)
    if (count < 0) fail(ErrorCode::value, "repeat", "count ", count, " is negative");
  Dims shape = Dims::filled(lead, 1);
  for (int64_t size : x.shape()) shape.push_back(size);
  Tensor result = reshape(x, shape);
  // One dimension at a time, as [outer, count, size * inner]: any rank will do.
  for (int d = counts.size() - 1; d >= 0; --d) {
    if (counts[d] == 1) continue;
    int64_t outer = 1, inner = 1;
    for (int i = 0; i < d; ++i) outer *= shape[i];
    for (int i = d; i < shape.size(); ++i) inner *= shape[i];
    shape[d] *= counts[d];
    result = reshape(expand(reshape(result, {outer, 1, inner}), {outer, counts[d], inner}), shape);
  }
  return result;
}

Tensor tile(const Tensor& x, const Dims& counts) {
  Dims all = Dims::filled(std::max(0, x.rank() - counts.size()), 1);
  for (int64_t count : counts) all.push_back(count);
  return repeat(x, all);
}

// ---- turning --------------------------------------------------------------------------------------

Tensor flip(const Tensor& x, const Dims& dims) {
  Dims strides = x.strides();
  bool seen[kMaxRank] = {};
  int64_t start = 0;
  for (int64_t dim : dims) {
    const int d = wrap_dim("flip", dim, x.rank());
    if (seen[d]) fail(ErrorCode::value, "flip", "dimension ", d, " appears twice");
    seen[d] = true;
    if (x.rank() == 0 || x.numel() == 0) continue;
    start += (x.size(d) - 1) * x.strides()[d];
    strides[d] = -x.strides()[d];
  }
  Tensor out = empty_like(x);
  char* last = static_cast<char*>(x.data()) + start * static_cast<int64_t>(size_of(x.dtype()));
  kernels(out, x).elementwise.copy(view_of(out),
                                   {last, x.dtype(), x.rank(), x.shape().data(), strides.data()});
  record(out, "flip", {&x}, {}, [dims](const Backward& b) { b.give(0, flip(b.grad(), dims)); });
  return out;
}

Tensor roll(const Tensor& x, const Dims& shifts, const Dims& dims) {
  if (dims.empty() && shifts.size() == 1) return reshape(roll(reshape(x, {-1}), shifts, {0}), x.shape());
  if (shifts.size() != dims.size())
    fail(ErrorCode::value, "roll", "needs a shift for each dimension, got ", shifts.size(), " shifts and ",
         dims.size(), " dims");
  Tensor result = x;
  for (int i = 0; i < dims.size(); ++i) {
    const int d = wrap_dim("roll", dims[i], x.rank());
    const int64_t size = x.rank() == 0 ? 0 : x.size(d);
    const int64_t shift = size > 0 ? (shifts[i] % size + size) % size : 0;
    if (shift != 0)
      result = cat({narrow(result, d, size - shift, shift), narrow(result, d, 0, size - shift)}, d);
  }
  return result;
}

namespace {

Tensor triangle(const char* name, const Tensor& x, int64_t diagonal, bool lower) {
  if (x.rank() < 2)
    fail(ErrorCode::shape, name, "needs a matrix or a batch of them, got ", to_string(x.shape()));
  const int64_t rows = x.size(-2), cols = x.size(-1);
  Tensor keep = empty({rows, cols}, DType::boolean);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c)
      keep.data_as<bool>()[r * cols + c] = lower ? c - r <= diagonal : c - r >= diagonal;
  keep = to(keep, x.device());
  if (x.dtype() == DType::boolean) return where(keep, x, full({}, 0, x.dtype(), x.device()));
  return where(keep, x, 0.0);
}

}  // namespace

Tensor tril(const Tensor& x, int64_t diagonal) { return triangle("tril", x, diagonal, true); }
Tensor triu(const Tensor& x, int64_t diagonal) { return triangle("triu", x, diagonal, false); }

// ---- views ----------------------------------------------------------------------------------------

Tensor diagonal(const Tensor& x, int64_t offset, int64_t a_in, int64_t b_in) {
  if (x.rank() < 2)
    fail(ErrorCode::shape, "diagonal", "needs a matrix or a batch of them, got ", to_string(x.shape()));
  const int a = wrap_dim("diagonal", a_in, x.rank()), b = wrap_dim("diagonal", b_in, x.rank());
  if (a == b) fail(ErrorCode::value, "diagonal", "needs two different dimensions, got ", a, " twice");
  const int64_t down = offset < 0 ? -offset : 0, right = offset > 0 ? offset : 0;
  const int64_t length = std::max<int64_t>(0, std::min(x.size(a) - down, x.size(b) - right));
  Dims shape = x.shape(), strides = x.strides();
  const int64_t start = length > 0 ? down * strides[a] + right * strides[b] : 0;
  const int64_t step = strides[a] + strides[b];
  for (int d : {std::max(a, b), std::min(a, b)}) {
    shape.erase(d);
    strides.erase(d);
  }
  shape.push_back(length);
  strides.push_back(step);
  return make_view(
      "diagonal", x, shape, strides, x.impl()->offset + start,
      [offset, a, b, before = x.shape()](const Backward& c) {
        c.give(0, embed(c.grad(), before, [&](const Tensor& w) { return diagonal(w, offset, a, b); }));
      });
}

Tensor movedim(const Tensor& x, const Dims& from, const Dims& to) {
  if (from.size() != to.size())
    fail(ErrorCode::value, "movedim", "needs as many places as dimensions, got ", from.size(), " and ",
         to.size());
  int source_at[kMaxRank];
  bool moved[kMaxRank] = {};
  std::fill(source_at, source_at + kMaxRank, -1);
  for (int i = 0; i < from.size(); ++i) {
    const int source = wrap_dim("movedim", from[i], x.rank()), target = wrap_dim("movedim", to[i], x.rank());
    if (moved[source] || source_at[target] >= 0)
      fail(ErrorCode::value, "movedim", "dimension ", moved[source] ? source : target, " appears twice");
    moved[source] = true;
    source_at[target] = source;
  }
  Dims order;
  int next = 0;
  for (int d = 0; d < x.rank(); ++d) {
    if (source_at[d] >= 0) {
      order.push_back(source_at[d]);
      continue;
    }
    while (moved[next]) ++next;
    order.push_back(next++);
  }
  return permute(x, order);
}

Tensor unflatten(const Tensor& x, int64_t dim_in, const Dims& sizes) {
  if (x.rank() == 0) fail(ErrorCode::shape, "unflatten", "a scalar has no dimension to take apart");
  const int dim = wrap_dim("unflatten", dim_in, x.rank());
  int64_t known = 1;
  int missing = 0;
  for (int64_t size : sizes) {
    missing += size == -1;
    if (size != -1) known *= size;
  }
  const bool fits =
      missing == 0 ? known == x.size(dim) : missing == 1 && known > 0 && x.size(dim) % known == 0;
  if (!fits)
    fail(ErrorCode::shape, "unflatten", "cannot make ", to_string(sizes), " of dimension ", dim, " of ",
         to_string(x.shape()));
  Dims shape;
  for (int d = 0; d < x.rank(); ++d) {
    if (d != dim)
      shape.push_back(x.size(d));
    else
      for (int64_t size : sizes) shape.push_back(size == -1 ? x.size(dim) / known : size);
  }
  return reshape(x, shape);
}

namespace {

/// Windows added up where they overlap: the adjoint of unfold.
Tensor fold_windows(const Tensor& windows, const Dims& shape, int dim, int64_t step) {
  Tensor out = full(shape, 0, windows.dtype(), windows.device());
  {
    GradMode mode(false);
    const int64_t count = windows.size(dim), size = windows.size(-1);
    Dims line = shape, strides = out.strides();
    line[dim] = count;
    strides[dim] *= step;
    for (int64_t k = 0; k < size; ++k)
      binary_(BinaryOp::add, as_strided(out, line, strides, k * out.strides()[dim]), select(windows, -1, k));
  }
  record(out, "fold", {&windows}, {}, [dim, step, size = windows.size(-1)](const Backward& b) {
    b.give(0, unfold(b.grad(), dim, size, step));
  });
  return out;
}

}  // namespace

Tensor unfold(const Tensor& x, int64_t dim_in, int64_t size, int64_t step) {
  if (x.rank() == 0) fail(ErrorCode::shape, "unfold", "a scalar has no dimension to take windows of");
  const int dim = wrap_dim("unfold", dim_in, x.rank());
  if (size < 1 || size > x.size(dim) || step < 1)
    fail(ErrorCode::value, "unfold", "windows of ", size, ", ", step, " apart, do not fit dimension ", dim,
         " of ", to_string(x.shape()));
  Dims shape = x.shape(), strides = x.strides();
  shape[dim] = (x.size(dim) - size) / step + 1;
  strides.push_back(x.strides()[dim]);
  strides[dim] = x.strides()[dim] * step;
  shape.push_back(size);
  return make_view("unfold", x, shape, strides, x.impl()->offset,
                   [dim, step, before = x.shape()](const Backward& b) {
                     b.give(0, fold_windows(b.grad(), before, dim, step));
                   });
}

}  // namespace tape
