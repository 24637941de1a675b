// Storages on a device, and copies between it and the processor.
#pragma once
#include <vector>

#include "tape/device.h"
#include "tape/memory.h"

namespace tape {

/// Uninitialised memory on `device`; Error(memory) when there is not enough, Error(device) when there is no
/// such device. Counts objects in `stats`, bytes in device_memory_stats.
Ref<Storage> allocate_on(Device device, size_t bytes, MemoryStats& stats);
void free_on_device(const Storage& storage);

/// Peaks of the calling thread's memory on a device it has used start again from what is active.
void reset_device_peak();

/// `bytes` between contiguous memory of two devices, in order with the work given to them.
void copy_bytes(void* to, Device to_device, const void* from, Device from_device, size_t bytes);

/// Whether a copy of so many bytes from the processor is worth going beside the device's other work. Memory
/// for it is what is allocated while one of these lives.
bool goes_beside(Device device, size_t bytes);
class Arriving {
 public:
  explicit Arriving(Device device);
  ~Arriving();
  Arriving(const Arriving&) = delete;
  Arriving& operator=(const Arriving&) = delete;

 private:
  Device device_;
};
/// `bytes` of the processor into such memory: what is given to the device from here on waits for them.
void bring_bytes(void* to, Device device, const void* from, size_t bytes);

/// A copy of `bytes` to the host that nobody waits for; what it gives is for `collect_later`.
void* copy_later(const void* from, Device device, size_t bytes);
bool arrived_later(void* later, Device device);
/// Waits for it and gives it to `to`; null: it is not wanted any more.
void collect_later(void* later, Device device, void* to);

/// While a step graph is recorded, memory on `device` comes from a part that graphs share, and blocks of the
/// other part that are given back go to `kept` instead: the graph reads them. Null ends it.
void record_memory(Device device, std::vector<void*>* kept);
void give_back(Device device, std::vector<void*>& kept);
/// How many more graphs there are: while there is one, the segments of their part stay.
void count_graphs(Device device, int more);

}  // namespace tape
