// Scaled dot-product attention (Vaswani et al. 2017), blocked over queries so that the weights never lie in
// memory as a whole (after Dao et al. 2022).
#pragma once
#include <optional>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

struct AttentionOptions {
  bool causal = false;  // query i sees keys 0..i
  Tensor mask;          // broadcasts to [B, heads, Tq, Tk]: bool, true takes part; or added to the scores
  Tensor key_lengths;   // int64 [B]: keys behind a sequence's end count nothing and cost nothing
  double dropout = 0;   // of the weights
  std::optional<double> scale;  // 1 / sqrt(d) unless given
};

/// softmax(scale * query key^T) value. query [B, heads, Tq, d], key [B, heads, Tk, d], value [B, heads, Tk,
/// dv] -> [B, heads, Tq, dv], which lies in memory as [B, Tq, heads, dv]. A query that sees no key gets zeros
/// (NaN in PyTorch).
Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const AttentionOptions& options);
/// The same of a sequence with itself, straight from the projection qkv [B, T, 3 * heads * d], whose rows
/// hold all heads' queries, then keys, then values -> [B, T, heads * d]. Nothing is copied, forward or
/// backward.
Tensor self_attention(const Tensor& qkv, int64_t heads, const AttentionOptions& options);

}  // namespace tape
