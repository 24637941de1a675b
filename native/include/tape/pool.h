// Free lists for the small objects every op makes and drops: nodes, tensors, storages.
#pragma once
#include <cstddef>

namespace tape {

/// Memory for an object of `bytes`, from the calling thread's free list of that size when it has one.
void* pool_allocate(size_t bytes);
/// Gives it back; `bytes` as it was asked for. Sanitized builds go straight to the system, so that a
/// use after free is seen.
void pool_free(void* object, size_t bytes) noexcept;
/// Returns what the thread's free lists hold to the system.
void empty_pool();

/// Base of pooled classes. A virtual destructor in a derived class gives the right size on deletion.
struct Pooled {
  static void* operator new(size_t bytes) { return pool_allocate(bytes); }
  static void operator delete(void* object, size_t bytes) noexcept { pool_free(object, bytes); }
};

}  // namespace tape
