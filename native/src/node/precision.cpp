// Entry points of mixed precision, and of what a device may trade.
#include "tape/precision.h"

#include "call.h"
#include "tape/device.h"

namespace tape::node {
namespace {

/// 0 (float32) turns it off; returns what it was.
int32_t set_autocast_op(DType dtype) { return static_cast<int32_t>(set_autocast(dtype)); }
int32_t autocast_dtype_op() { return static_cast<int32_t>(autocast_dtype()); }
void set_device_options_op(Device device, bool tf32, bool deterministic) {
  set_device_option(device, DeviceOption::tf32, tf32);
  set_device_option(device, DeviceOption::deterministic, deterministic);
}

}  // namespace

std::vector<Binding> precision_bindings() {
  return {
      bind<set_autocast_op>("setAutocast", "autocast"),
      bind<autocast_dtype_op>("autocastDtype", "autocast"),
      bind<set_device_options_op>("setDeviceOptions"),
  };
}

}  // namespace tape::node
