// Gathering and scattering whole rows.
#include <cstring>

#include "indexing_kernels.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {

int64_t gather_rows(void* out, const void* table, const int64_t* index, int64_t count, int64_t table_rows,
                    int64_t row_bytes) {
  for (int64_t i = 0; i < count; ++i)
    if (index[i] < 0 || index[i] >= table_rows) return i;
  parallel_for(
      count, (int64_t{1} << 17) / (row_bytes > 0 ? row_bytes : 1) + 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i)
          std::memcpy(static_cast<char*>(out) + i * row_bytes,
                      static_cast<const char*>(table) + index[i] * row_bytes, static_cast<size_t>(row_bytes));
      });
  return -1;
}

void scatter_add_rows(void* table, const void* rows, const int64_t* index, DType dtype, int64_t count,
                      int64_t, int64_t row_size) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t i = 0; i < count; ++i) {
      T* to = static_cast<T*>(table) + index[i] * row_size;
      const T* from = static_cast<const T*>(rows) + i * row_size;
#pragma omp simd
      for (int64_t k = 0; k < row_size; ++k) to[k] += from[k];
    }
  });
}

IndexingKernels indexing_table() { return {gather_rows, scatter_add_rows, gather, scatter, argsort}; }

}  // namespace tape::cpu::TAPE_ISA
