// Storage and the caching allocator behind it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tape/device.h"
#include "tape/intrusive.h"
#include "tape/pool.h"

namespace tape {

/// Figures of the calling thread's engine, in bytes unless named otherwise.
struct MemoryStats {
  int64_t active = 0;        // held by live storages
  int64_t peak = 0;          // highest `active` since the last reset_peak_memory
  int64_t cached = 0;        // free blocks kept for reuse
  int64_t live_tensors = 0;  // tensor objects, for the leak tests
  int64_t live_storages = 0;
  int64_t live_nodes = 0;          // tape nodes
  int64_t allocations = 0;         // storages made so far
  int64_t system_allocations = 0;  // of them, how many went to the system
  int64_t limit = 0;               // see set_memory_limit; 0 when there is none
};

MemoryStats& memory_stats();
/// Peaks, also those of the holders and of a device in use, start again from what is active.
void reset_peak_memory();
/// Returns every cached block to the system.
void empty_cache();
/// Allocations that would take active and cached bytes beyond `bytes` give cached ones back first and then
/// fail, as when the system refuses. 0 means no limit.
void set_memory_limit(int64_t bytes);

/// Figures of the calling thread's memory on a device, in bytes unless named otherwise.
struct DeviceMemoryStats {
  int64_t active = 0;  // held by live storages
  int64_t peak = 0;
  int64_t cached = 0;              // kept for reuse
  int64_t free = 0;                // of the whole device, whoever holds the rest
  int64_t total = 0;               // of the whole device
  int64_t allocations = 0;         // blocks handed out so far
  int64_t device_allocations = 0;  // of them, how many went to the driver
  int64_t limit = 0;               // see set_device_memory_limit; 0 when there is none
  int busy_percent = -1;           // time in which the whole device computed of late; -1: it does not say
};
DeviceMemoryStats device_memory_stats(Device device);
/// As set_memory_limit and empty_cache.
void set_device_memory_limit(Device device, int64_t bytes);
void empty_device_cache(Device device);

/// What the storages made by one op hold.
struct MemoryHolder {
  std::string name;  // "linear", "linear backward", "other" outside of any op
  int64_t active = 0;
  int64_t peak = 0;  // since the last reset_peak_memory
  int64_t storages = 0;
};
/// Every op that holds memory or has held some since the last reset_peak_memory, greatest holder first.
std::vector<MemoryHolder> memory_holders();
std::vector<MemoryHolder> device_memory_holders(Device device);

/// Who the innermost Making names, "the engine" outside of any, and whether it is a derivative that runs.
const char* making();
bool making_backward_now();

/// Names who makes the storages allocated while it lives; innermost wins.
class Making {
 public:
  explicit Making(const char* op, bool backward = false);
  ~Making();
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

 private:
  const char* op_;
  bool backward_;
};

/// A block of memory with the version counter that all views of it share. A storage made by
/// `share` lies inside another one and has a counter of its own.
struct Storage final : Pooled {
  uint32_t refs = 0;
  uint32_t version = 0;
  Device device = Device::cpu;
  void* data = nullptr;
  size_t bytes = 0;
  size_t block = 0;    // size class of the allocator; 0 when `parent` owns the memory
  uint32_t maker = 0;  // the holder it counts for
  Ref<Storage> parent;

  /// Uninitialised memory, aligned to 64 bytes. Throws Error(memory) when the system refuses.
  static Ref<Storage> allocate(size_t bytes, Device device = Device::cpu);
  static Ref<Storage> share(const Ref<Storage>& parent, size_t offset, size_t bytes);
  void destroy();
};

}  // namespace tape
