// Reductions: no dims means all of them.
#pragma once
#include <vector>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

Tensor sum(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
Tensor mean(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// The greatest and the least element; ties share the gradient evenly.
Tensor amax(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
Tensor amin(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// First position of the greatest (least) element, int64; NaN counts as the greatest and as the least.
Tensor argmax(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
Tensor argmin(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// L2 norms of several tensors in one call, accumulated in double.
std::vector<double> norms(const std::vector<Tensor>& tensors);

}  // namespace tape
