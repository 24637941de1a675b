// Views: another geometry over the same memory. And the copies that stand in where none exists.
#include "../device/device_memory.h"
#include "view_support.h"

namespace tape {
namespace {

/// Replaces one -1 by what is left over; errors when the sizes do not multiply to numel.
Dims complete_shape(const char* where, const Tensor& x, Dims shape) {
  int missing = -1;
  int64_t known = 1;
  for (int i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1) {
      if (missing >= 0) fail(ErrorCode::shape, where, "only one size may be -1");
      missing = i;
    } else if (shape[i] < 0) {
      fail(ErrorCode::shape, where, "size ", shape[i], " at dimension ", i, " is negative");
    } else {
      known *= shape[i];
    }
  }
  if (missing >= 0) shape[missing] = known > 0 && x.numel() % known == 0 ? x.numel() / known : 0;
  if (numel_of(shape) != x.numel() || (missing >= 0 && known == 0)) {
    if (missing >= 0) shape[missing] = -1;
    fail(ErrorCode::shape, where, "cannot make ", to_string(shape), " of ", to_string(x.shape()),
         ", which has ", x.numel(), " elements");
  }
  return shape;
}

/// Strides of `shape` over the same memory; false when a copy is needed.
bool view_strides(const Tensor& x, const Dims& shape, Dims& strides) {
  strides = contiguous_strides(shape);
  if (x.is_contiguous() || x.numel() == 0) return true;
  // From the last dimension on, old dimensions are gathered into runs that lie together in memory;
  // each run must be cut exactly by a run of new dimensions.
  int to = shape.size() - 1;
  int64_t base = x.strides().back();  // stride of the run's last element
  int64_t old_run = 1, new_run = 1;
  for (int from = x.rank() - 1; from >= 0; --from) {
    old_run *= x.size(from);
    const bool ends = from == 0 || (x.size(from - 1) != 1 && x.strides()[from - 1] != old_run * base);
    if (!ends) continue;
    while (to >= 0 && (new_run < old_run || shape[to] == 1)) {
      strides[to] = new_run * base;
      new_run *= shape[to--];
    }
    if (new_run != old_run) return false;
    if (from > 0) {
      base = x.strides()[from - 1];
      old_run = new_run = 1;
    }
  }
  return to == -1;
}

Tensor reshaped_view(const char* name, const Tensor& x, const Dims& shape, const Dims& strides) {
  return make_view(name, x, shape, strides, x.impl()->offset,
                   [before = x.shape()](const Backward& b) { b.give(0, reshape(b.grad(), before)); });
}

}  // namespace

Tensor reshape(const Tensor& x, const Dims& wanted) {
  const Dims shape = complete_shape("reshape", x, wanted);
  Dims strides;
  if (view_strides(x, shape, strides)) return reshaped_view("reshape", x, shape, strides);
  return reshaped_view("reshape", clone(x), shape, contiguous_strides(shape));
}

Tensor view(const Tensor& x, const Dims& wanted) {
  const Dims shape = complete_shape("view", x, wanted);
  Dims strides;
  if (!view_strides(x, shape, strides))
    fail(ErrorCode::shape, "view", "a tensor of shape ", to_string(x.shape()),
         " with these strides cannot be seen as ", to_string(shape), " without a copy, use reshape()");
  return reshaped_view("view", x, shape, strides);
}

Tensor flatten(const Tensor& x, int64_t start, int64_t end) {
  if (x.rank() == 0) return reshape(x, {1});
  const int first = wrap_dim("flatten", start, x.rank()), last = wrap_dim("flatten", end, x.rank());
  if (first > last) fail(ErrorCode::value, "flatten", "start ", start, " comes after end ", end);
  Dims shape;
  int64_t merged = 1;
  for (int d = 0; d < x.rank(); ++d) {
    if (d < first || d > last)
      shape.push_back(x.size(d));
    else
      merged *= x.size(d);
    if (d == last) shape.push_back(merged);
  }
  return reshape(x, shape);
}

Tensor transpose(const Tensor& x, int64_t dim_a, int64_t dim_b) {
  const int a = wrap_dim("transpose", dim_a, x.rank()), b = wrap_dim("transpose", dim_b, x.rank());
  Dims shape = x.shape(), strides = x.strides();
  if (x.rank() > 0) {
    std::swap(shape[a], shape[b]);
    std::swap(strides[a], strides[b]);
  }
  return make_view("transpose", x, shape, strides, x.impl()->offset,
                   [a, b](const Backward& c) { c.give(0, transpose(c.grad(), a, b)); });
}

Tensor permute(const Tensor& x, const Dims& order) {
  if (order.size() != x.rank())
    fail(ErrorCode::shape, "permute", "needs an order of ", x.rank(), " dimensions, got ", order.size());
  Dims shape, strides, inverse = order;
  bool seen[kMaxRank] = {};
  for (int i = 0; i < order.size(); ++i) {
    const int d = wrap_dim("permute", order[i], x.rank());
    if (seen[d]) fail(ErrorCode::value, "permute", "dimension ", d, " appears twice");
    seen[d] = true;
    shape.push_back(x.size(d));
    strides.push_back(x.strides()[d]);
    inverse[d] = i;
  }
  return make_view("permute", x, shape, strides, x.impl()->offset,
                   [inverse](const Backward& b) { b.give(0, permute(b.grad(), inverse)); });
}

Tensor narrow(const Tensor& x, int64_t dim_in, int64_t start_in, int64_t length) {
  const int dim = wrap_dim("narrow", dim_in, x.rank());
  if (x.rank() == 0) fail(ErrorCode::shape, "narrow", "a scalar has no dimension to narrow");
  const int64_t start = start_in < 0 ? start_in + x.size(dim) : start_in;
  if (start < 0 || length < 0 || start + length > x.size(dim))
    fail(ErrorCode::value, "narrow", "start ", start_in, " and length ", length, " leave dimension ", dim,
         " of ", to_string(x.shape()));
  Dims shape = x.shape();
  shape[dim] = length;
  return make_view(
      "narrow", x, shape, x.strides(), x.impl()->offset + start * x.strides()[dim],
      [dim, start, length, before = x.shape()](const Backward& b) {
        b.give(0, embed(b.grad(), before, [&](const Tensor& w) { return narrow(w, dim, start, length); }));
      });
}

Tensor select(const Tensor& x, int64_t dim_in, int64_t index_in) {
  if (x.rank() == 0) fail(ErrorCode::shape, "select", "a scalar has no dimension to select from");
  const int dim = wrap_dim("select", dim_in, x.rank());
  const int64_t index = index_in < 0 ? index_in + x.size(dim) : index_in;
  if (index < 0 || index >= x.size(dim))
    fail(ErrorCode::value, "select", "index ", index_in, " is outside dimension ", dim, " of ",
         to_string(x.shape()));
  Dims shape = x.shape(), strides = x.strides();
  shape.erase(dim);
  strides.erase(dim);
  return make_view("select", x, shape, strides, x.impl()->offset + index * x.strides()[dim],
                   [dim, index, before = x.shape()](const Backward& b) {
                     b.give(0,
                            embed(b.grad(), before, [&](const Tensor& w) { return select(w, dim, index); }));
                   });
}

Tensor expand(const Tensor& x, const Dims& wanted) {
  Dims shape = wanted;
  const int lead = shape.size() - x.rank();
  for (int i = 0; i < shape.size(); ++i)
    if (shape[i] == -1 && i >= lead) shape[i] = x.size(i - lead);
  bool fits = is_expandable(x.shape(), shape);
  for (int64_t size : shape) fits = fits && size >= 0;
  if (!fits)
    fail(ErrorCode::shape, "expand", "cannot expand ", to_string(x.shape()), " to ", to_string(wanted),
         ", only sizes of 1 can grow");
  // The engine sums the gradient back to the input's shape.
  return make_view("expand", x, shape, broadcast_strides(x, shape), x.impl()->offset,
                   [](const Backward& b) { b.give(0, b.grad()); });
}

Tensor squeeze(const Tensor& x, int64_t dim_in) {
  const int dim = wrap_dim("squeeze", dim_in, x.rank());
  Dims shape = x.shape(), strides = x.strides();
  if (x.rank() > 0 && x.size(dim) == 1) {
    shape.erase(dim);
    strides.erase(dim);
  }
  return reshaped_view("squeeze", x, shape, strides);
}

Tensor squeeze(const Tensor& x) {
  Dims shape, strides;
  for (int d = 0; d < x.rank(); ++d) {
    if (x.size(d) == 1) continue;
    shape.push_back(x.size(d));
    strides.push_back(x.strides()[d]);
  }
  return reshaped_view("squeeze", x, shape, strides);
}

Tensor unsqueeze(const Tensor& x, int64_t dim_in) {
  const int dim = wrap_dim("unsqueeze", dim_in, x.rank() + 1);
  Dims shape = x.shape(), strides = x.strides();
  const int64_t stride = dim < x.rank() ? x.strides()[dim] * x.size(dim) : 1;
  shape.insert(dim, 1);
  strides.insert(dim, stride);
  return reshaped_view("unsqueeze", x, shape, strides);
}

Tensor as_strided(const Tensor& x, const Dims& shape, const Dims& strides, int64_t offset) {
  if (should_record({&x}) && overlaps_itself(x))
    fail(ErrorCode::gradient, "asStrided", "an expanded tensor has no gradient here (shape ",
         to_string(x.shape()), "), use clone() first");
  return make_view("asStrided", x, shape, strides, x.impl()->offset + offset,
                   [shape, strides, offset, before = x.shape(), layout = x.strides()](const Backward& b) {
                     // Repeated elements (stride 0) share one gradient.
                     Dims once = shape;
                     for (int d = 0; d < once.size(); ++d)
                       if (strides[d] == 0 && once[d] > 1) once[d] = 1;
                     // Laid out as x is, so that the same strides lead to the same elements.
                     const Tensor whole = empty_strided(before, layout, b.grad().dtype(), b.grad().device());
                     fill_(whole, 0);
                     copy_(as_strided(whole, once, strides, offset), sum_to(b.grad(), once));
                     b.give(0, whole);
                   });
}

Tensor clone(const Tensor& x) {
  Tensor out = empty(x.shape(), x.dtype(), x.device());
  kernels(out, x).elementwise.copy(view_of(out), view_of(x));
  record(out, "clone", {&x}, {}, [](const Backward& b) { b.give(0, b.grad()); });
  return out;
}

Tensor laid_out(const Tensor& x, const Dims& strides) {
  if (x.strides() == strides) return x;
  const Tensor out = alias(empty(x.shape(), x.dtype(), x.device()), x.shape(), strides, 0);
  kernels(out, x).elementwise.copy(view_of(out), view_of(x));
  record(out, "clone", {&x}, {}, [](const Backward& b) { b.give(0, b.grad()); });
  return out;
}

Tensor contiguous(const Tensor& x) { return x.is_contiguous() ? x : clone(x); }

Tensor to(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  Tensor out = empty_like(x, dtype);
  kernels(out, x).elementwise.copy(view_of(out), view_of(x));
  if (is_floating(dtype))
    record(out, "to", {&x}, {}, [from = x.dtype()](const Backward& b) {
      const bool filled = b.fill(0, [&](const Tensor& into, bool adds) {
        if (adds) return add_into(into, b.grad());
        kernels(into, b.grad()).elementwise.copy(view_of(into), view_of(b.grad()));
      });
      if (!filled) b.give(0, to(b.grad(), from));
    });
  return out;
}

Tensor to(const Tensor& x_in, Device device) {
  if (x_in.device() == device) return x_in;
  const Tensor x = contiguous(x_in);
  Tensor out = empty(x.shape(), x.dtype(), device);
  copy_bytes(out.data(), device, x.data(), x.device(), x.bytes());
  record(out, "to", {&x}, {}, [from = x.device()](const Backward& b) { b.give(0, to(b.grad(), from)); });
  return out;
}

}  // namespace tape
