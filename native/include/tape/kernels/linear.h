// Matrix products.
#pragma once
#include "tape/view.h"

namespace tape {

struct LinearKernels {
  // c = a @ b (+ bias over columns) (then relu). c is row-major. bias may be null.
  void (*gemm)(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu);
};

}  // namespace tape
