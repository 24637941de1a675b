#include "tape/memory.h"

#include <bit>
#include <cstdlib>
#include <new>
#include <vector>

#include "device/device_memory.h"
#include "holders.h"
#include "tape/error.h"
#include "tape/journal.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)0)
#endif

namespace tape {
namespace {

constexpr size_t kAlignment = 64;
// Blocks are rounded to a size class: powers of two split in four, so at most 25 % is lost and tensors
// of nearly the same size (lengths 87 and 93) share buffers.
constexpr int kClasses = 4 * 48;
constexpr size_t kSmallest = 64;
// Beyond this no machine has memory, and rounding up would overflow.
constexpr size_t kGreatest = size_t{1} << 52;
// For blocks of this size and more the system is asked for huge pages: a page fault costs more than the
// arithmetic on a page, and a huge one comes 512 times as seldom. Blocks are not aligned to one: Electron's
// allocator ends the process when it is asked for more than a megabyte of alignment.
constexpr size_t kHugePage = size_t{2} << 20;
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

void* system_allocate(size_t block) {
  void* data = ::operator new (block, std::align_val_t{kAlignment}, std::nothrow);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const auto begin = reinterpret_cast<uintptr_t>(data), first = (begin + kHugePage - 1) & ~(kHugePage - 1);
  if (const uintptr_t last = (begin + block) & ~(kHugePage - 1); data && first < last)
    madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
  return data;
}

void system_free(void* data, size_t block) {
  ASAN_UNPOISON_MEMORY_REGION(data, block);
  (void)block;
  ::operator delete (data, std::align_val_t{kAlignment});
}

struct Allocator {
  std::vector<void*> free_blocks[kClasses + 1];
  MemoryStats stats;
  Holders holders;
};

// Plain words, so that the hot path needs no guard for first use and the thread's share of static memory
// stays small. `closed` once a thread's allocator is gone: storages that outlive it go straight to the
// system.
constinit thread_local Allocator* opened = nullptr;
constinit thread_local bool closed = false;
constinit thread_local const char* making_op = nullptr;
constinit thread_local bool making_backward = false;

void free_cached(Allocator& self) {
  for (auto& blocks : self.free_blocks) {
    if (blocks.empty()) continue;
    size_t block = kSmallest;
    if (const auto index = &blocks - self.free_blocks; index > 0) {
      const size_t base = size_t{1} << ((index - 1) / 4 + 6);
      block = base + ((index - 1) % 4 + 1) * (base >> 2);
    }
    for (void* data : blocks) system_free(data, block);
    blocks.clear();
  }
  self.stats.cached = 0;
}

struct Owner {
  Owner() { opened = new Allocator; }
  ~Owner() {
    free_cached(*opened);
    closed = true;
    // What outlives the thread's engine still counts: nothing to free but a few kilobytes of figures.
    if (opened->stats.live_storages == 0 && opened->stats.live_tensors == 0 && opened->stats.live_nodes == 0)
      delete std::exchange(opened, nullptr);
  }
};

Allocator& first_use() {
  if (closed) return *(opened = new Allocator);
  thread_local Owner owner;
  return *opened;
}

Allocator& allocator() {
  if (opened) [[likely]]
    return *opened;
  return first_use();
}

[[noreturn]] void out_of_memory(const Allocator& self, size_t bytes) {
  const MemoryStats& stats = self.stats;
  std::string limit, held;
  if (stats.limit > 0) limit = ", the limit is " + readable_bytes(stats.limit);
  int named = 0;
  for (const MemoryHolder& holder : self.holders.list()) {
    if (holder.active == 0 || named == 3) break;
    held +=
        (named++ ? ", " : "; most is held by ") + holder.name + " (" + readable_bytes(holder.active) + ")";
  }
  fail(ErrorCode::memory, "memory", making(), " asked for ",
       bytes > kGreatest ? "more than any machine has" : readable_bytes(static_cast<int64_t>(bytes)),
       " with ", readable_bytes(stats.active), " in use and ", readable_bytes(stats.cached), " cached", limit,
       held, "; use a smaller batch or model, or free tensors earlier with scope()");
}

/// Memory for a block that the cache does not have.
void* fresh_block(Allocator& self, size_t bytes, size_t block) {
  const MemoryStats& stats = self.stats;
  const auto exceeds = [&] {
    return stats.limit > 0 && stats.active + stats.cached + static_cast<int64_t>(block) > stats.limit;
  };
  if (exceeds()) free_cached(self);
  void* data = exceeds() ? nullptr : system_allocate(block);
  if (!data && !exceeds()) {
    free_cached(self);
    data = system_allocate(block);
  }
  if (!data) out_of_memory(self, bytes);
  ++self.stats.system_allocations;
  return data;
}

}  // namespace

MemoryStats& memory_stats() { return allocator().stats; }

void reset_peak_memory() {
  MemoryStats& stats = memory_stats();
  stats.peak = stats.active;
  allocator().holders.reset_peaks();
  reset_device_peak();
}

void empty_cache() { free_cached(allocator()); }

void set_memory_limit(int64_t bytes) {
  if (bytes < 0) fail(ErrorCode::value, "setMemoryLimit", "the limit must not be negative, got ", bytes);
  memory_stats().limit = bytes;
}

const char* making() { return making_op ? making_op : "the engine"; }
bool making_backward_now() { return making_backward; }

std::vector<MemoryHolder> memory_holders() { return allocator().holders.list(); }

Making::Making(const char* op, bool backward)
    : op_(std::exchange(making_op, op)), backward_(std::exchange(making_backward, backward)) {}
Making::~Making() {
  making_op = op_;
  making_backward = backward_;
}

Ref<Storage> Storage::allocate(size_t bytes, Device device) {
  Allocator& self = allocator();
  if (device != Device::cpu) [[unlikely]]
    return allocate_on(device, bytes, self.stats);
  if (bytes > kGreatest) out_of_memory(self, bytes);
  size_t block;
  const int index = size_class(bytes, block);
  void* data = nullptr;
  auto& blocks = self.free_blocks[index];
  if (!blocks.empty()) {
    data = blocks.back();
    blocks.pop_back();
    self.stats.cached -= static_cast<int64_t>(block);
  } else {
    data = fresh_block(self, bytes, block);
  }
  // What rounding added stays poisoned: kernels must not reach beyond the tensor.
  ASAN_UNPOISON_MEMORY_REGION(data, block);
  ASAN_POISON_MEMORY_REGION(static_cast<char*>(data) + bytes, block - bytes);
  ++self.stats.allocations;
  ++self.stats.live_storages;
  self.stats.active += static_cast<int64_t>(block);
  if (self.stats.active > self.stats.peak) self.stats.peak = self.stats.active;
  auto* storage = new Storage;
  storage->data = data;
  storage->bytes = bytes;
  storage->block = block;
  storage->maker = self.holders.took(making_op, making_backward, static_cast<int64_t>(block));
  if (tape_mode & kJournal) [[unlikely]]
    journal_took(*storage);
  return Ref<Storage>(storage);
}

Ref<Storage> Storage::share(const Ref<Storage>& parent, size_t offset, size_t bytes) {
  auto* storage = new Storage;
  storage->data = static_cast<char*>(parent->data) + offset;
  storage->bytes = bytes;
  storage->device = parent->device;
  storage->parent = parent;
  ++memory_stats().live_storages;
  return Ref<Storage>(storage);
}

void Storage::destroy() {
  Allocator& self = allocator();
  MemoryStats& stats = self.stats;
  --stats.live_storages;
  if (block && device != Device::cpu) [[unlikely]] {
    free_on_device(*this);
  } else if (block) {
    const auto size = static_cast<int64_t>(block);
    stats.active -= size;
    self.holders.gave(maker, size);
    if (tape_mode & kJournal) [[unlikely]]
      journal_gave(*this);
    if (closed || stats.cached + size > kCacheLimit) {
      system_free(data, block);
    } else {
      size_t unused;
      self.free_blocks[size_class(block, unused)].push_back(data);
      stats.cached += size;
      ASAN_POISON_MEMORY_REGION(data, block);
    }
  }
  delete this;
}

}  // namespace tape
