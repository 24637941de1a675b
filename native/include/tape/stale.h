// Saved tensors that a later in-place change has made useless.
#pragma once
#include <vector>

#include "tape/tensor.h"

namespace tape {

/// Whether `x` may hold itself: it was changed in place by something that was computed from it and has saved
/// it (x.add_(square(x))), so that its history leads to that saved tensor.
bool may_hold_itself(const TensorImpl& x);

/// Behind `tensors`, keeps only the values of saved tensors that were changed in place since: backward
/// refuses them in the same words, and they no longer hold a history that leads back to them.
void let_go_of_stale(const std::vector<Tensor>& tensors);

}  // namespace tape
