#include "tape/ops/attention.h"

#include <cmath>

#include "call.h"

namespace tape::node {
namespace {

AttentionOptions options_of(bool causal, const MaybeTensor& mask, const MaybeTensor& key_lengths,
                            double dropout, double scale) {
  // A scale that is not a number stands for the usual one.
  return {causal, mask.tensor, key_lengths.tensor, dropout,
          std::isnan(scale) ? std::nullopt : std::optional(scale)};
}

Tensor attention_op(const Tensor& query, const Tensor& key, const Tensor& value, bool causal,
                    const MaybeTensor& mask, const MaybeTensor& key_lengths, double dropout, double scale) {
  return scaled_dot_product_attention(query, key, value,
                                      options_of(causal, mask, key_lengths, dropout, scale));
}

Tensor self_attention_op(const Tensor& qkv, int64_t heads, bool causal, const MaybeTensor& mask,
                         const MaybeTensor& key_lengths, double dropout, double scale) {
  return self_attention(qkv, heads, options_of(causal, mask, key_lengths, dropout, scale));
}

}  // namespace

std::vector<Binding> attention_bindings() {
  return {
      bind<attention_op>("scaledDotProductAttention"),
      bind<self_attention_op>("selfAttention"),
  };
}

}  // namespace tape::node
