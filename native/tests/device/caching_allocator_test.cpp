// The logic of the device's allocator over a driver made of numbers: no device is needed.
#include "device/caching_allocator.h"

#include <map>
#include <set>
#include <vector>

#include "doctest/doctest.h"
#include "tape/random.h"

namespace tape::test {
namespace {

constexpr size_t MiB = size_t{1} << 20;

/// A device of `capacity` bytes whose streams stand still until they are told to go on.
struct FakeDriver {
  size_t capacity = 256 * MiB, taken = 0;
  std::map<void*, size_t> segments;
  int calls = 0, waits = 0;
  std::map<void*, bool> events;  // whether each has passed
  std::vector<int> recorded;     // streams of the events, in order
  uintptr_t next = 1 << 30;
};
FakeDriver driver;

MemorySource fresh_driver(size_t capacity = 256 * MiB) {
  driver = FakeDriver();
  driver.capacity = capacity;
  MemorySource source{};
  source.allocate = [](size_t bytes) -> void* {
    ++driver.calls;
    if (driver.taken + bytes > driver.capacity) return nullptr;
    void* data = reinterpret_cast<void*>(driver.next);
    driver.next += bytes + MiB;
    driver.taken += bytes;
    driver.segments[data] = bytes;
    return data;
  };
  source.free = [](void* data) {
    REQUIRE(driver.segments.count(data) == 1);
    driver.taken -= driver.segments[data];
    driver.segments.erase(data);
  };
  source.record = [](int stream) -> void* {
    driver.recorded.push_back(stream);
    void* event = reinterpret_cast<void*>(driver.next++);
    driver.events[event] = false;
    return event;
  };
  source.passed = [](void* event) { return driver.events.at(event); };
  source.wait = [](void* event) {
    ++driver.waits;
    driver.events.at(event) = true;
  };
  source.drop = [](void* event) { REQUIRE(driver.events.erase(event) == 1); };
  return source;
}

}  // namespace

TEST_CASE("device memory: sizes a little apart share a class, and no more than a quarter is lost") {
  CHECK(CachingAllocator::rounded(0) == 512);
  CHECK(CachingAllocator::rounded(513) == 1024);
  CHECK(CachingAllocator::rounded(87 * 1000 * 4) == CachingAllocator::rounded(93 * 1000 * 4));
  for (size_t bytes : {size_t{1}, size_t{2049}, size_t{5000}, MiB - 1, MiB, MiB + 1, 37 * MiB + 5}) {
    const size_t block = CachingAllocator::rounded(bytes);
    CHECK(block >= bytes);
    CHECK(block % 512 == 0);
    CHECK(CachingAllocator::rounded(block) == block);
    if (bytes > 2048) CHECK(block <= bytes + bytes / 4 + 512);
  }
}

TEST_CASE("device memory: small blocks share a segment, which is cut and put together again") {
  CachingAllocator memory(fresh_driver());
  void* a = memory.allocate(1000);
  void* b = memory.allocate(1000);
  void* c = memory.allocate(1000);
  CHECK(driver.calls == 1);
  CHECK(memory.counters().reserved == static_cast<int64_t>(2 * MiB));
  CHECK(memory.counters().in_use == 3 * 1024);
  CHECK(memory.counters().splits == 3);
  memory.free(a);
  memory.free(c);  // joins the rest of the segment
  memory.free(b);  // joins both sides
  CHECK(memory.counters().merges == 3);
  CHECK(memory.counters().in_use == 0);
  CHECK(memory.allocate(MiB) == a);  // the whole segment is one block again
  CHECK(driver.calls == 1);
  CHECK(memory.counters().peak == static_cast<int64_t>(MiB));
}

TEST_CASE("device memory: the smallest block that fits is used") {
  CachingAllocator memory(fresh_driver());
  void* large = memory.allocate(40 * MiB);
  void* middle = memory.allocate(20 * MiB);
  memory.free(large);
  memory.free(middle);
  CHECK(memory.allocate(16 * MiB) == middle);
  CHECK(memory.allocate(28 * MiB) == large);
  CHECK(driver.calls == 2);
}

TEST_CASE("device memory: steps of varying lengths reserve no more after the first few") {
  CachingAllocator memory(fresh_driver());
  int64_t reserved = 0;
  for (uint64_t step = 0; step < 2000; ++step) {
    const size_t length = 10 + philox(3, step).v[0] % 90;
    std::vector<void*> blocks;
    for (size_t width : {64, 128, 400}) blocks.push_back(memory.allocate(32 * length * width * 4));
    for (void* block : blocks) memory.free(block);
    if (step == 200) reserved = memory.counters().reserved;
  }
  CHECK(memory.counters().reserved == reserved);
  CHECK(memory.counters().in_use == 0);
}

TEST_CASE("device memory: a block that another stream reads is not used again before that is done") {
  CachingAllocator memory(fresh_driver());
  void* block = memory.allocate(40 * MiB);
  memory.note_use(block, 1);
  memory.note_use(block, 2);
  memory.free(block);
  CHECK(memory.counters().waiting == 1);
  CHECK(driver.recorded == std::vector<int>{1, 2});
  void* other = memory.allocate(40 * MiB);
  CHECK(other != block);
  memory.free(other);
  for (auto& [event, passed] : driver.events) passed = true;
  CHECK(memory.allocate(40 * MiB) == block);
  CHECK(memory.counters().waiting == 0);
  CHECK(driver.events.empty());
  CHECK(driver.waits == 0);
}

TEST_CASE(
    "device memory: of one that allocates for another stream, the stream that computes has to be waited "
    "for") {
  CachingAllocator memory(fresh_driver(), 1);
  void* block = memory.allocate(MiB);
  memory.note_use(block, 1);
  memory.note_use(block, 0);
  memory.free(block);
  CHECK(driver.recorded == std::vector<int>{0});
  void* other = memory.allocate(MiB);
  CHECK(other != block);
  for (auto& [event, passed] : driver.events) passed = true;
  memory.free(other);
  CHECK(memory.allocate(MiB) != nullptr);
  CHECK(driver.calls == 1);
}

TEST_CASE("device memory: when the driver refuses, what waits is waited for, then cached segments go back") {
  CachingAllocator memory(fresh_driver(64 * MiB));
  void* first = memory.allocate(40 * MiB);
  memory.note_use(first, 1);
  memory.free(first);
  CHECK(memory.allocate(40 * MiB) == first);
  CHECK(driver.waits == 1);
  memory.free(first);
  void* whole = memory.allocate(60 * MiB);  // fits only when the first segment is given back
  REQUIRE(whole);
  CHECK(driver.segments.size() == 1);
  CHECK(memory.allocate(8 * MiB) == nullptr);
  CHECK(memory.counters().in_use == static_cast<int64_t>(CachingAllocator::rounded(60 * MiB)));
  memory.free(whole);
  CHECK(memory.allocate(8 * MiB) != nullptr);
}

TEST_CASE("device memory: a limit counts what is reserved") {
  CachingAllocator memory(fresh_driver());
  memory.set_limit(static_cast<int64_t>(32 * MiB));
  void* block = memory.allocate(24 * MiB);
  REQUIRE(block);
  CHECK(memory.allocate(24 * MiB) == nullptr);
  memory.free(block);
  CHECK(memory.allocate(30 * MiB) != nullptr);
}

TEST_CASE("device memory: blocks never overlap and everything goes back in the end") {
  {
    CachingAllocator memory(fresh_driver(512 * MiB));
    std::map<char*, size_t> held;
    for (uint64_t step = 0; step < 20000; ++step) {
      const Philox draw = philox(11, step);
      if (draw.v[0] % 3 != 0 || held.empty()) {
        const size_t bytes = draw.v[1] % (draw.v[2] % 8 == 0 ? 12 * MiB : 100000);
        auto* data = static_cast<char*>(memory.allocate(bytes));
        if (!data) continue;
        const size_t size = memory.size_of_block(data);
        CHECK(size >= bytes);
        const auto after = held.lower_bound(data);
        if (after != held.end()) REQUIRE(data + size <= after->first);
        if (after != held.begin()) REQUIRE(std::prev(after)->first + std::prev(after)->second <= data);
        held[data] = size;
      } else {
        auto at = held.begin();
        std::advance(at, draw.v[1] % held.size());
        if (draw.v[2] % 5 == 0) memory.note_use(at->first, 1 + draw.v[3] % 3);
        for (auto& [event, passed] : driver.events) passed = passed || draw.v[3] % 2 == 0;
        memory.free(at->first);
        held.erase(at);
      }
    }
    int64_t in_use = 0;
    for (const auto& [data, size] : held) in_use += static_cast<int64_t>(size);
    CHECK(memory.counters().in_use == in_use);
    CHECK(memory.counters().reserved == static_cast<int64_t>(driver.taken));
    for (const auto& [data, size] : held) memory.free(data);
  }
  CHECK(driver.segments.empty());
  CHECK(driver.events.empty());
}

}  // namespace tape::test
