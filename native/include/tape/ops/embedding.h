// Tables of vectors, and one-hot rows.
#pragma once
#include <optional>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// Rows of weight [V, D] at the int64 numbers in `index`: index's shape with D behind it. The row
/// `padding_index` (negative: counted from the end) is looked up like any other but gets no gradient.
Tensor embedding(const Tensor& index, const Tensor& weight, std::optional<int64_t> padding_index = {});

}  // namespace tape
