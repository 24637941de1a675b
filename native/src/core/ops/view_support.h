// What the ops that make views share.
#pragma once
#include <vector>

#include "support.h"

namespace tape {

template <class F>
Tensor make_view(const char* name, const Tensor& x, const Dims& shape, const Dims& strides, int64_t offset,
                 F&& derivative) {
  Tensor out = alias(x, shape, strides, offset);
  set_view(out, x);
  record(out, name, {&x}, {}, std::forward<F>(derivative));
  return out;
}

/// Records several views of `x` as the outputs of one node.
template <class F>
void record_views(const char* name, const Tensor& x, const std::vector<Tensor>& views, F&& derivative) {
  for (const Tensor& view : views) set_view(view, x);
  if (!should_record({&x})) return;
  Ref<Node> node(new OpNode<std::decay_t<F>>(std::forward<F>(derivative)));
  node->name = name;
  const Tensor* inputs[] = {&x};
  connect(*node, inputs);
  for (const Tensor& view : views) set_history(view, node);
}

/// Zeros of `shape` with `gradient` in the part `place` picks.
template <class F>
Tensor embed(const Tensor& gradient, const Dims& shape, F place) {
  Tensor whole = full(shape, 0, gradient.dtype(), gradient.device());
  copy_(place(whole), gradient);
  return whole;
}

}  // namespace tape
