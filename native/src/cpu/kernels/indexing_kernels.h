// Kernels of gather.cpp, for the table in indexing.cpp.
#pragma once
#include "kernel_set.h"

namespace tape::cpu::TAPE_ISA {

int64_t gather(View out, View in, const int64_t* index, int dim);
int64_t scatter(View self, View source, const int64_t* index, int dim, bool add);
void argsort(int64_t* out, const void* in, DType dtype, int64_t rows, int64_t cols, int64_t take,
             bool descending);

}  // namespace tape::cpu::TAPE_ISA
