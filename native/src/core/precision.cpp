#include "tape/precision.h"

#include <unordered_map>

#include "tape/ops.h"

namespace tape {
namespace {

struct KeptCast {
  Tensor source;  // held, so that its address stays its own
  Tensor cast;
  uint32_t version;
};

thread_local DType active = DType::float32;

using KeptCasts = std::unordered_map<const TensorImpl*, KeptCast>;
/// Never destroyed: a thread that ends inside a region has no tape left to free tensors with.
KeptCasts& kept() {
  thread_local auto* casts = new KeptCasts;
  return *casts;
}

}  // namespace

DType autocast_dtype() { return active; }

DType set_autocast(DType dtype) {
  if (dtype != DType::float32 && !is_half(dtype))
    fail(ErrorCode::dtype, "autocast", "runs in bfloat16 or float16, got ", name_of(dtype));
  if (dtype != active) kept().clear();
  return std::exchange(active, dtype);
}

AutocastOff::AutocastOff() : before_(std::exchange(active, DType::float32)) {}
AutocastOff::~AutocastOff() { active = before_; }

Tensor autocast_lowered(const Tensor& x) {
  if (!x.defined() || x.dtype() == active || (x.dtype() != DType::float32 && !is_half(x.dtype()))) return x;
  if (!grad_enabled() || !x.is_leaf() || !x.requires_grad() || x.dtype() != DType::float32)
    return to(x, active);
  const auto found = kept().find(x.impl());
  if (found != kept().end() && found->second.version == x.version()) return found->second.cast;
  const Tensor cast = to(x, active);
  kept().insert_or_assign(x.impl(), KeptCast{x, cast, x.version()});
  return cast;
}

Tensor half_to_float32(const Tensor& x) {
  return x.defined() && is_half(x.dtype()) ? to(x, DType::float32) : x;
}

Tensor float32_to(const Tensor& x, DType dtype) {
  return x.defined() && x.dtype() == DType::float32 ? to(x, dtype) : x;
}

}  // namespace tape
