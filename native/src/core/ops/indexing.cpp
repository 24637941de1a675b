// Picking and placing by index.
#include <vector>

#include "index_support.h"
#include "tape/precision.h"

namespace tape {

void check_index(const char* where, const Tensor& index) {
  if (index.dtype() != DType::int64)
    fail(ErrorCode::dtype, where, "index must be an int64 tensor, got ", name_of(index.dtype()), " ",
         to_string(index.shape()), ", convert it with to('int64')");
}

void check_index_1d(const char* where, const Tensor& index) {
  if (index.dtype() != DType::int64 || index.rank() != 1)
    fail(ErrorCode::dtype, where, "index must be a 1-d int64 tensor, got ", name_of(index.dtype()), " ",
         to_string(index.shape()));
}

void fail_index(const char* where, const Tensor& index, int64_t bad, const Tensor& x, int dim) {
  fail(ErrorCode::value, where, "index ", index.data_as<int64_t>()[bad], " at position ", bad,
       " is outside 0..", (x.rank() == 0 ? 1 : x.size(dim)) - 1, " (input ", to_string(x.shape()), ", dim ",
       dim, ")");
}

namespace {

struct Slices {
  int64_t outer = 1, count = 1, inner = 1;
  Slices(const Dims& shape, int dim) {
    for (int d = 0; d < shape.size(); ++d) (d < dim ? outer : d == dim ? count : inner) *= shape[d];
  }
};

char* bytes_at(const Tensor& x, int64_t element) {
  return static_cast<char*>(x.data()) + element * static_cast<int64_t>(size_of(x.dtype()));
}

}  // namespace

// ---- slices along one dimension -------------------------------------------------------------------

Tensor index_select(const Tensor& x_in, int64_t dim_in, const Tensor& index_in) {
  if (x_in.rank() == 0) fail(ErrorCode::shape, "indexSelect", "a scalar has no dimension to select from");
  const int dim = wrap_dim("indexSelect", dim_in, x_in.rank());
  check_index_1d("indexSelect", index_in);
  const Tensor x = contiguous(x_in), index = contiguous(index_in);
  Dims shape = x.shape();
  shape[dim] = index.numel();
  Tensor out = empty(shape, x.dtype(), x.device());
  const Slices in(x.shape(), dim);
  const int64_t bytes = in.inner * static_cast<int64_t>(size_of(x.dtype()));
  for (int64_t o = 0; o < in.outer; ++o) {
    const int64_t bad = kernels(out, x, index)
                            .indexing.gather_rows(bytes_at(out, o * index.numel() * in.inner),
                                                  bytes_at(x, o * in.count * in.inner),
                                                  index.address<int64_t>(), index.numel(), in.count, bytes);
    if (bad >= 0) fail_index("indexSelect", index, bad, x, dim);
  }
  record(out, "indexSelect", {&x}, {&index}, [dim, before = x.shape()](const Backward& b) {
    b.give(0, index_add(full(before, 0, b.grad().dtype(), b.grad().device()), dim, b.saved(0), b.grad()));
  });
  return out;
}

void check_index_add(const char* where, const Tensor& x, int dim, const Tensor& index, const Tensor& source) {
  check_floating(where, x);
  check_same_dtype(where, x, source);
  check_index_1d(where, index);
  Dims expected = x.shape();
  if (x.rank() > 0) expected[dim] = index.numel();
  if (x.rank() == 0 || source.shape() != expected)
    fail(ErrorCode::shape, where, "source must be ", to_string(expected), ", got ", to_string(source.shape()),
         " (input ", to_string(x.shape()), ", ", index.numel(), " indices along dim ", dim, ")");
}

void add_slices(const char* where, const Tensor& out, int dim, const Tensor& index, const Tensor& source) {
  const Slices to(out.shape(), dim);
  const int64_t count = index.numel();
  // Elsewhere the kernel looks at them itself.
  for (int64_t i = 0; i < count && index.device() == Device::cpu; ++i)
    if (const int64_t at = index.data_as<int64_t>()[i]; at < 0 || at >= to.count)
      fail_index(where, index, i, out, dim);
  for (int64_t o = 0; o < to.outer; ++o)
    kernels(out, source, index)
        .indexing.scatter_add_rows(bytes_at(out, o * to.count * to.inner),
                                   bytes_at(source, o * count * to.inner), index.address<int64_t>(),
                                   out.dtype(), count, to.count, to.inner);
}

Tensor index_add(const Tensor& x, int64_t dim_in, const Tensor& index_in, const Tensor& source) {
  if (any_half(x, source))
    return compute_in_float32(
        [&](const Tensor& a, const Tensor& b) { return index_add(a, dim_in, index_in, b); }, x, source);
  const int dim = wrap_dim("indexAdd", dim_in, x.rank());
  check_index_add("indexAdd", x, dim, index_in, source);
  const Tensor index = contiguous(index_in);
  Tensor out;
  {
    GradMode mode(false);
    out = clone(x);
    add_slices("indexAdd", out, dim, index, contiguous(source));
  }
  record(out, "indexAdd", {&x, &source}, {&index}, [dim](const Backward& b) {
    if (b.wants(0)) b.give(0, b.grad());
    if (b.wants(1)) b.give(1, index_select(b.grad(), dim, b.saved(0)));
  });
  return out;
}

// ---- an index for each element --------------------------------------------------------------------

namespace {

/// Same rank, and no larger than x in the other dimensions.
void check_fits(const char* where, const Tensor& x, int dim, const Tensor& index) {
  bool fits = index.rank() == x.rank();
  for (int d = 0; d < x.rank() && fits; ++d) fits = d == dim || index.size(d) <= x.size(d);
  if (!fits)
    fail(ErrorCode::shape, where, "index ", to_string(index.shape()), " does not fit ", to_string(x.shape()),
         ": the same number of dimensions, no larger except along dim ", dim);
}

}  // namespace

Tensor gather(const Tensor& x, int64_t dim_in, const Tensor& index_in) {
  const int dim = wrap_dim("gather", dim_in, x.rank());
  check_index("gather", index_in);
  check_fits("gather", x, dim, index_in);
  if (x.rank() == 0) return reshape(gather(reshape(x, {1}), 0, reshape(index_in, {1})), {});
  const Tensor index = contiguous(index_in);
  Tensor out = empty(index.shape(), x.dtype(), x.device());
  const int64_t bad =
      kernels(out, x, index).indexing.gather(view_of(out), view_of(x), index.address<int64_t>(), dim);
  if (bad >= 0) fail_index("gather", index, bad, x, dim);
  record(out, "gather", {&x}, {&index}, [dim, before = x.shape()](const Backward& b) {
    b.give(0, scatter_add(full(before, 0, b.grad().dtype(), b.grad().device()), dim, b.saved(0), b.grad()));
  });
  return out;
}

Tensor take_along_dim(const Tensor& x, const Tensor& index, int64_t dim_in) {
  check_index("takeAlongDim", index);
  if (index.rank() != x.rank() || x.rank() == 0)
    fail(ErrorCode::shape, "takeAlongDim", "input and index must have the same number of dimensions, got ",
         to_string(x.shape()), " and ", to_string(index.shape()));
  const int dim = wrap_dim("takeAlongDim", dim_in, x.rank());
  Dims of_x, of_index;
  for (int d = 0; d < x.rank(); ++d) {
    of_x.push_back(d == dim ? 1 : x.size(d));
    of_index.push_back(d == dim ? 1 : index.size(d));
  }
  const Dims shape = broadcast_shapes("takeAlongDim", of_x, of_index);
  Dims wide_x, wide_index;
  for (int d = 0; d < x.rank(); ++d) {
    wide_x.push_back(d == dim ? x.size(d) : shape[d]);
    wide_index.push_back(d == dim ? index.size(d) : shape[d]);
  }
  return gather(expand(x, wide_x), dim, expand(index, wide_index));
}

void scatter_into(const char* where, const Tensor& out, int dim, const Tensor& index, const Tensor& source,
                  bool add) {
  const int64_t bad =
      kernels(out, source, index)
          .indexing.scatter(view_of(out), view_of(source), index.address<int64_t>(), dim, add);
  if (bad >= 0) fail_index(where, index, bad, out, dim);
}

void check_scatter(const char* where, const Tensor& x, int dim, const Tensor& index, const Tensor& source) {
  check_index(where, index);
  check_fits(where, x, dim, index);
  check_same_dtype(where, x, source);
  if (source.shape() != index.shape())
    fail(ErrorCode::shape, where, "source must have the shape of index, got ", to_string(source.shape()),
         " and ", to_string(index.shape()));
}

namespace {

Tensor scattered(const char* where, const Tensor& x, int64_t dim_in, const Tensor& index_in,
                 const Tensor& source, bool add) {
  const int dim = wrap_dim(where, dim_in, x.rank());
  check_scatter(where, x, dim, index_in, source);
  if (x.rank() == 0)
    return reshape(scattered(where, reshape(x, {1}), 0, reshape(index_in, {1}), reshape(source, {1}), add),
                   {});
  const Tensor index = contiguous(index_in);
  Tensor out;
  {
    GradMode mode(false);
    out = clone(x);
  }
  scatter_into(where, out, dim, index, source, add);
  record(out, where, {&x, &source}, {&index}, [dim, add](const Backward& b) {
    const Tensor index = b.saved(0);
    if (b.wants(0)) b.give(0, add ? b.grad() : scatter(b.grad(), dim, index, 0));
    if (b.wants(1)) b.give(1, gather(b.grad(), dim, index));
  });
  return out;
}

}  // namespace

Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source) {
  return scattered("scatter", x, dim, index, source, false);
}
Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, double value) {
  if (x.dtype() != DType::boolean) check_scalar("scatter", x, value);
  return scattered("scatter", x, dim, index, expand(full({}, value, x.dtype(), x.device()), index.shape()),
                   false);
}
Tensor scatter_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source) {
  check_numeric("scatterAdd", x);
  if (any_half(x, source))
    return compute_in_float32([&](const Tensor& a, const Tensor& b) { return scatter_add(a, dim, index, b); },
                              x, source);
  return scattered("scatterAdd", x, dim, index, source, true);
}

// ---- by truth -------------------------------------------------------------------------------------

namespace {

/// Flat positions, in order, of the true elements of `mask`. How many there are is known on the processor
/// only.
Tensor positions_of(const Tensor& mask_in) {
  const Tensor mask = to(contiguous(mask_in), Device::cpu);
  const bool* flags = mask.data_as<bool>();
  std::vector<int64_t> found;
  for (int64_t i = 0; i < mask.numel(); ++i)
    if (flags[i]) found.push_back(i);
  Tensor out = empty({static_cast<int64_t>(found.size())}, DType::int64);
  std::copy(found.begin(), found.end(), out.data_as<int64_t>());
  return to(out, mask_in.device());
}

}  // namespace

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  if (mask.dtype() != DType::boolean)
    fail(ErrorCode::dtype, "maskedSelect", "the mask must be bool, got ", name_of(mask.dtype()),
         ", compare it first");
  const Dims shape = broadcast_shapes("maskedSelect", x.shape(), mask.shape());
  return index_select(reshape(expand(x, shape), {-1}), 0, positions_of(expand(mask, shape)));
}

Tensor nonzero(const Tensor& x) {
  GradMode mode(false);
  const Tensor flat =
      to(positions_of(x.dtype() == DType::boolean ? x : compare(CompareOp::ne, x, 0)), Device::cpu);
  Tensor out = empty({flat.numel(), x.rank()}, DType::int64);
  for (int64_t i = 0; i < flat.numel(); ++i) {
    int64_t rest = flat.data_as<int64_t>()[i];
    for (int d = x.rank() - 1; d >= 0; --d) {
      out.data_as<int64_t>()[i * x.rank() + d] = rest % x.size(d);
      rest /= x.size(d);
    }
  }
  return to(out, x.device());
}

Tensor one_hot(const Tensor& index_in, int64_t classes) {
  check_index("oneHot", index_in);
  const Tensor index = to(contiguous(index_in), Device::cpu);
  const int64_t* values = index.data_as<int64_t>();
  if (classes == -1) {
    if (index.numel() == 0)
      fail(ErrorCode::value, "oneHot", "an empty index does not tell the number of classes, pass it");
    for (int64_t i = 0; i < index.numel(); ++i) classes = std::max(classes, values[i] + 1);
  }
  if (classes <= 0) fail(ErrorCode::value, "oneHot", "the number of classes must be positive, got ", classes);
  Dims shape = index.shape();
  shape.push_back(classes);
  Tensor out = full(shape, 0, DType::int64);
  for (int64_t i = 0; i < index.numel(); ++i) {
    if (values[i] < 0 || values[i] >= classes)
      fail(ErrorCode::value, "oneHot", "class ", values[i], " at position ", i, " is outside 0..",
           classes - 1);
    out.data_as<int64_t>()[i * classes + values[i]] = 1;
  }
  return to(out, index_in.device());
}

}  // namespace tape
