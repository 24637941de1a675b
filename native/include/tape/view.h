// Memory as a kernel sees it.
#pragma once
#include <cstdint>

#include "tape/dtype.h"

namespace tape {

/// Strides are in elements and may be 0 (broadcast).
struct View {
  void* data;
  DType dtype;
  int rank;
  const int64_t* shape;
  const int64_t* strides;
  bool on_host = false;  // one number in the host's memory, repeated, whatever the device
};

/// Row- or column-major matrix; exactly one of the strides may differ from 1 (both may be anything
/// when the size in that direction is 1).
struct Matrix {
  void* data;
  int64_t rows, cols, row_stride, col_stride;
};

}  // namespace tape
