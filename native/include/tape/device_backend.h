// What a device's shared library provides: a versioned table of C functions, found by one name. No exception
// leaves one: what failed is said by `reason`.
#pragma once
#include <cstddef>
#include <cstdint>

#include "tape/backend.h"
#include "tape/device.h"

namespace tape {

struct DeviceProperties {
  char name[128];
  int driver;  // 13000 for CUDA 13.0
  int major, minor;
  int64_t memory;
  char libraries[256];
};

/// What an allocator cuts its blocks from. Streams are numbers; 0 is the one that ops use.
struct MemorySource {
  void* (*allocate)(size_t bytes);  // null when there is not enough
  void (*free)(void* segment);
  void* (*record)(int stream);  // an event behind what the stream has been given so far
  bool (*passed)(void* event);
  void (*wait)(void* event);
  void (*drop)(void* event);
};

/// Memory of a device. Work is asynchronous and in order; the copies to and from the host wait for it. What
/// is false failed, and `reason` says why.
struct DeviceMemory {
  MemorySource source;
  void (*available)(int64_t* free_bytes, int64_t* total_bytes);
  bool (*to_device)(void* to, const void* from, size_t bytes);
  bool (*to_host)(void* to, const void* from, size_t bytes);
  /// As `to_device`, beside the work given so far, which must not touch `to` any more: only what is given
  /// from here on waits for it.
  bool (*bring)(void* to, const void* from, size_t bytes);
  /// A copy to the host that nobody waits for: of what is there after the work given so far. Null: it failed.
  void* (*to_host_later)(const void* from, size_t bytes);
  bool (*arrived)(void* later);
  /// Waits for it, gives the bytes to `to` and lets go of it. Where `to` is null it only lets go.
  bool (*collect)(void* later, void* to);
  bool (*synchronize)();
  /// Nobody reads these bytes again before they are written: work that waits need not write them. Null where
  /// no work waits.
  void (*unread)(void* data, size_t bytes);
};

/// Work that is recorded once and done again as one piece. All null where a device has none.
struct DeviceGraphs {
  bool (*begin)();              // work given from here on is kept, not done
  void* (*end)();               // null: it could not be recorded, and `reason` says why
  bool (*launch)(void* graph);  // in order with other work
  void (*drop)(void* graph);
};

constexpr uint32_t kDeviceBackendVersion = 7;

struct DeviceBackend {
  uint32_t version;        // kDeviceBackendVersion it was built with; nothing else is read where that differs
  uint32_t kernels_bytes;  // sizeof(Kernels) and kBackendVersion it was built with
  uint32_t kernels_version;
  /// 0 where no device can be used, else greater for a better one. Starts nothing on the device.
  int (*score)();
  bool (*properties)(DeviceProperties* properties);
  /// Makes the device ready for the calling thread.
  bool (*init)();
  /// Why the last call on this thread failed. What begins with "index " or "label " is a value out of range
  /// that a kernel found in the data, not a fault of the device.
  const char* (*reason)();
  DeviceMemory memory;
  DeviceGraphs graphs;
  void (*set_option)(DeviceOption option, bool on);
  /// Percent of the last moments in which the device computed, whoever asked it to; -1 where that is not
  /// known. Null where a device does not say.
  int (*busy_percent)();
  /// Kernels that it has; the others are null.
  const Kernels* kernels;
};

using DeviceBackendEntry = const DeviceBackend* (*)();
constexpr const char* kDeviceBackendEntry = "tape_device_backend";

}  // namespace tape
