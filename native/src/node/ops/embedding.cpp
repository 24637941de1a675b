#include "tape/ops/embedding.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor embedding_op(const Tensor& index, const Tensor& weight, bool padded, int64_t padding_index) {
  return embedding(index, weight, padded ? std::optional(padding_index) : std::nullopt);
}

}  // namespace

std::vector<Binding> embedding_bindings() {
  return {
      bind<embedding_op>("embedding"),
  };
}

}  // namespace tape::node
