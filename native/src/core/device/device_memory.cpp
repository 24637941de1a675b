#include "device_memory.h"

#include <array>

#include "../holders.h"
#include "caching_allocator.h"
#include "devices.h"
#include "tape/error.h"
#include "tape/journal.h"
#include "tape/step_graph.h"

namespace tape {
namespace {

constexpr int kComputes = 0, kCopies = 1;  // streams
/// The driver takes smaller copies along with the call.
constexpr size_t kSmallCopy = size_t{64} << 10;

/// One thread's memory on the device.
struct DevicePart {
  explicit DevicePart(const DeviceBackend& backend)
      : backend(backend),
        memory(backend.memory.source),
        graph_memory(backend.memory.source),
        arrivals(backend.memory.source, kCopies) {}
  CachingAllocator& part_of(void* data) {
    return graph_memory.holds(data) ? graph_memory : arrivals.holds(data) ? arrivals : memory;
  }
  std::array<const CachingAllocator*, 3> parts() const { return {&memory, &graph_memory, &arrivals}; }
  int64_t in_use() const { return sum(&CacheCounters::in_use); }
  int64_t cached() const {
    int64_t all = 0;
    for (const CachingAllocator* part : parts()) all += part->cached();
    return all;
  }
  int64_t sum(int64_t CacheCounters::*counter) const {
    int64_t all = 0;
    for (const CachingAllocator* part : parts()) all += part->counters().*counter;
    return all;
  }
  /// Null when there is not enough, cached parts of the others counted.
  void* allocate(size_t bytes);

  const DeviceBackend& backend;
  /// Of ordinary work, of what a graph makes, and what the stream that copies writes while others read other
  /// blocks of it: one is used again once the work that read it is done.
  CachingAllocator memory, graph_memory, arrivals;
  bool arriving = false;
  Holders holders;
  std::vector<void*>* kept = nullptr;  // of the graph that is recorded
  int graphs = 0;
};

// As the processor's allocator: a thread that ends gives back what nobody holds; storages that outlive it
// find their part still there.
constinit thread_local DevicePart* opened = nullptr;

void close() {
  if (!opened) return;
  opened->memory.release_cached();
  opened->arrivals.release_cached();
  if (opened->in_use() == 0) delete opened;
  opened = nullptr;
}
struct Owner {
  ~Owner() { close(); }
};

DevicePart& part(const DeviceBackend& backend) {
  thread_local Owner owner;
  if (opened && &opened->backend != &backend) close();  // a test has put another in its place
  if (!opened) opened = new DevicePart(backend);
  return *opened;
}

void* DevicePart::allocate(size_t bytes) {
  if (kept) return graph_memory.allocate(bytes);
  if (arriving && memory.limit() == 0)
    if (void* data = arrivals.allocate(bytes)) {
      arrivals.note_use(data, kComputes);
      return data;
    }
  if (void* data = memory.allocate(bytes)) return data;
  arrivals.release_cached();
  if (void* data = memory.allocate(bytes)) return data;
  if (memory.limit() > 0) return nullptr;
  void* data = arrivals.allocate(bytes);  // in a segment that something else keeps
  if (data) arrivals.note_use(data, kComputes);
  return data;
}

[[noreturn]] void out_of_memory(const DevicePart& self, Device device, size_t bytes) {
  int64_t free_bytes = 0, total = 0;
  self.backend.memory.available(&free_bytes, &total);
  std::string held;
  int named = 0;
  for (const MemoryHolder& holder : self.holders.list()) {
    if (holder.active == 0 || named == 3) break;
    held +=
        (named++ ? ", " : "; most is held by ") + holder.name + " (" + readable_bytes(holder.active) + ")";
  }
  fail(ErrorCode::memory, "memory", making(), " asked for ", readable_bytes(static_cast<int64_t>(bytes)),
       " on ", name_of(device), " with ", readable_bytes(self.in_use()), " in use, ",
       readable_bytes(self.cached()), " cached and ", readable_bytes(free_bytes), " of ",
       readable_bytes(total), " free", held,
       "; use a smaller batch or model, or free tensors earlier with scope()");
}

void check(bool done, const DeviceBackend& backend) {
  if (done) return;
  const std::string reason = backend.reason();
  if (reason.starts_with("no memory ")) {
    empty_device_cache(Device::cuda);  // of other sizes: whoever tries again finds more
    fail(ErrorCode::memory, making(), "cuda: ", reason, "; use a smaller batch or model");
  }
  const bool value = reason.starts_with("index ") || reason.starts_with("label ");
  fail(value ? ErrorCode::value : ErrorCode::device, making(), "cuda: ", reason);
}

/// No values cross the border while a step is recorded.
void refuse_recorded(bool reads, Device device) {
  if (recorded_graph())
    fail(ErrorCode::device, making(), reads ? "reads" : "brings", " values ", reads ? "from " : "to ",
         name_of(device), " in a step that is recorded as a graph, do that before or after it");
}

}  // namespace

Ref<Storage> allocate_on(Device device, size_t bytes, MemoryStats& stats) {
  DevicePart& self = part(backend_of(making(), device));
  void* data = self.allocate(bytes);
  if (!data) out_of_memory(self, device, bytes);
  auto* storage = new Storage;
  storage->device = device;
  storage->data = data;
  storage->bytes = bytes;
  storage->block = self.part_of(data).size_of_block(data);
  storage->maker = self.holders.took(making(), making_backward_now(), static_cast<int64_t>(storage->block));
  ++stats.live_storages;
  if (tape_mode & kJournal) [[unlikely]]
    journal_took(*storage);
  return Ref<Storage>(storage);
}

void free_on_device(const Storage& storage) {
  if (tape_mode & kJournal) [[unlikely]]
    journal_gave(storage);
  if (!opened) return;  // its thread is gone, and what it held went with it
  opened->holders.gave(storage.maker, static_cast<int64_t>(storage.block));
  CachingAllocator& memory = opened->part_of(storage.data);
  if (opened->kept && &memory != &opened->graph_memory) {
    opened->kept->push_back(storage.data);
    return;
  }
  if (const auto unread = opened->backend.memory.unread) unread(storage.data, storage.bytes);
  memory.free(storage.data);
}

void copy_bytes(void* to, Device to_device, const void* from, Device from_device, size_t bytes) {
  if (bytes == 0) return;
  const Device device = to_device == Device::cpu ? from_device : to_device;
  refuse_recorded(to_device == Device::cpu, device);
  const DeviceBackend& backend = backend_of(making(), device);
  check(to_device == Device::cpu ? backend.memory.to_host(to, from, bytes)
                                 : backend.memory.to_device(to, from, bytes),
        backend);
}

bool goes_beside(Device device, size_t bytes) {
  return device != Device::cpu && bytes > kSmallCopy && !recorded_graph();
}
Arriving::Arriving(Device device) : device_(device) { part(backend_of(making(), device)).arriving = true; }
Arriving::~Arriving() { part(backend_of(making(), device_)).arriving = false; }

void bring_bytes(void* to, Device device, const void* from, size_t bytes) {
  const DevicePart& self = part(backend_of(making(), device));
  if (!self.arrivals.holds(to)) return copy_bytes(to, device, from, Device::cpu, bytes);
  check(self.backend.memory.bring(to, from, bytes), self.backend);
}

void* copy_later(const void* from, Device device, size_t bytes) {
  refuse_recorded(true, device);
  const DeviceBackend& backend = backend_of(making(), device);
  void* const later = backend.memory.to_host_later(from, bytes);
  check(later != nullptr, backend);
  return later;
}
bool arrived_later(void* later, Device device) { return backend_of(making(), device).memory.arrived(later); }
void collect_later(void* later, Device device, void* to) {
  const DeviceBackend& backend = backend_of(making(), device);
  check(backend.memory.collect(later, to), backend);
}

DeviceMemoryStats device_memory_stats(Device device) {
  const DevicePart& self = part(backend_of(making(), device));
  DeviceMemoryStats stats;
  stats.active = self.in_use();
  stats.peak = self.sum(&CacheCounters::peak);
  stats.cached = self.cached();
  stats.allocations = self.sum(&CacheCounters::allocations);
  stats.device_allocations = self.sum(&CacheCounters::source_allocations);
  stats.limit = self.memory.limit();
  if (self.backend.busy_percent) stats.busy_percent = self.backend.busy_percent();
  self.backend.memory.available(&stats.free, &stats.total);
  return stats;
}

void reset_device_peak() {
  if (!opened) return;
  opened->memory.reset_peak();
  opened->graph_memory.reset_peak();
  opened->arrivals.reset_peak();
  opened->holders.reset_peaks();
}

std::vector<MemoryHolder> device_memory_holders(Device device) {
  return part(backend_of(making(), device)).holders.list();
}

void set_device_memory_limit(Device device, int64_t bytes) {
  if (bytes < 0) fail(ErrorCode::value, "setMemoryLimit", "the limit must not be negative, got ", bytes);
  part(backend_of(making(), device)).memory.set_limit(bytes);
}

void empty_device_cache(Device device) {
  DevicePart& self = part(backend_of(making(), device));
  self.memory.release_cached();
  self.graph_memory.release_cached();
  self.arrivals.release_cached();
}

void record_memory(Device device, std::vector<void*>* kept) {
  part(backend_of(making(), device)).kept = kept;
}

void give_back(Device device, std::vector<void*>& kept) {
  DevicePart& self = part(backend_of(making(), device));
  for (void* data : kept) self.part_of(data).free(data);
  kept.clear();
}

void count_graphs(Device device, int more) {
  DevicePart& self = part(backend_of(making(), device));
  self.graphs += more;
  self.graph_memory.keep_segments(self.graphs > 0);
  if (self.graphs == 0) self.graph_memory.release_cached();
}

}  // namespace tape
