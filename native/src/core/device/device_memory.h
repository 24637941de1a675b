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

}  // namespace tape
