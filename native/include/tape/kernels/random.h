// Random numbers from Philox streams: element i takes number i % 4 of block offset + i / 4.
#pragma once
#include "tape/both.h"
#include "tape/view.h"

namespace tape {

/// Where a stream stands, in the memory of a device.
struct PhiloxOrigin {
  uint64_t seed, offset;
};

struct PhiloxState {
  uint64_t seed;
  uint64_t offset;  // in blocks of four 32-bit numbers
  /// Of an op in a step graph, which is replayed at other places of the stream: the seed is the origin's, and
  /// `offset` counts from it. Null otherwise.
  const PhiloxOrigin* origin = nullptr;
};

/// The state with its origin worked in, for a kernel of the device.
TAPE_BOTH inline PhiloxState resolved(PhiloxState state) {
  if (!state.origin) return state;
  return {state.origin->seed, state.origin->offset + state.offset, nullptr};
}

struct RandomKernels {
  void (*uniform)(void* out, DType dtype, int64_t count, PhiloxState state, double low, double high);
  void (*normal)(void* out, DType dtype, int64_t count, PhiloxState state, double mean, double std);
  // out = in * (u >= p) / (1 - p)
  void (*dropout)(void* out, const void* in, DType dtype, int64_t count, PhiloxState state, double p);
};

}  // namespace tape
