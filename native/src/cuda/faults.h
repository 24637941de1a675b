// Indices out of range, found while nobody waits: a kernel notes the first in memory that the host reads too,
// and whoever waits next reports it. Nothing is read or written at a wrong index.
#pragma once
#include <cstdint>
#include <string>

#include "launch.h"

namespace tape::cuda {

enum class FaultKind : int32_t { none, index, label };

struct FaultSlot {
  int32_t taken;  // whether there is one
  FaultKind kind;
  int64_t position, value, limit;
};

/// What is wrong, in words; empty when nothing is.
inline std::string text_of(const FaultSlot& slot) {
  if (!slot.taken) return "";
  return (slot.kind == FaultKind::label ? "label " : "index ") + std::to_string(slot.value) +
         (slot.kind == FaultKind::label ? " at row " : " at position ") + std::to_string(slot.position) +
         " is outside 0.." + std::to_string(slot.limit - 1) + " (found on the GPU, in an op before this one)";
}

/// The calling thread's slot.
FaultSlot* fault_slot();

#if defined(__CUDACC__)
__device__ inline void report_fault(FaultSlot* slot, FaultKind kind, int64_t position, int64_t value,
                                    int64_t limit) {
  if (atomicCAS_system(&slot->taken, 0, 1) != 0) return;
  slot->kind = kind;
  slot->position = position;
  slot->value = value;
  slot->limit = limit;
}
#else
inline void report_fault(FaultSlot* slot, FaultKind kind, int64_t position, int64_t value, int64_t limit) {
  if (slot->taken == 0) *slot = {1, kind, position, value, limit};
}
#endif

}  // namespace tape::cuda
