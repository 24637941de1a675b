// From the tensors an op works on to the kernels of their device.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// Kernels of a device that is not the processor; those it lacks refuse with Error(device), naming the op.
const Kernels& device_kernels(Device device);
/// Whether the kernel that `pick` takes from a table is there on x's device.
bool has_kernel(const Tensor& x, bool (*pick)(const Kernels&));
[[noreturn]] void refuse_mixed_devices(Device a, Device b);

/// The kernels for ops on these tensors, undefined ones left out. Error(device) when they are on different
/// ones.
template <class... T>
const Kernels& kernels(const Tensor& first, const T&... others) {
  Device device = Device::cpu;
  bool known = false;
  const auto look = [&](const Tensor& tensor) {
    if (!tensor.defined()) return;
    if (known && tensor.device() != device) [[unlikely]]
      refuse_mixed_devices(device, tensor.device());
    device = tensor.device();
    known = true;
  };
  look(first);
  (look(others), ...);
  if (device == Device::cpu) [[likely]]
    return kernels();
  return device_kernels(device);
}

}  // namespace tape
