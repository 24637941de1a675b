// Picking and placing by index, sorting. Index tensors are int64; an index out of range is an error.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// Slices of x along `dim` at the positions in the 1-d `index`.
Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index);
/// x with slice i of `source` added to slice index[i] along `dim`.
Tensor index_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source);

/// out[p] = x[p, but index[p] along dim], in index's shape, which fits into x's except along `dim`.
Tensor gather(const Tensor& x, int64_t dim, const Tensor& index);
/// As gather where the other dimensions of x and index broadcast.
Tensor take_along_dim(const Tensor& x, const Tensor& index, int64_t dim);
/// x with x[p, but index[p] along dim] = source[p]; source has index's shape. The last one wins.
Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source);
Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, double value);
/// As scatter, added.
Tensor scatter_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source);

/// The elements where the bool `mask` is true, 1-d; x and mask broadcast.
Tensor masked_select(const Tensor& x, const Tensor& mask);
/// Positions of the elements other than 0: int64 [count, rank].
Tensor nonzero(const Tensor& x);
/// int64 [.., classes] with a 1 at each index; -1 classes: one more than the greatest.
Tensor one_hot(const Tensor& index, int64_t classes = -1);

struct Sorted {
  Tensor values, indices;
};
/// Along `dim`; equal elements keep their order, NaN counts as the greatest.
Sorted sort(const Tensor& x, int64_t dim = -1, bool descending = false);
Tensor argsort(const Tensor& x, int64_t dim = -1, bool descending = false);
/// The `count` greatest (least) along `dim`, in order.
Sorted topk(const Tensor& x, int64_t count, int64_t dim = -1, bool largest = true);

}  // namespace tape
