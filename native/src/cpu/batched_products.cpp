// Many small matrix products at once: threads share the batch, each product runs on one. A batch smaller than
// the number of threads goes one by one, each product on all.
#include "batched_products.h"

#include "parallel.h"

namespace tape::cpu {
namespace {

decltype(LinearKernels::gemm) single = nullptr;

Matrix moved(Matrix matrix, DType dtype, int64_t elements) {
  matrix.data = static_cast<char*>(matrix.data) + elements * static_cast<int64_t>(size_of(dtype));
  return matrix;
}

void gemm_batched(DType dtype, Matrix c, Matrix a, Matrix b, const Batch& batch) {
  int64_t count = 1;
  for (int d = 0; d < batch.rank; ++d) count *= batch.shape[d];
  const auto run = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      int64_t rest = i, at_a = 0, at_b = 0, at_c = 0;
      for (int d = batch.rank - 1; d >= 0; --d) {
        const int64_t p = rest % batch.shape[d];
        rest /= batch.shape[d];
        at_a += p * batch.a_strides[d];
        at_b += p * batch.b_strides[d];
        at_c += p * batch.c_strides[d];
      }
      single(dtype, moved(c, dtype, at_c), moved(a, dtype, at_a), moved(b, dtype, at_b), nullptr, false);
    }
  };
  // Below some 30,000 multiplications waking a thread costs more than it brings.
  const int64_t work = c.rows * c.cols * a.cols + 1;
  if (count >= thread_count())
    parallel_for(count, 32768 / work + 1, run);
  else
    run(0, count);
}

}  // namespace

void use_batched_products(Kernels& kernels) {
  single = kernels.linear.gemm;
  kernels.linear.gemm_batched = gemm_batched;
}

}  // namespace tape::cpu
