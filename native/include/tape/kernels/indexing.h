// Gathering and scattering.
#pragma once
#include "tape/view.h"

namespace tape {

struct IndexingKernels {
  // out[i] = table[index[i]], rows of `row_bytes`; returns the position of the first index out of
  // range, or -1.
  int64_t (*gather_rows)(void* out, const void* table, const int64_t* index, int64_t count,
                         int64_t table_rows, int64_t row_bytes);
  // table[index[i]] += rows[i]; sequential over i for every column, so the result is deterministic.
  void (*scatter_add_rows)(void* table, const void* rows, const int64_t* index, DType dtype, int64_t count,
                           int64_t row_size);
};

}  // namespace tape
