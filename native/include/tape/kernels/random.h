// Random numbers from Philox streams: element i takes number i % 4 of block offset + i / 4.
#pragma once
#include "tape/view.h"

namespace tape {

struct PhiloxState {
  uint64_t seed;
  uint64_t offset;  // in blocks of four 32-bit numbers
};

struct RandomKernels {
  void (*uniform)(void* out, DType dtype, int64_t count, PhiloxState state, double low, double high);
  void (*normal)(void* out, DType dtype, int64_t count, PhiloxState state, double mean, double std);
  // out = in * (u >= p) / (1 - p)
  void (*dropout)(void* out, const void* in, DType dtype, int64_t count, PhiloxState state, double p);
};

}  // namespace tape
