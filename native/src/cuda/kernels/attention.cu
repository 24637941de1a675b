// Attention: the kernels by dtype.
#include "../table.h"
#include "attention_tiles.h"

namespace tape::cuda {
namespace {

bool takes(DType dtype, const AttentionShape& shape) {
  return dtype != DType::float16 && shape.width <= kWidestHead && shape.value_width <= kWidestHead;
}

void forward(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value, DType dtype,
             const AttentionShape& shape) {
  const auto run = dtype == DType::float64   ? attention_float64
                   : dtype == DType::float32 ? attention_float32
                                             : attention_bfloat16;
  run(out, log_sum_exp, query, key, value, shape);
}

void backward(HeadView grad_query, HeadView grad_key, HeadView grad_value, HeadView gradient, HeadView out,
              const void* log_sum_exp, HeadView query, HeadView key, HeadView value, DType dtype,
              const AttentionShape& shape) {
  const auto run = dtype == DType::float64   ? attention_gradient_float64
                   : dtype == DType::float32 ? attention_gradient_float32
                                             : attention_gradient_bfloat16;
  run({grad_query, grad_key, grad_value, gradient, out, log_sum_exp, query, key, value}, shape);
}

}  // namespace

AttentionKernels attention_table() { return {takes, forward, backward, attention_dropout}; }

}  // namespace tape::cuda
