// Picking by index.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index);

}  // namespace tape
