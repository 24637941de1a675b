// A device made of the processor: its memory cannot be touched but by its kernels. What runs on it right runs
// on any device with those kernels; an op that looks into a tensor by itself crashes, and a kernel that is
// given memory of the processor is named.
#pragma once
#include <string>

#include "tape/device_backend.h"

namespace tape::test {

/// The device with these kernels and `bytes` of memory. There is one: a second call changes it.
const DeviceBackend& emulated_backend(const Kernels& kernels, size_t bytes);

/// Its kernels; one that is taken away is refused from then on.
Kernels& emulated_kernels();
/// Kernels that were given an address outside of its memory, each name once, and copies that overtook the
/// kernels that read there; empty when all went well. While there is one, waiting for the device and reading
/// from it fail.
std::string emulated_misuse();
/// Bytes that its memory may hold.
void set_emulated_capacity(size_t bytes);

}  // namespace tape::test
