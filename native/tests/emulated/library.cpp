// The emulated device as a library that the engine loads in the place of libtape_cuda.so (TAPE_CUDA_LIBRARY
// names it), with the GPU's own kernels as plain C++ and the processor's matrix products. For tests: it is
// slower than the processor. TAPE_EMULATED_MIB is the size of its memory, 4096 without it.
#include <cstdlib>
#include <string>
#include <utility>

#include "cuda/faults.h"
#include "device/emulated_device.h"
#include "device/gpu_kernels.h"

namespace tape::test {
namespace {

const DeviceBackend* device = nullptr;
thread_local std::string fault;

/// Whether no kernel has found an index out of range since somebody last waited.
bool settled() {
  fault = cuda::text_of(std::exchange(*cuda::fault_slot(), cuda::FaultSlot{}));
  return fault.empty();
}

size_t capacity() {
  const char* given = std::getenv("TAPE_EMULATED_MIB");
  const int64_t mib = given ? std::atoll(given) : 0;
  return static_cast<size_t>(mib > 0 ? mib : 4096) << 20;
}

DeviceBackend made() {
  device = &emulated_backend(gpu_kernels(), capacity());
  DeviceBackend backend = *device;
  backend.reason = [] { return fault.empty() ? device->reason() : fault.c_str(); };
  backend.memory.to_host = [](void* to, const void* from, size_t bytes) {
    return settled() && device->memory.to_host(to, from, bytes);
  };
  backend.memory.collect = [](void* later, void* to) {
    const bool fine = !to || settled();
    return device->memory.collect(later, fine ? to : nullptr) && fine;
  };
  backend.memory.synchronize = [] { return settled() && device->memory.synchronize(); };
  return backend;
}

}  // namespace
}  // namespace tape::test

extern "C" __attribute__((visibility("default"))) const tape::DeviceBackend* tape_device_backend() {
  static const tape::DeviceBackend backend = tape::test::made();
  return &backend;
}
