// The end of a matrix product.
#pragma once
#include "tape/view.h"

namespace tape::cuda {

/// c (+ bias over columns) (then relu), in place; `empty`: c counts as zeros, whatever lies there.
void end_product(DType dtype, Matrix c, const void* bias, bool relu, bool empty);

}  // namespace tape::cuda
