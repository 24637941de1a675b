#include "tape/later.h"

#include <utility>

#include "device/device_memory.h"
#include "tape/autograd.h"
#include "tape/error.h"
#include "tape/ops.h"

namespace tape {

LaterValues::LaterValues(const Tensor& from)
    : device_(from.device()), dtype_(from.dtype()), shape_(from.shape()) {
  GradMode mode(false);
  if (device_ == Device::cpu) {
    here_ = clone(from);
    return;
  }
  const Tensor flat = contiguous(from);
  later_ = copy_later(flat.data(), device_, static_cast<size_t>(flat.numel()) * size_of(dtype_));
}

LaterValues::~LaterValues() {
  if (later_) collect_later(later_, device_, nullptr);
}

bool LaterValues::arrived() const { return !later_ || arrived_later(later_, device_); }

Tensor LaterValues::take() {
  if (here_.defined()) return std::exchange(here_, Tensor());
  if (!later_) fail(ErrorCode::handle, "later", "the values were taken already");
  const Tensor made = empty(shape_, dtype_);
  collect_later(std::exchange(later_, nullptr), device_, made.data());
  return made;
}

}  // namespace tape
