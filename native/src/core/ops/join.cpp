// Joining and cutting: one copy for each tensor joined, one node for all pieces cut.
#include <algorithm>

#include "tape/precision.h"
#include "view_support.h"

namespace tape {
namespace {

/// Strides for `shape` with its dimensions in memory in the order of `like`, which is dense.
Dims strides_in_order_of(const Tensor& like, const Dims& shape) {
  int order[kMaxRank];
  for (int d = 0; d < shape.size(); ++d) {
    int at = d;
    for (; at > 0 && like.strides()[order[at - 1]] < like.strides()[d]; --at) order[at] = order[at - 1];
    order[at] = d;
  }
  Dims strides = shape;
  int64_t stride = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    strides[order[i]] = stride;
    stride *= std::max<int64_t>(1, shape[order[i]]);
  }
  return strides;
}

Tensor empty_in_order_of(const Tensor& like, const Dims& shape) {
  Tensor out = empty(shape, like.dtype(), like.device());
  if (like.rank() == shape.size() && !like.is_contiguous() && is_dense(like)) {
    out.impl()->strides = strides_in_order_of(like, shape);
    out.impl()->contiguous = compute_contiguous(shape, out.strides());
  }
  return out;
}

/// Copies `x` to where it begins in `out`, `offset` elements in, with `out`'s strides.
void place(const Tensor& out, int64_t offset, const Dims& strides, const Tensor& x) {
  if (x.numel() == 0) return;
  char* at = static_cast<char*>(out.data()) + offset * static_cast<int64_t>(size_of(out.dtype()));
  kernels(out, x).elementwise.copy({at, out.dtype(), x.rank(), x.shape().data(), strides.data()}, view_of(x));
}

/// Records an op of any number of inputs.
template <class F>
void record_list(const Tensor& output, const char* name, const std::vector<Tensor>& inputs, F&& derivative) {
  if (!grad_enabled()) return;
  if (std::none_of(inputs.begin(), inputs.end(), [](const Tensor& x) { return x.requires_grad(); })) return;
  Ref<Node> node(new OpNode<std::decay_t<F>>(std::forward<F>(derivative)));
  node->name = name;
  for (const Tensor& input : inputs) node->edges.push_back(edge_of(input));
  set_history(output, node);
}

void check_list(const char* where, const std::vector<Tensor>& tensors) {
  if (tensors.empty()) fail(ErrorCode::value, where, "got no tensors");
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (!tensors[i].defined()) fail(ErrorCode::value, where, "tensor ", i, " is missing");
    if (tensors[i].dtype() != tensors[0].dtype())
      fail(ErrorCode::dtype, where, "dtypes differ: tensor 0 is ", name_of(tensors[0].dtype()), ", tensor ",
           i, " is ", name_of(tensors[i].dtype()), ", convert one with to()");
  }
}

/// True where autocast left some of them in 16 bits and some not: they meet in float32.
bool autocast_mixes(const std::vector<Tensor>& tensors) {
  if (!autocast_enabled() || tensors.empty()) return false;
  return std::any_of(tensors.begin(), tensors.end(), [&](const Tensor& x) {
    return x.defined() && tensors[0].defined() && x.dtype() != tensors[0].dtype() &&
           (is_half(x.dtype()) || is_half(tensors[0].dtype()));
  });
}

/// A piece for each output of a cut that got no gradient.
std::vector<Tensor> complete(const Backward& b) {
  std::vector<Tensor> pieces;
  for (size_t i = 0; i < b.grads.size(); ++i) {
    const OutputInfo& info = b.node.outputs[i];
    pieces.push_back(b.grads[i].defined() ? b.grads[i]
                                          : expand(full({}, 0, info.dtype, info.device), info.shape));
  }
  return pieces;
}

}  // namespace

Tensor cat(const std::vector<Tensor>& tensors_in, int64_t dim_in) {
  if (autocast_mixes(tensors_in)) return cat(with_each(tensors_in, half_to_float32), dim_in);
  check_list("cat", tensors_in);
  // As PyTorch, an empty 1-d tensor joins with anything.
  std::vector<Tensor> tensors;
  for (const Tensor& x : tensors_in)
    if (x.rank() != 1 || x.numel() > 0) tensors.push_back(x);
  if (tensors.empty()) return reshape(tensors_in[0], {0});
  const Tensor& first = tensors[0];
  if (first.rank() == 0) fail(ErrorCode::shape, "cat", "scalars cannot be joined, use stack()");
  const int dim = wrap_dim("cat", dim_in, first.rank());
  Dims shape = first.shape();
  shape[dim] = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    bool fits = tensors[i].rank() == first.rank();
    for (int d = 0; d < first.rank() && fits; ++d) fits = d == dim || tensors[i].size(d) == first.size(d);
    if (!fits)
      fail(ErrorCode::shape, "cat", "tensor ", i, " is ", to_string(tensors[i].shape()), ", tensor 0 is ",
           to_string(first.shape()), ": they may differ along dim ", dim, " only");
    shape[dim] += tensors[i].size(dim);
  }
  Tensor out = empty_in_order_of(first, shape);
  std::vector<int64_t> sizes;
  int64_t at = 0;
  for (const Tensor& x : tensors) {
    place(out, at * out.strides()[dim], out.strides(), x);
    sizes.push_back(x.size(dim));
    at += x.size(dim);
  }
  record_list(out, "cat", tensors, [dim, sizes](const Backward& b) {
    int64_t start = 0;
    for (size_t i = 0; i < sizes.size(); start += sizes[i++])
      if (b.wants(i)) b.give(i, narrow(b.grad(), dim, start, sizes[i]));
  });
  return out;
}

Tensor stack(const std::vector<Tensor>& tensors, int64_t dim_in) {
  if (autocast_mixes(tensors)) return stack(with_each(tensors, half_to_float32), dim_in);
  check_list("stack", tensors);
  const Tensor& first = tensors[0];
  const int dim = wrap_dim("stack", dim_in, first.rank() + 1);
  for (size_t i = 1; i < tensors.size(); ++i)
    if (tensors[i].shape() != first.shape())
      fail(ErrorCode::shape, "stack", "tensor ", i, " is ", to_string(tensors[i].shape()), ", tensor 0 is ",
           to_string(first.shape()), ": all must have one shape");
  Dims shape = first.shape();
  shape.insert(dim, static_cast<int64_t>(tensors.size()));
  Tensor out = empty(shape, first.dtype(), first.device());
  Dims strides = out.strides();
  strides.erase(dim);
  for (size_t i = 0; i < tensors.size(); ++i)
    place(out, static_cast<int64_t>(i) * out.strides()[dim], strides, tensors[i]);
  record_list(out, "stack", tensors, [dim](const Backward& b) {
    for (size_t i = 0; i < b.node.edges.size(); ++i)
      if (b.wants(i)) b.give(i, select(b.grad(), dim, static_cast<int64_t>(i)));
  });
  return out;
}

namespace {
/// The tape counts the outputs of an op in 16 bits.
void check_pieces(const char* where, int64_t count, const Tensor& x) {
  constexpr int64_t most = 65535;
  if (count > most)
    fail(ErrorCode::value, where, "makes at most ", most, " pieces, asked for ", count, " of ",
         to_string(x.shape()));
}
}  // namespace

std::vector<Tensor> split(const Tensor& x, const std::vector<int64_t>& sizes, int64_t dim_in) {
  if (x.rank() == 0) fail(ErrorCode::shape, "split", "a scalar has no dimension to split");
  const int dim = wrap_dim("split", dim_in, x.rank());
  check_pieces("split", static_cast<int64_t>(sizes.size()), x);
  int64_t total = 0;
  for (int64_t size : sizes) {
    if (size < 0) fail(ErrorCode::value, "split", "size ", size, " is negative");
    total += size;
  }
  if (total != x.size(dim))
    fail(ErrorCode::value, "split", "the sizes add up to ", total, ", but dimension ", dim, " of ",
         to_string(x.shape()), " has ", x.size(dim));
  std::vector<Tensor> pieces;
  Dims shape = x.shape();
  int64_t at = 0;
  for (int64_t size : sizes) {
    shape[dim] = size;
    pieces.push_back(alias(x, shape, x.strides(), x.impl()->offset + at * x.strides()[dim]));
    at += size;
  }
  record_views("split", x, pieces, [dim](const Backward& b) { b.give(0, cat(complete(b), dim)); });
  return pieces;
}

std::vector<Tensor> split(const Tensor& x, int64_t size, int64_t dim_in) {
  if (x.rank() == 0) fail(ErrorCode::shape, "split", "a scalar has no dimension to split");
  const int64_t total = x.size(wrap_dim("split", dim_in, x.rank()));
  if (size <= 0 && !(size == 0 && total == 0))
    fail(ErrorCode::value, "split", "the size of a piece must be positive, got ", size);
  if (size > 0) check_pieces("split", (total - 1) / size + 1, x);
  std::vector<int64_t> sizes;
  for (int64_t left = total; left > 0; left -= size) sizes.push_back(std::min(size, left));
  if (sizes.empty()) sizes.push_back(0);
  return split(x, sizes, dim_in);
}

std::vector<Tensor> chunk(const Tensor& x, int64_t count, int64_t dim_in) {
  if (x.rank() == 0) fail(ErrorCode::shape, "chunk", "a scalar has no dimension to split");
  if (count <= 0) fail(ErrorCode::value, "chunk", "the number of pieces must be positive, got ", count);
  const int64_t total = x.size(wrap_dim("chunk", dim_in, x.rank()));
  if (total == 0) check_pieces("chunk", count, x);
  if (total == 0) return split(x, std::vector<int64_t>(static_cast<size_t>(count), 0), dim_in);
  return split(x, (total - 1) / count + 1, dim_in);  // rounded up
}

std::vector<Tensor> unbind(const Tensor& x, int64_t dim_in) {
  if (x.rank() == 0) fail(ErrorCode::shape, "unbind", "a scalar has no dimension to take apart");
  const int dim = wrap_dim("unbind", dim_in, x.rank());
  check_pieces("unbind", x.size(dim), x);
  Dims shape = x.shape(), strides = x.strides();
  shape.erase(dim);
  strides.erase(dim);
  std::vector<Tensor> pieces;
  for (int64_t i = 0; i < x.size(dim); ++i)
    pieces.push_back(alias(x, shape, strides, x.impl()->offset + i * x.strides()[dim]));
  record_views("unbind", x, pieces, [dim](const Backward& b) { b.give(0, stack(complete(b), dim)); });
  return pieces;
}

}  // namespace tape
