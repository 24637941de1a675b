// Reductions: no dims means all of them.
#pragma once
#include <vector>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

Tensor sum(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
Tensor mean(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// Values only; the gradient is shared evenly between ties (PyTorch's amax).
Tensor max(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
Tensor min(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// First position of the greatest element, int64; NaN counts as the greatest.
Tensor argmax(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// L2 norms of several tensors in one call, accumulated in double.
std::vector<double> norms(const std::vector<Tensor>& tensors);

}  // namespace tape
