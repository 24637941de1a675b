// Softmax over one dimension.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

Tensor softmax(const Tensor& x, int64_t dim);
Tensor log_softmax(const Tensor& x, int64_t dim);

}  // namespace tape
