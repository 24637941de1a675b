// Batches on their way to a device while it computes.
#pragma once
#include "tape/tensor.h"

namespace tape {

/// As `to`, on a stream of its own: the copy goes beside the work that the device has been given, and only
/// what is given from here on waits for it. For what lives as long as a step: its memory is used again for
/// the next once the work that reads it is done. Small tensors go as with `to`. Error(gradient) where x
/// requires one.
Tensor bring(const Tensor& x, Device device);

}  // namespace tape
