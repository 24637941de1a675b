// Values of a device that are read after more work was given to it, so that nobody waits for the device.
#pragma once
#include "tape/tensor.h"

namespace tape {

/// The values that a tensor has once the work given to its device so far is done, however it is changed
/// afterwards. They lie in memory of the host that is used again by the next.
class LaterValues {
 public:
  /// Error(device) in a step that is recorded.
  explicit LaterValues(const Tensor& from);
  ~LaterValues();
  LaterValues(const LaterValues&) = delete;
  LaterValues& operator=(const LaterValues&) = delete;

  /// Whether `take` would not wait.
  bool arrived() const;
  /// The values on the processor; waits for them. Once: Error(handle) after that.
  Tensor take();

 private:
  Device device_;
  DType dtype_;
  Dims shape_;
  void* later_ = nullptr;
  Tensor here_;  // of a tensor of the processor
};

}  // namespace tape
