#include "emulated_device.h"

#if !defined(_WIN32)
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "cuda/chain.h"
#include "cuda/emulated.h"
#include "cuda/options.h"
#include "device/kernel_slots.h"

namespace tape::test {
namespace {

constexpr size_t kRoom = size_t{64} << 30;  // of addresses, not of memory
constexpr size_t kHugePage = size_t{2} << 20;

char* room = nullptr;
size_t top = 0, taken = 0, capacity = 0;
std::map<void*, size_t> segments;
std::map<size_t, std::vector<void*>> given_back;  // by their size
std::set<std::string> misused;
std::string why;
int open_doors = 0;
/// What was brought beside the kernels' work, and may not have been read yet.
struct Brought {
  size_t bytes;
  int64_t number;  // of what the device has been given
};
std::map<char*, Brought> brought;
int64_t given = 0, done = 0;
using Clock = std::chrono::steady_clock;
Clock::time_point opened;
Clock::duration busy{};

/// Huge pages, since every kernel changes what may be done with all of them.
char* reserve() {
  void* data =
      mmap(nullptr, kRoom + kHugePage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  const uintptr_t first = (reinterpret_cast<uintptr_t>(data) + kHugePage - 1) & ~(kHugePage - 1);
#if defined(MADV_HUGEPAGE)
  madvise(reinterpret_cast<void*>(first), kRoom, MADV_HUGEPAGE);
#endif
  return reinterpret_cast<char*>(first);
}

/// Lets the memory be used while it lives.
struct Open {
  Open() {
    if (open_doors++ > 0) return;
    opened = Clock::now();
    if (top > 0) mprotect(room, top, PROT_READ | PROT_WRITE);
  }
  ~Open() {
    if (--open_doors > 0) return;
    if (top > 0) mprotect(room, top, PROT_NONE);
    busy += Clock::now() - opened;
  }
};

/// Of the time since it was last asked; what it said then where that was just now.
int busy_percent() {
  static Clock::time_point asked{};
  static int last = -1;
  if (Clock::now() - asked < std::chrono::milliseconds(20)) return last;
  const auto passed = std::exchange(asked, Clock::now());
  const auto share =
      100 * std::exchange(busy, Clock::duration{}) / std::max(asked - passed, Clock::duration{1});
  return last = static_cast<int>(std::min<int64_t>(share, 100));
}

bool inside(const void* data) {
  return !data || (data >= room && data <= room + top);  // an empty tensor may end where the memory does
}

// What a kernel is given that must lie on the device.
template <class T>
bool on_device(const T&) {
  return true;
}
bool on_device(void* data) { return inside(data); }
bool on_device(const void* data) { return inside(data); }
bool on_device(double* data) { return inside(data); }
bool on_device(const double* data) { return inside(data); }
bool on_device(const int64_t* data) { return inside(data); }
bool on_device(const View& view) { return view.on_host || inside(view.data); }
bool on_device(const Matrix& matrix) { return inside(matrix.data); }
bool on_device(const HeadView& view) { return inside(view.data); }
bool on_device(const AttentionShape& shape) { return inside(shape.key_lengths) && inside(shape.mask.data); }
bool on_device(const ClassLoss& loss) { return inside(loss.weight); }
bool on_device(const PointInput& in) {
  return inside(in.input) && inside(in.target) && inside(in.weight) && inside(in.positive);
}

template <int slot, bool checked, class R, class... Args>
struct Guarded {
  static inline R (*original)(Args...) = nullptr;
  static inline const char* name = nullptr;
  static R call(Args... args) {
    if (checked && !(on_device(args) && ...)) misused.insert(name);
    Open open;
    return original(args...);
  }
};

template <int slot, bool checked, class R, class... Args>
void guard(const char* name, R (*&kernel)(Args...)) {
  using Slot = Guarded<slot, checked, R, Args...>;
  Slot::original = kernel;
  Slot::name = name;
  if (kernel) kernel = Slot::call;
}

Kernels guarded(Kernels all) {
  // Optimizers take lists that lie on the processor.
#define TAPE_GUARD(family, kernel) \
  guard<__COUNTER__, std::string_view(#family) != "optim">(#family "." #kernel, all.family.kernel);
  TAPE_KERNEL_SLOTS(TAPE_GUARD)
  return all;
}

Kernels table{};

/// Of a size that was given back, or above all others.
void* address_for(size_t bytes) {
  std::vector<void*>& free = given_back[bytes];
  if (!free.empty()) {
    void* data = free.back();
    free.pop_back();
    return data;
  }
  if (top + bytes > kRoom) return nullptr;
  top += bytes;
  return room + top - bytes;
}
void* take(size_t bytes) {
  void* data = taken + bytes > capacity ? nullptr : address_for(bytes);
  if (!data) return nullptr;
  taken += bytes;
  segments[data] = bytes;
  Open open;
  std::memset(data, 0xA5, bytes < 4096 ? bytes : 4096);
  return data;
}
/// Elementwise work that waits.
void finish() {
  Open open;
  cuda::launch_waiting();
}
void give_back(void* data) {
  finish();
  taken -= segments[data];
  madvise(data, segments[data], MADV_DONTNEED);
  given_back[segments[data]].push_back(data);
  segments.erase(data);
}

/// As a GPU reports an illegal address: by the call that waits next.
bool settled() {
  finish();
  done = given;
  brought.clear();
  why = cuda::take_emulated_refusal();
  if (!why.empty()) return false;
  const std::string names = emulated_misuse();
  if (names.empty()) return true;
  why = "misused by " + names;
  return false;
}
bool copy(void* to, const void* from, size_t bytes) {
  finish();
  Open open;
  std::memcpy(to, from, bytes);
  return true;
}

// The device is said to work behind what it is given: by so many pieces, or until somebody waits.
constexpr int64_t kBehind = 2;
thread_local int64_t launches = 0;

/// Behind what the stream of kernels has been given so far.
struct Event {
  int64_t number, after;
};
void* record(int) {
  finish();
  return new Event{++given, launches + kBehind};
}
void wait(void* data) {
  done = std::max(done, static_cast<Event*>(data)->number);
  std::erase_if(brought, [](const auto& entry) { return entry.second.number <= done; });
}
bool passed(void* data) {
  const Event& event = *static_cast<Event*>(data);
  if (event.number > done && event.after > launches) return false;
  wait(data);
  return true;
}
void drop(void* event) { delete static_cast<Event*>(event); }

/// A copy that does not wait for the kernels: nobody may be reading there still.
bool bring(void* to, const void* from, size_t bytes) {
  auto* const first = static_cast<char*>(to);
  for (const auto& [other, part] : brought)
    if (first < other + part.bytes && other < first + bytes)
      misused.insert("a copy into what kernels may still read");
  brought[first] = {bytes, ++given};
  return copy(to, from, bytes);
}

/// Bytes on their way to the processor.
struct Parcel {
  std::vector<char> bytes;
  int64_t after;
};

void* to_host_later(const void* from, size_t bytes) {
  finish();
  Open open;
  const auto* const first = static_cast<const char*>(from);
  return new Parcel{{first, first + bytes}, launches + kBehind};
}
bool arrived(void* later) { return launches >= static_cast<Parcel*>(later)->after; }
bool collect(void* later, void* to) {
  const std::unique_ptr<Parcel> parcel(static_cast<Parcel*>(later));
  if (!to) return true;
  std::memcpy(to, parcel->bytes.data(), parcel->bytes.size());
  return settled();
}

}  // namespace

const DeviceBackend& emulated_backend(const Kernels& kernels, size_t bytes) {
  static DeviceBackend made{};
  if (!room) room = reserve();
  finish();
  capacity = bytes;
  table = guarded(kernels);
  misused.clear();
  brought.clear();
  made.version = kDeviceBackendVersion;
  made.kernels_bytes = sizeof(Kernels);
  made.kernels_version = kBackendVersion;
  made.score = [] { return 1; };
  made.properties = [](DeviceProperties* out) {
    *out = {"Emulated GPU (tests)", 13000, 0, 1, static_cast<int64_t>(capacity), "none"};
    return true;
  };
  made.init = [] { return true; };
  made.reason = [] { return why.c_str(); };
  made.memory.source = {take, give_back, record, passed, wait, drop};
  made.memory.available = [](int64_t* free_bytes, int64_t* total) {
    *free_bytes = static_cast<int64_t>(capacity - taken);
    *total = static_cast<int64_t>(capacity);
  };
  made.memory.to_device = copy;
  made.memory.bring = bring;
  made.memory.to_host = [](void* to, const void* from, size_t bytes) {
    return copy(to, from, bytes) && settled();
  };
  made.memory.to_host_later = to_host_later;
  made.memory.arrived = arrived;
  made.memory.collect = collect;
  made.memory.synchronize = settled;
  made.memory.unread = cuda::unread;
  static const DeviceGraphs graphs = cuda::emulated_graphs();
  made.graphs = graphs;
  made.graphs.begin = [] {
    finish();
    return graphs.begin();
  };
  made.graphs.end = []() -> void* {
    void* const graph = graphs.end();
    if (!graph) why = cuda::emulated_reason();
    return graph;
  };
  made.graphs.launch = [](void* graph) {
    ++launches;
    Open open;
    return graphs.launch(graph);
  };
  made.set_option = cuda::set_option;
  made.busy_percent = busy_percent;
  made.kernels = &table;
  return made;
}

Kernels& emulated_kernels() { return table; }
void set_emulated_capacity(size_t bytes) { capacity = bytes; }
std::string emulated_misuse() {
  std::string names;
  for (const std::string& name : misused) names += (names.empty() ? "" : " ") + name;
  return names;
}

}  // namespace tape::test
#endif
