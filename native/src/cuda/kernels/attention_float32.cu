// Attention in float32. Its factors are not rounded, so tensor cores are of no use.
#include "attention_tiles.h"

namespace tape::cuda {
namespace {

using Narrow = Tiling<float, 64, 4, 32>;
using Wide = Tiling<float, 128, 2, 32>;

bool narrow(const AttentionShape& shape) { return shape.width <= 64 && shape.value_width <= 64; }

}  // namespace

void attention_float32(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value,
                       const AttentionShape& shape) {
  if (narrow(shape))
    attention_tiles<Narrow>(out, log_sum_exp, query, key, value, shape);
  else
    attention_tiles<Wide>(out, log_sum_exp, query, key, value, shape);
}

void attention_gradient_float32(const AttentionGradient& call, const AttentionShape& shape) {
  if (narrow(shape))
    attention_gradient_tiles<Narrow>(call, shape);
  else
    attention_gradient_tiles<Wide>(call, shape);
}

}  // namespace tape::cuda
