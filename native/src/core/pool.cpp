#include "tape/pool.h"

#include <cstdint>
#include <new>

namespace tape {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kPooling = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kPooling = false;
#else
constexpr bool kPooling = true;
#endif
#else
constexpr bool kPooling = true;
#endif

constexpr size_t kStep = 64, kClasses = 16;
// So that the lists of a tape of 100,000 nodes do not stay for ever.
constexpr uint32_t kKept = 4096;

struct FreeObject {
  FreeObject* next;
};
struct FreeList {
  FreeObject* first;
  uint32_t count;
};

// Plain data, so that the hot path needs no guard for first use; `Drain` empties it when the thread ends.
constinit thread_local FreeList lists[kClasses] = {};
constinit thread_local bool closed = false, watched = false;

struct Drain {
  ~Drain() {
    empty_pool();
    closed = true;
  }
};

void watch() {
  thread_local Drain drain;
  watched = true;
}

}  // namespace

void* pool_allocate(size_t bytes) {
  const size_t index = (bytes - 1) / kStep;
  if (!kPooling || index >= kClasses) return ::operator new(bytes);
  FreeList& list = lists[index];
  if (FreeObject* object = list.first) {
    list.first = object->next;
    --list.count;
    return object;
  }
  return ::operator new((index + 1) * kStep);
}

void pool_free(void* object, size_t bytes) noexcept {
  const size_t index = (bytes - 1) / kStep;
  if (!kPooling || index >= kClasses || closed || lists[index].count >= kKept) {
    ::operator delete(object);
    return;
  }
  if (!watched) watch();
  FreeList& list = lists[index];
  list.first = new (object) FreeObject{list.first};
  ++list.count;
}

void empty_pool() {
  for (FreeList& list : lists) {
    while (FreeObject* object = list.first) {
      list.first = object->next;
      ::operator delete(object);
    }
    list.count = 0;
  }
}

}  // namespace tape
