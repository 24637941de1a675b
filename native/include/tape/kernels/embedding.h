// Looking up rows of a table, and their gradient.
#pragma once
#include "tape/view.h"

namespace tape {

struct EmbeddingKernels {
  // table[v] = sum of the rows[i] with index[i] == v, in order of i. Writes every row of the table; row
  // `skipped` (-1: none) gets zeros whatever points at it.
  void (*gradient)(void* table, const void* rows, const int64_t* index, DType dtype, int64_t count,
                   int64_t vocabulary, int64_t width, int64_t skipped);
};

}  // namespace tape
