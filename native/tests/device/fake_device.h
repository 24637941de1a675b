// The emulated device in the place of Device::cuda, for the tests of the engine.
#pragma once
#include "device/devices.h"
#include "emulated_device.h"

namespace tape::test {

class FakeDevice {
 public:
  /// With the processor's kernels, or with these.
  explicit FakeDevice(const Kernels& kernels = ::tape::kernels()) {
    use_backend(&emulated_backend(kernels, size_t{512} << 20));
  }
  ~FakeDevice() { use_backend(nullptr); }
  FakeDevice(const FakeDevice&) = delete;
  FakeDevice& operator=(const FakeDevice&) = delete;

  Kernels& kernels() { return emulated_kernels(); }
  std::string misuse() const { return emulated_misuse(); }
  void set_capacity(size_t bytes) { set_emulated_capacity(bytes); }
};

}  // namespace tape::test
