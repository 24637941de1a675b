#include "tape/stale.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "tape/autograd.h"

namespace tape {
namespace {

/// Lets an accumulator write into another tensor, which nobody will read; returns the one it had.
Tensor replace_variable(AccumulateGrad& leaf) {
  Tensor fresh = detach(leaf.variable);
  leaf.variable.impl()->accumulator = nullptr;
  fresh.impl()->accumulator = &leaf;
  return std::exchange(leaf.variable, fresh);
}

}  // namespace

bool may_hold_itself(const TensorImpl& x) {
  if (x.storage->version == 0) return false;
  return (x.refs > 1 && x.grad_fn) || (x.base && x.base->grad_fn);
}

void let_go_of_stale(const std::vector<Tensor>& tensors) {
  std::vector<Node*> nodes;
  std::unordered_set<Node*> seen;
  const auto reach = [&](const Ref<Node>& node) {
    if (node && seen.insert(node.get()).second) nodes.push_back(node.get());
  };
  const auto named_before = [&](const TensorImpl& leaf) {
    return leaf.grad_fn &&
           std::any_of(tensors.begin(), tensors.end(), [&](const Tensor& x) { return x.impl() == &leaf; });
  };
  for (const Tensor& x : tensors) {
    reach(x.impl()->grad_fn);
    if (x.impl()->base) reach(x.impl()->base->grad_fn);
  }
  // Let go of at the end: freeing one may free nodes that are still to be looked at.
  std::vector<Tensor> stale;
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (Edge& edge : nodes[i]->edges) reach(edge.node);
    if (nodes[i]->accumulates()) {
      auto& leaf = static_cast<AccumulateGrad&>(*nodes[i]);
      if (named_before(*leaf.variable.impl())) stale.push_back(replace_variable(leaf));
    }
    for (SavedTensor& entry : nodes[i]->saved)
      if (entry.tensor.defined() && entry.tensor.version() != entry.version)
        stale.push_back(std::exchange(entry.tensor, detach(entry.tensor)));
  }
}

}  // namespace tape
