// Attention in float64: right, and no faster than that takes.
#include "attention_tiles.h"

namespace tape::cuda {

using Only = Tiling<double, 128, 1, 16>;

void attention_float64(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value,
                       const AttentionShape& shape) {
  attention_tiles<Only>(out, log_sum_exp, query, key, value, shape);
}

void attention_gradient_float64(const AttentionGradient& call, const AttentionShape& shape) {
  attention_gradient_tiles<Only>(call, shape);
}

}  // namespace tape::cuda
