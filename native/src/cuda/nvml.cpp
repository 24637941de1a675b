#include "nvml.h"

#include <chrono>

#if !defined(_WIN32)
#include <dlfcn.h>
#endif

namespace tape::cuda {
namespace {

/// nvmlUtilization_t
struct Utilisation {
  unsigned gpu, memory;
};

/// What is used of the library; its entry points return 0 where they succeeded.
struct Library {
  int (*device_by_bus)(const char*, void**) = nullptr;
  int (*utilisation)(void*, Utilisation*) = nullptr;

  Library() {
#if !defined(_WIN32)
    void* const opened = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!opened) return;
    const auto start = reinterpret_cast<int (*)()>(dlsym(opened, "nvmlInit_v2"));
    if (!start || start() != 0) return;
    device_by_bus =
        reinterpret_cast<decltype(device_by_bus)>(dlsym(opened, "nvmlDeviceGetHandleByPciBusId_v2"));
    utilisation = reinterpret_cast<decltype(utilisation)>(dlsym(opened, "nvmlDeviceGetUtilizationRates"));
#endif
  }
};

int ask(const char* pci_bus_id) {
  static const Library library;
  if (!library.device_by_bus || !library.utilisation) return -1;
  thread_local void* device = nullptr;
  if (!device && library.device_by_bus(pci_bus_id, &device) != 0) return -1;
  Utilisation found{};
  return library.utilisation(device, &found) == 0 ? static_cast<int>(found.gpu) : -1;
}

}  // namespace

int busy_percent_of(const char* pci_bus_id) {
  using Clock = std::chrono::steady_clock;
  thread_local Clock::time_point asked{};
  thread_local int last = -1;
  if (const auto now = Clock::now(); now - asked > std::chrono::milliseconds(500)) {
    asked = now;
    last = ask(pci_bus_id);
  }
  return last;
}

}  // namespace tape::cuda
