// Storage and the caching allocator behind it.
#pragma once
#include <cstddef>
#include <cstdint>

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
};

MemoryStats& memory_stats();
void reset_peak_memory();
/// Returns every cached block to the system.
void empty_cache();

/// A block of memory with the version counter that all views of it share. A storage made by
/// `share` lies inside another one and has a counter of its own.
struct Storage final : Pooled {
  uint32_t refs = 0;
  uint32_t version = 0;
  void* data = nullptr;
  size_t bytes = 0;
  size_t block = 0;  // size class of the allocator; 0 when `parent` owns the memory
  Ref<Storage> parent;

  /// Uninitialised memory, aligned to 64 bytes. Throws Error(memory) when the system refuses.
  static Ref<Storage> allocate(size_t bytes);
  static Ref<Storage> share(const Ref<Storage>& parent, size_t offset, size_t bytes);
  void destroy();
};

}  // namespace tape
