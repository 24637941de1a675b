// Attention in bfloat16, by tensor cores; sums and weights are float32.
#include "attention_tiles.h"

namespace tape::cuda {
namespace {

using Narrow = Tiling<BFloat16, 64, 4, 64>;
using Wide = Tiling<BFloat16, 128, 4, 32>;

bool narrow(const AttentionShape& shape) { return shape.width <= 64 && shape.value_width <= 64; }

}  // namespace

void attention_bfloat16(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value,
                        const AttentionShape& shape) {
  if (narrow(shape))
    attention_tiles<Narrow>(out, log_sum_exp, query, key, value, shape);
  else
    attention_tiles<Wide>(out, log_sum_exp, query, key, value, shape);
}

void attention_gradient_bfloat16(const AttentionGradient& call, const AttentionShape& shape) {
  if (narrow(shape))
    attention_gradient_tiles<Narrow>(call, shape);
  else
    attention_gradient_tiles<Wide>(call, shape);
}

}  // namespace tape::cuda
