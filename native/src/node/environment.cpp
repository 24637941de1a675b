#include "environment.h"

#include <atomic>
#include <cstdlib>
#include <utility>

#include "tape/anomaly.h"
#include "tape/stale.h"

namespace tape::node {
namespace {
constexpr int kSlotBits = 22;
constexpr uint32_t kSlotMask = (1u << kSlotBits) - 1;
constexpr int kGenerationBits = 6;
constexpr uint32_t kGenerationMask = (1u << kGenerationBits) - 1;
constexpr uint32_t kTagMask = 3;
constexpr int64_t kReportStep = 1 << 20;

std::atomic<uint32_t> next_tag{0};

uint32_t slot_of(Handle handle) { return static_cast<uint32_t>(handle) & kSlotMask; }
uint32_t generation_of(Handle handle) { return static_cast<uint32_t>(handle) >> kSlotBits & kGenerationMask; }
uint32_t tag_of(Handle handle) {
  return static_cast<uint32_t>(handle) >> (kSlotBits + kGenerationBits) & kTagMask;
}

/// Whether it holds other tensors.
bool leads_on(const TensorImpl& x) { return x.grad_fn || x.base || x.grad; }
}  // namespace

int32_t HookTable::add(const std::shared_ptr<Hook>& hook) {
  if (hooks_.size() >= sweep_at_) {
    std::erase_if(hooks_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 64 + 2 * hooks_.size();
  }
  hooks_[next_] = hook;
  return next_++;
}

void HookTable::remove(int32_t number) {
  const auto found = hooks_.find(number);
  if (found == hooks_.end()) return;
  if (const std::shared_ptr<Hook> hook = found->second.lock()) hook->removed = true;
  hooks_.erase(found);
}

Environment::Environment(napi_env env) : env(env), tag_(next_tag++ & kTagMask) {}

// The thread may outlive its environment; the functions it was given do not.
Environment::~Environment() { set_trace_source({}); }

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
  return static_cast<Handle>(tag_ << (kSlotBits + kGenerationBits) | slots_[slot].generation << kSlotBits |
                             slot);
}

bool Environment::alive(Handle handle) const {
  const uint32_t slot = slot_of(handle);
  return slot < slots_.size() && slots_[slot].tensor.defined() &&
         slots_[slot].generation == generation_of(handle) && tag_of(handle) == tag_;
}

const Tensor& Environment::get(const char* where, Handle handle) const {
  if (alive(handle)) return slots_[slot_of(handle)].tensor;
  if (handle > 0 && tag_of(handle) != tag_)
    fail(ErrorCode::handle, where,
         "the tensor belongs to another thread, send its values (toTypedArray()) and make a new one here");
  fail(ErrorCode::handle, where,
       "the tensor was disposed, keep() it or return it from its scope() to use it afterwards");
}

void Environment::dispose(Handle handle) {
  if (!alive(handle)) return;
  const Tensor last = take(handle);
  if (release(last)) let_go_of_stale({last});
}

void Environment::dispose(const std::vector<Handle>& handles) {
  std::vector<Tensor> suspects;
  for (Handle handle : handles) {
    if (!alive(handle)) continue;
    Tensor last = take(handle);
    if (release(last)) suspects.push_back(std::move(last));
  }
  if (!suspects.empty()) let_go_of_stale(suspects);
}

Tensor Environment::take(Handle handle) {
  Slot& slot = slots_[slot_of(handle)];
  slot.generation = slot.generation % kGenerationMask + 1;
  free_.push_back(slot_of(handle));
  --live_;
  return std::exchange(slot.tensor, Tensor());
}

/// After a handle of `x` has gone. A gradient that was recorded (createGraph), or made from its own tensor,
/// holds that tensor, and neither would ever be freed: once the last handle is gone nobody can read it.
/// Returns whether x may hold itself in another way.
bool Environment::release(const Tensor& x) {
  TensorImpl& impl = *x.impl();
  const bool circular = impl.refs > 1 && impl.grad && leads_on(*impl.grad), suspect = may_hold_itself(impl);
  if (!circular && !suspect) return false;
  for (const Slot& slot : slots_)
    if (slot.tensor.impl() == &impl) return false;
  if (circular) impl.grad.reset();
  return suspect;
}

void Environment::report_memory() {
  const int64_t active = memory_stats().active;
  if (std::llabs(active - reported_) < kReportStep) return;
  int64_t total;
  napi_adjust_external_memory(env, active - reported_, &total);
  reported_ = active;
}

}  // namespace tape::node
