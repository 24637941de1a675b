#include "environment.h"

#include <cstdlib>

namespace tape::node {
namespace {
constexpr int kSlotBits = 22;
constexpr uint32_t kSlotMask = (1u << kSlotBits) - 1;
constexpr uint32_t kGenerationMask = 255;
constexpr int64_t kReportStep = 1 << 20;
}  // namespace

Handle Environment::put(Tensor tensor) {
  uint32_t slot;
  if (!free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  } else {
    if (slots_.size() > kSlotMask)
      fail(ErrorCode::memory, "tensor", "more than ", kSlotMask,
           " tensors are alive, dispose them or work inside scope()");
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  }
  slots_[slot].tensor = std::move(tensor);
  ++live_;
  return static_cast<Handle>(slots_[slot].generation << kSlotBits | slot);
}

bool Environment::alive(Handle handle) const {
  const uint32_t slot = static_cast<uint32_t>(handle) & kSlotMask;
  const uint32_t generation = static_cast<uint32_t>(handle) >> kSlotBits & kGenerationMask;
  return slot < slots_.size() && slots_[slot].tensor.defined() && slots_[slot].generation == generation;
}

const Tensor& Environment::get(const char* where, Handle handle) const {
  if (!alive(handle))
    fail(ErrorCode::handle, where,
         "the tensor was disposed, keep() it or return it from its scope() to use it afterwards");
  return slots_[static_cast<uint32_t>(handle) & kSlotMask].tensor;
}

void Environment::dispose(Handle handle) {
  if (!alive(handle)) return;
  const uint32_t slot = static_cast<uint32_t>(handle) & kSlotMask;
  const Tensor last = std::move(slots_[slot].tensor);
  slots_[slot].tensor = Tensor();
  slots_[slot].generation = slots_[slot].generation % kGenerationMask + 1;
  free_.push_back(slot);
  --live_;
}

void Environment::report_memory() {
  const int64_t active = memory_stats().active;
  if (std::llabs(active - reported_) < kReportStep) return;
  int64_t total;
  napi_adjust_external_memory(env, active - reported_, &total);
  reported_ = active;
}

}  // namespace tape::node
