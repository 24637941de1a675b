// A device made of the processor: its memory cannot be touched but by its kernels, which are the processor's.
// What runs on it right runs on any device with those kernels, and an op that looks into a tensor by itself
// crashes.
#pragma once
#include <string>

#include "device/devices.h"

namespace tape::test {

/// Puts the fake device in the place of Device::cuda while it lives.
class FakeDevice {
 public:
  /// With the processor's kernels, or with these.
  FakeDevice();
  explicit FakeDevice(const Kernels& kernels);
  ~FakeDevice();
  FakeDevice(const FakeDevice&) = delete;
  FakeDevice& operator=(const FakeDevice&) = delete;

  /// Its kernels; one that is taken away is refused from then on.
  Kernels& kernels();
  /// Kernels that were given an address outside of its memory, each name once; empty when all went well.
  std::string misuse() const;
  /// Bytes that its memory may hold.
  void set_capacity(size_t bytes);
};

}  // namespace tape::test
