// Products of 16-bit matrices where no library kernel takes them: operands are converted to float32, which
// loses nothing, and the float32 product is rounded once.
#include "half_products.h"

#include "onednn.h"
#include "tape/tensor.h"

namespace tape::cpu {
namespace {

ElementwiseKernels elementwise;
decltype(LinearKernels::gemm) float_gemm = nullptr;
decltype(LinearKernels::gemm_half) library_gemm = nullptr;

/// A 16-bit matrix in float32, with its lines in the same order.
Tensor widened(const Matrix& from, DType dtype, Matrix& to) {
  const int64_t shape[] = {from.rows, from.cols}, strides[] = {from.row_stride, from.col_stride};
  const bool by_columns = from.row_stride == 1 && from.col_stride != 1;
  Tensor wide = empty({from.rows, from.cols}, DType::float32);
  to = {wide.data(), from.rows, from.cols, by_columns ? 1 : from.cols, by_columns ? from.rows : 1};
  const int64_t wide_strides[] = {to.row_stride, to.col_stride};
  elementwise.copy({to.data, DType::float32, 2, shape, wide_strides}, {from.data, dtype, 2, shape, strides});
  return wide;
}

void gemm(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu) {
  if (!is_half(dtype) || multiplies_half(dtype, c, a)) return float_gemm(dtype, c, a, b, bias, relu);
  Matrix wide_a, wide_b;
  const Tensor held_a = widened(a, dtype, wide_a), held_b = widened(b, dtype, wide_b);
  const Tensor result = empty({c.rows, c.cols}, DType::float32);
  Tensor wide_bias;
  const int64_t columns[] = {c.cols}, one[] = {1};
  if (bias) {
    wide_bias = empty({c.cols}, DType::float32);
    elementwise.copy({wide_bias.data(), DType::float32, 1, columns, one},
                     {const_cast<void*>(bias), dtype, 1, columns, one});
  }
  float_gemm(DType::float32, {result.data(), c.rows, c.cols, c.cols, 1}, wide_a, wide_b,
             bias ? wide_bias.data() : nullptr, relu);
  const int64_t shape[] = {c.rows, c.cols}, strides[] = {c.row_stride, c.col_stride};
  const int64_t result_strides[] = {c.cols, 1};
  elementwise.copy({c.data, dtype, 2, shape, strides},
                   {result.data(), DType::float32, 2, shape, result_strides});
}

void gemm_half(DType dtype, Matrix c, Matrix a, Matrix b, const float* bias) {
  if (multiplies_half(dtype, c, a)) return library_gemm(dtype, c, a, b, bias);
  Matrix wide_a, wide_b;
  const Tensor held_a = widened(a, dtype, wide_a), held_b = widened(b, dtype, wide_b);
  float_gemm(DType::float32, c, wide_a, wide_b, bias, false);
}

}  // namespace

void use_half_products(Kernels& kernels) {
  elementwise = kernels.elementwise;
  float_gemm = kernels.linear.gemm;
  kernels.linear.gemm = gemm;
  library_gemm = kernels.linear.gemm_half;
  kernels.linear.gemm_half = gemm_half;
}

}  // namespace tape::cpu
