// Saved tensors that a later in-place change has made useless.
#pragma once
#include <vector>

#include "tape/tensor.h"

namespace tape {

/// Whether `x` may hold itself: it was changed in place by something that was computed from it, so that its
/// history leads to a node that has saved it (x.add_(square(x))), or that would accumulate its gradient (of a
/// leaf that was detached first).
bool may_hold_itself(const TensorImpl& x);

/// For `tensors` that nobody can name any longer. Behind them, saved tensors that were changed in place since
/// keep only their values: backward refuses them in the same words, and they hold no history that leads back
/// to them. What was a leaf and has a history now is no longer where its gradient goes.
void let_go_of_stale(const std::vector<Tensor>& tensors);

}  // namespace tape
