// Joining, cutting and rearranging.
#pragma once
#include <vector>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// Tensors of equal shape except along `dim`, one after another along it. Keeps a channels-last layout.
Tensor cat(const std::vector<Tensor>& tensors, int64_t dim);
/// Tensors of equal shape along a new dimension.
Tensor stack(const std::vector<Tensor>& tensors, int64_t dim);

/// Views of `x` that follow one another along `dim`. One node for all of them.
std::vector<Tensor> split(const Tensor& x, const std::vector<int64_t>& sizes, int64_t dim);
/// Pieces of `size`, the last one smaller when it does not divide.
std::vector<Tensor> split(const Tensor& x, int64_t size, int64_t dim);
/// At most `count` pieces of equal size, the last one smaller.
std::vector<Tensor> chunk(const Tensor& x, int64_t count, int64_t dim);
/// Views without dimension `dim`, one for each position.
std::vector<Tensor> unbind(const Tensor& x, int64_t dim);

/// x repeated `counts[d]` times along each dimension; more counts than dimensions add dimensions in front.
Tensor repeat(const Tensor& x, const Dims& counts);
/// As repeat; missing counts in front are 1.
Tensor tile(const Tensor& x, const Dims& counts);
Tensor flip(const Tensor& x, const Dims& dims);
/// Shifted along each of `dims`, what leaves at the end comes in at the start; no dims: the flat tensor.
Tensor roll(const Tensor& x, const Dims& shifts, const Dims& dims);
/// Matrices with zeros above (below) diagonal number `diagonal`; positive ones lie above the main one.
Tensor tril(const Tensor& x, int64_t diagonal = 0);
Tensor triu(const Tensor& x, int64_t diagonal = 0);

// Views.
/// Diagonal number `offset` of the matrices in dimensions a and b, as the last dimension.
Tensor diagonal(const Tensor& x, int64_t offset = 0, int64_t a = 0, int64_t b = 1);
Tensor movedim(const Tensor& x, const Dims& from, const Dims& to);
/// Dimension `dim` as several of `sizes`, one of which may be -1.
Tensor unflatten(const Tensor& x, int64_t dim, const Dims& sizes);
/// Every window of `size` along `dim`, `step` apart, as a new last dimension.
Tensor unfold(const Tensor& x, int64_t dim, int64_t size, int64_t step);

}  // namespace tape
