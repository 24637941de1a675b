// Small libraries that are a backend in every way but one; CMake builds one for each BROKEN.
#include "tape/device_backend.h"

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

namespace {

using namespace tape;

[[maybe_unused]] int no_device() { return 0; }
[[maybe_unused]] int one_device() { return 1; }
bool properties(DeviceProperties* out) {
  *out = {"Made of paper", 13010, 9, 0, 1024, "scissors"};
  return true;
}
bool init() { return false; }
const char* reason() { return "no CUDA-capable device is detected"; }

}  // namespace

#if !defined(BROKEN_ENTRY)
extern "C" EXPORTED const DeviceBackend* tape_device_backend() {
  static DeviceBackend backend{kDeviceBackendVersion,
                               sizeof(Kernels),
                               kBackendVersion,
                               one_device,
                               properties,
                               init,
                               reason,
                               {},
                               {},
                               nullptr,
                               nullptr,
                               nullptr};
#if defined(BROKEN_VERSION)
  backend.version = 99;
#elif defined(BROKEN_KERNELS)
  backend.kernels_bytes = 8;
#elif defined(BROKEN_DEVICE)
  backend.score = no_device;
#elif defined(BROKEN_NOTHING)
  return nullptr;
#endif
  return &backend;
}
#endif
