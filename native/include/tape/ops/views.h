// Views and copies.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

Tensor reshape(const Tensor& x, const Dims& shape);  // a view when the strides allow it
Tensor view(const Tensor& x, const Dims& shape);     // an error when they do not
Tensor transpose(const Tensor& x, int64_t a, int64_t b);
Tensor permute(const Tensor& x, const Dims& order);
Tensor narrow(const Tensor& x, int64_t dim, int64_t start, int64_t length);
Tensor select(const Tensor& x, int64_t dim, int64_t index);
Tensor expand(const Tensor& x, const Dims& shape);  // -1 keeps a size
Tensor squeeze(const Tensor& x, int64_t dim);
Tensor squeeze(const Tensor& x);
Tensor unsqueeze(const Tensor& x, int64_t dim);
Tensor flatten(const Tensor& x, int64_t start, int64_t end);
Tensor contiguous(const Tensor& x);
Tensor clone(const Tensor& x);
Tensor to(const Tensor& x, DType dtype);
/// `x` itself when it is there, otherwise a contiguous copy; the gradient goes back the same way.
Tensor to(const Tensor& x, Device device);
Tensor as_strided(const Tensor& x, const Dims& shape, const Dims& strides, int64_t offset);

}  // namespace tape
