// Matrix products.
#pragma once
#include "tape/view.h"

namespace tape {

/// The leading dimensions of a batch of matrices: strides in elements, 0 where an operand is repeated.
struct Batch {
  int rank;
  const int64_t *shape, *a_strides, *b_strides, *c_strides;
};

struct LinearKernels {
  // c = a @ b (+ bias over columns) (then relu). c is row-major. bias may be null.
  void (*gemm)(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu);
  // c = a @ b (+ bias over columns), c and bias in float32, a and b in a 16-bit type.
  void (*gemm_half)(DType dtype, Matrix c, Matrix a, Matrix b, const float* bias);
  // c += a @ b, in float32 or float64.
  void (*gemm_add)(DType dtype, Matrix c, Matrix a, Matrix b);
  // c[i] = a[i] @ b[i] for every i of the batch; the matrices given are those of i = 0.
  void (*gemm_batched)(DType dtype, Matrix c, Matrix a, Matrix b, const Batch& batch);
};

}  // namespace tape
