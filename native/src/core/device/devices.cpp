#include "devices.h"

#include <cstdlib>

#include "library.h"
#include "tape/error.h"

namespace tape {
namespace {

#if defined(_WIN32)
constexpr const char* kLibrary = "tape_cuda.dll";
constexpr const char* kDriver = "nvcuda.dll";
#else
constexpr const char* kLibrary = "libtape_cuda.so";
constexpr const char* kDriver = "libcuda.so.1";
#endif

/// What a search ended with.
struct Found {
  const DeviceBackend* backend = nullptr;
  DeviceInfo info;
};

Found looked_at(FoundBackend found) {
  Found result;
  result.info.reason = std::move(found.reason);
  if (!found.backend) return result;
  DeviceProperties properties{};
  if (!found.backend->properties(&properties)) {
    result.info.reason = found.backend->reason();
    return result;
  }
  result.backend = found.backend;
  result.info.available = true;
  result.info.name = properties.name;
  result.info.driver =
      std::to_string(properties.driver / 1000) + "." + std::to_string(properties.driver % 1000 / 10);
  result.info.compute_capability = std::to_string(properties.major) + "." + std::to_string(properties.minor);
  result.info.memory_bytes = properties.memory;
  result.info.libraries = properties.libraries;
  return result;
}

/// TAPE_CUDA_LIBRARY in the environment names another library than the one beside the engine; whether it
/// needs NVIDIA's driver is its own business.
Found search() {
#if defined(__APPLE__)
  Found none;
  none.info.reason = "there is no CUDA on macOS";
  return none;
#else
  const char* named = std::getenv("TAPE_CUDA_LIBRARY");
  return looked_at(named ? find_backend(named, "") : find_backend(engine_folder() + kLibrary, kDriver));
#endif
}

Found* replaced = nullptr;  // by a test
uint32_t generation = 0;

const Found& found() {
  if (replaced) return *replaced;
  static const Found once = search();
  return once;
}

thread_local const DeviceBackend* ready = nullptr;

}  // namespace

const DeviceInfo& cuda_info() { return found().info; }

const DeviceBackend& backend_of(const char* where, Device device) {
  const Found& cuda = found();
  if (device != Device::cuda || !cuda.backend)
    fail(ErrorCode::device, where, "device ", name_of(device), ": ", cuda.info.reason, ", stay on 'cpu'");
  if (ready != cuda.backend) {
    if (!cuda.backend->init())
      fail(ErrorCode::device, where, "device ", name_of(device), " (", cuda.info.name,
           ") could not be started: ", cuda.backend->reason(), ", stay on 'cpu'");
    ready = cuda.backend;
  }
  return *cuda.backend;
}

void set_device_option(Device device, DeviceOption option, bool on) {
  backend_of("deviceOption", device).set_option(option, on);
}

void use_backend(const DeviceBackend* backend) {
  delete replaced;
  replaced = backend ? new Found(looked_at({backend, ""})) : nullptr;
  ready = nullptr;
  ++generation;
}

uint32_t backend_generation() { return generation; }

}  // namespace tape
