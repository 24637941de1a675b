// What the parts of the tape share among themselves.
#pragma once
#include "tape/autograd.h"
#include "tape/hooks.h"

namespace tape {

/// Notes that `node` saved `tensor` inside a checkpoint. False when the node should keep it as usual.
bool save_in_checkpoint(Node& node, const Tensor& tensor, bool is_output);
/// What `node` saved as number `index`, from the second run of its checkpoint.
Tensor unpack_from_checkpoint(Node& node, size_t index);
/// `node` has run: what was computed again for it is not needed any longer.
void forget_recomputed(Node& node);
/// The backward that asked is over: nor is what was computed again for nodes that did not run.
void forget_all_recomputed();

/// Whether derivatives may write gradients of leaves themselves: during backward(), not during grad().
extern constinit thread_local bool fills_leaves;

/// Hooks on what arrived at `node`, then the gradients its outputs retain.
void run_hooks(Node& node, std::span<Tensor> incoming, bool retain);
void run_post_accumulate_hooks(LeafHooks& hooks, const Tensor& leaf);

}  // namespace tape
