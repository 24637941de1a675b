// What the ops that take index tensors share.
#pragma once
#include "support.h"

namespace tape {

void check_index(const char* where, const Tensor& index);
void check_index_1d(const char* where, const Tensor& index);
/// Error for an index out of range, found at flat position `bad`.
[[noreturn]] void fail_index(const char* where, const Tensor& index, int64_t bad, const Tensor& x, int dim);

/// Adds slice i of `source` to slice index[i] of `out` along `dim`; all contiguous, indices checked.
void add_slices(const char* where, const Tensor& out, int dim, const Tensor& index, const Tensor& source);
/// Dtypes and shapes of a scatter.
void check_scatter(const char* where, const Tensor& x, int dim, const Tensor& index, const Tensor& source);
/// source[p] to out[p, but index[p] along dim]; checks the indices. Index is contiguous.
void scatter_into(const char* where, const Tensor& out, int dim, const Tensor& index, const Tensor& source,
                  bool add);
void check_index_add(const char* where, const Tensor& x, int dim, const Tensor& index, const Tensor& source);

}  // namespace tape
