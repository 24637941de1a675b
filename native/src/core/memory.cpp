#include "tape/memory.h"

#include <bit>
#include <new>
#include <vector>

#include "tape/error.h"

namespace tape {
namespace {

constexpr std::align_val_t kAlignment{64};
// Blocks are rounded to a size class: powers of two split in four, so at most 25 % is lost and tensors
// of nearly the same size (lengths 87 and 93) share buffers.
constexpr int kClasses = 4 * 48;
constexpr size_t kSmallest = 64;
// What one thread may keep for reuse before blocks go back to the system.
constexpr int64_t kCacheLimit = int64_t{1} << 30;

int size_class(size_t bytes, size_t& block) {
  if (bytes <= kSmallest) {
    block = kSmallest;
    return 0;
  }
  const int power = static_cast<int>(std::bit_width(bytes - 1)) - 1;  // 2^power < bytes
  const size_t base = size_t{1} << power, quarter = base >> 2;
  const size_t step = (bytes - base + quarter - 1) / quarter;  // 1..4
  block = base + step * quarter;
  return (power - 6) * 4 + static_cast<int>(step);
}

struct Allocator {
  std::vector<void*> free_blocks[kClasses + 1];
  MemoryStats stats;
  ~Allocator();
};

// Set once a thread's allocator is gone: storages that outlive it go straight to the system.
thread_local bool closed = false;

Allocator& allocator() {
  thread_local Allocator instance;
  return instance;
}

void free_cached(Allocator& self) {
  for (auto& blocks : self.free_blocks) {
    for (void* block : blocks) ::operator delete(block, kAlignment);
    blocks.clear();
  }
  self.stats.cached = 0;
}

Allocator::~Allocator() {
  free_cached(*this);
  closed = true;
}

}  // namespace

MemoryStats& memory_stats() {
  if (closed) {
    thread_local MemoryStats after;
    return after;
  }
  return allocator().stats;
}

void reset_peak_memory() {
  MemoryStats& stats = memory_stats();
  stats.peak = stats.active;
}

void empty_cache() {
  if (!closed) free_cached(allocator());
}

Ref<Storage> Storage::allocate(size_t bytes) {
  Allocator& self = allocator();
  size_t block;
  const int index = size_class(bytes, block);
  void* data = nullptr;
  auto& blocks = self.free_blocks[index];
  if (!blocks.empty()) {
    data = blocks.back();
    blocks.pop_back();
    self.stats.cached -= static_cast<int64_t>(block);
  } else {
    data = ::operator new(block, kAlignment, std::nothrow);
    if (!data) {
      free_cached(self);
      data = ::operator new(block, kAlignment, std::nothrow);
    }
    if (!data)
      fail(ErrorCode::memory, "memory", "the system refused ", block, " bytes with ", self.stats.active,
           " in use, use a smaller batch or model");
    ++self.stats.system_allocations;
  }
  ++self.stats.allocations;
  ++self.stats.live_storages;
  self.stats.active += static_cast<int64_t>(block);
  if (self.stats.active > self.stats.peak) self.stats.peak = self.stats.active;
  auto* storage = new Storage;
  storage->data = data;
  storage->bytes = bytes;
  storage->block = block;
  return Ref<Storage>(storage);
}

Ref<Storage> Storage::share(const Ref<Storage>& parent, size_t offset, size_t bytes) {
  auto* storage = new Storage;
  storage->data = static_cast<char*>(parent->data) + offset;
  storage->bytes = bytes;
  storage->parent = parent;
  ++memory_stats().live_storages;
  return Ref<Storage>(storage);
}

void Storage::destroy() {
  MemoryStats& stats = memory_stats();
  --stats.live_storages;
  if (block) {
    stats.active -= static_cast<int64_t>(block);
    if (closed || stats.cached + static_cast<int64_t>(block) > kCacheLimit) {
      ::operator delete(data, kAlignment);
    } else {
      size_t unused;
      allocator().free_blocks[size_class(block, unused)].push_back(data);
      stats.cached += static_cast<int64_t>(block);
    }
  }
  delete this;
}

}  // namespace tape
