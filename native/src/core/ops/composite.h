// Functions made of ops as one op: what a fused kernel falls back to when its gradient is to be
// differentiated too.
#pragma once
#include <functional>
#include <vector>

#include "support.h"

namespace tape {

/// From inputs to outputs by differentiable ops. Inputs may be undefined.
using Composite = std::function<std::vector<Tensor>(const std::vector<Tensor>&)>;

/// function(inputs) as one node `name`. Its derivative runs the function again on inputs of its own, so that
/// an input that depends on another one is still told apart, and is such a node itself: it can be
/// differentiated any number of times.
std::vector<Tensor> apply_composite(const char* name, const Composite& function,
                                    const std::vector<Tensor>& inputs);

/// Gives every gradient the node wants: those of `function`, of which `inputs` are the node's inputs and the
/// outputs the node's outputs.
void composite_backward(const Backward& b, const Composite& function, const std::vector<Tensor>& inputs);

}  // namespace tape
