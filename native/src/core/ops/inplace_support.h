// What the in-place ops share.
#pragma once
#include "support.h"

namespace tape {

/// True when the two look at overlapping memory in different ways, so that writing one spoils the other.
inline bool overlaps_differently(const Tensor& a, const Tensor& b) {
  return a.impl()->storage == b.impl()->storage && b.numel() > 1 &&
         !(a.impl()->offset == b.impl()->offset && a.strides() == b.strides() && a.shape() == b.shape());
}

/// A node for an in-place op whose derivative is `derivative`, or null when nothing records.
template <class F>
Ref<Node> inplace_node(const char* name, std::initializer_list<const Tensor*> inputs, F&& derivative) {
  if (!should_record(inputs)) return {};
  Ref<Node> node(new OpNode<std::decay_t<F>>(std::forward<F>(derivative)));
  node->name = name;
  connect(*node, {inputs.begin(), inputs.size()});
  return node;
}

}  // namespace tape
