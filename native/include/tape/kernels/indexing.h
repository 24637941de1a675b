// Gathering, scattering and sorting.
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
                           int64_t table_rows, int64_t row_size);
  // For every position p of `out`: out[p] = in[p, but index[p] along dim]. `index` is contiguous in out's
  // shape. Returns the flat position of the first index out of range, or -1.
  int64_t (*gather)(View out, View in, const int64_t* index, int dim);
  // The way back: self[p, but index[p] along dim] = source[p], or += when `add`. Positions along dim in
  // order, so that the last one wins and sums are deterministic.
  int64_t (*scatter)(View self, View source, const int64_t* index, int dim, bool add);
  // The first `take` of each row's positions in sorted order; equal elements keep their order, NaN counts
  // as the greatest.
  void (*argsort)(int64_t* out, const void* in, DType dtype, int64_t rows, int64_t cols, int64_t take,
                  bool descending);
};

}  // namespace tape
