// The gradient of a lookup. Positions are bucketed by the row they look up (counting sort), then every
// thread owns a run of rows: no atomics, each row written once, and the sum's order is the batch's.
#include <algorithm>
#include <vector>

#include "kernel_set.h"
#include "loop.h"

namespace tape::cpu::TAPE_ISA {

void embedding_gradient(void* table, const void* rows, const int64_t* index, DType dtype, int64_t count,
                        int64_t vocabulary, int64_t width, int64_t skipped) {
  thread_local std::vector<int64_t> starts_room, order_room;
  starts_room.assign(static_cast<size_t>(vocabulary + 2), 0);
  order_room.resize(static_cast<size_t>(count));
  int64_t* const starts = starts_room.data();
  int64_t* const order = order_room.data();
  // Counted two places up, so that filling the buckets moves starts[v + 1] from bucket v's begin to its end.
  for (int64_t i = 0; i < count; ++i) ++starts[index[i] + 2];
  for (int64_t v = 0; v < vocabulary; ++v) starts[v + 2] += starts[v + 1];
  for (int64_t i = 0; i < count; ++i) order[starts[index[i] + 1]++] = i;

  // A row costs its clearing and one addition for each position: cut into runs of equal cost.
  const int64_t cost = vocabulary + count;
  const int64_t grain = kParallelGrain / (width > 0 ? width : 1) + 1;
  const auto row_at_cost = [&](int64_t wanted) {
    int64_t low = 0, high = vocabulary;
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      if (starts[middle] + middle < wanted)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  };
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(cost, grain, [&](int64_t begin, int64_t end) {
      const int64_t last = end == cost ? vocabulary : row_at_cost(end);
      for (int64_t v = begin == 0 ? 0 : row_at_cost(begin); v < last; ++v) {
        T* to = static_cast<T*>(table) + v * width;
        std::fill(to, to + width, T(0));
        if (v == skipped) continue;
        for (int64_t i = starts[v]; i < starts[v + 1]; ++i) {
          const T* from = static_cast<const T*>(rows) + order[i] * width;
#pragma omp simd
          for (int64_t k = 0; k < width; ++k) to[k] += from[k];
        }
      }
    });
  });
}

EmbeddingKernels embedding_table() { return {embedding_gradient}; }

}  // namespace tape::cpu::TAPE_ISA
