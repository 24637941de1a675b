// Hooks on gradients, and gradients kept for results.
#include "tape/hooks.h"

#include "tape/checkpoint.h"
#include "tape/ops.h"
#include "tape_internal.h"

namespace tape {
namespace {

LeafHooks& hooks_of(const Tensor& leaf) {
  std::unique_ptr<LeafHooks>& hooks = leaf.impl()->hooks;
  if (!hooks) hooks.reset(new LeafHooks);
  return *hooks;
}

void check_gradients(const char* where, const Tensor& tensor) {
  if (!tensor.requires_grad())
    fail(ErrorCode::gradient, where, "the tensor (", name_of(tensor.dtype()), " ", to_string(tensor.shape()),
         ") does not require gradients");
}

void prune(HookList& list) {
  std::erase_if(list, [](const std::shared_ptr<Hook>& hook) { return hook->removed; });
}

std::shared_ptr<Hook> add_hook(HookList& list, std::function<Tensor(const Tensor&)> call,
                               uint16_t output_nr) {
  prune(list);
  auto hook = std::make_shared<Hook>();
  hook->call = std::move(call);
  hook->output_nr = output_nr;
  list.push_back(hook);
  return hook;
}

/// A hook may add or remove hooks: what was there in the beginning is called, unless it was removed.
template <class F>
void for_each_hook(HookList& list, F call) {
  const HookList now = list;
  for (const std::shared_ptr<Hook>& hook : now)
    if (!hook->removed) call(*hook);
}

void run_list(HookList& list, std::span<Tensor> incoming) {
  for_each_hook(list, [&](const Hook& hook) {
    Tensor& gradient = incoming[hook.output_nr];
    if (!gradient.defined()) return;
    const Tensor replaced = hook.call(gradient);
    if (!replaced.defined()) return;
    if (replaced.shape() != gradient.shape() || replaced.dtype() != gradient.dtype())
      fail(ErrorCode::gradient, "registerHook", "the hook returned ", name_of(replaced.dtype()), " ",
           to_string(replaced.shape()), ", expected ", name_of(gradient.dtype()), " ",
           to_string(gradient.shape()));
    gradient = replaced;
  });
  prune(list);
}

}  // namespace

std::shared_ptr<Hook> register_hook(const Tensor& tensor, std::function<Tensor(const Tensor&)> call) {
  check_gradients("registerHook", tensor);
  const Edge edge = edge_of(tensor);
  if (edge.node->accumulates()) return add_hook(hooks_of(tensor).before, std::move(call), 0);
  return add_hook(edge.node->more().hooks, std::move(call), edge.input_nr);
}

std::shared_ptr<Hook> register_post_accumulate_hook(const Tensor& leaf,
                                                    std::function<Tensor(const Tensor&)> call) {
  check_gradients("registerPostAccumulateGradHook", leaf);
  if (!leaf.is_leaf())
    fail(ErrorCode::gradient, "registerPostAccumulateGradHook",
         "only leaves accumulate gradients, this is the result of ", leaf.impl()->grad_fn->name,
         ", use registerHook");
  return add_hook(hooks_of(leaf).after, std::move(call), 0);
}

void retain_grad(const Tensor& tensor) {
  check_gradients("retainGrad", tensor);
  const Edge edge = edge_of(tensor);
  TensorImpl& impl = *tensor.impl();
  if (edge.node->accumulates() || impl.retains_grad) return;
  edge.node->more().retained.push_back({&impl, edge.input_nr});
  impl.retains_grad = true;
}

void run_hooks(Node& node, std::span<Tensor> incoming, bool retain) {
  if (node.accumulates()) {
    LeafHooks* hooks = static_cast<AccumulateGrad&>(node).variable.impl()->hooks.get();
    if (hooks) run_list(hooks->before, incoming);
    return;
  }
  if (!node.extras) return;
  run_list(node.extras->hooks, incoming);
  if (!retain) return;
  for (const NodeExtras::Retained& entry : node.extras->retained) {
    const Tensor& gradient = incoming[entry.output_nr];
    if (!gradient.defined()) continue;
    Ref<TensorImpl>& kept = entry.tensor->grad;
    kept = (kept ? add(Tensor(kept), gradient) : clone(gradient)).ref();
  }
}

void run_post_accumulate_hooks(LeafHooks& hooks, const Tensor& leaf) {
  for_each_hook(hooks.after, [&](const Hook& hook) { hook.call(leaf); });
  prune(hooks.after);
}

}  // namespace tape
