// Mixed precision: what an op says in its first line about 16-bit tensors and autocast.
//
//   // Products run in the 16-bit type while autocast is on.
//   if (autocast_enabled())
//     return autocast_lower([&](const auto&... t) { return conv2d(t..., stride); }, x, weight, bias);
//   // Without a 16-bit kernel: float32 inside, the result rounded back.
//   if (any_half(x, weight, bias))
//     return compute_in_float32([&](const auto&... t) { return conv2d(t..., stride); }, x, weight, bias);
//
// and what needs range or digits (softmax, norms, losses, exp, log, sums) stays float32 under autocast:
//
//   if (any_half(x)) return autocast_float32([&](const auto&... t) { return softmax(t..., dim); }, x);
//
// Casts are recorded ops, so gradients arrive in the dtype of what was cast. Tensors that are not floating or
// not defined pass as they are. A list of tensors may stand where a tensor may; results may also be arrays,
// pairs and tuples, and any struct that `each_tensor` below is overloaded for.
#pragma once
#include <array>
#include <tuple>
#include <utility>
#include <vector>

#include "tape/autograd.h"

namespace tape {

/// The type products run in on this thread, or float32 when autocast is off.
DType autocast_dtype();
inline bool autocast_enabled() { return is_half(autocast_dtype()); }
/// Turns autocast on (a 16-bit type) or off (float32) for this thread and returns what it was. Turning it
/// off ends the region: the casts of weights kept in it are forgotten.
DType set_autocast(DType dtype);

/// Autocast is off while it lives; the region goes on.
class AutocastOff {
 public:
  AutocastOff();
  ~AutocastOff();
  AutocastOff(const AutocastOff&) = delete;
  AutocastOff& operator=(const AutocastOff&) = delete;

 private:
  DType before_;
};

/// `x` in the autocast type, unless it is float64. A leaf that requires gradients is cast once in a region,
/// however often it is used.
Tensor autocast_lowered(const Tensor& x);
/// `x` in float32 when it is 16-bit.
Tensor half_to_float32(const Tensor& x);
/// `x` in `dtype` when it is float32.
Tensor float32_to(const Tensor& x, DType dtype);

// ---- over whatever ops take and return --------------------------------------------------------------

/// Calls f(Tensor&) for every tensor in a value.
template <class F>
void each_tensor(Tensor& value, const F& f) {
  f(value);
}
template <class F>
void each_tensor(std::vector<Tensor>& values, const F& f) {
  for (Tensor& value : values) f(value);
}
template <class F, size_t N>
void each_tensor(std::array<Tensor, N>& values, const F& f) {
  for (Tensor& value : values) f(value);
}
template <class F, class A, class B>
void each_tensor(std::pair<A, B>& values, const F& f) {
  each_tensor(values.first, f);
  each_tensor(values.second, f);
}
template <class F, class... T>
void each_tensor(std::tuple<T...>& values, const F& f) {
  std::apply([&](T&... value) { (each_tensor(value, f), ...); }, values);
}

inline DType half_dtype_of(const Tensor& x) {
  return x.defined() && is_half(x.dtype()) ? x.dtype() : DType::float32;
}
inline DType half_dtype_of(const std::vector<Tensor>& list) {
  for (const Tensor& x : list)
    if (is_half(half_dtype_of(x))) return x.dtype();
  return DType::float32;
}
/// True when one of the tensors is 16-bit.
template <class... T>
bool any_half(const T&... tensors) {
  return (is_half(half_dtype_of(tensors)) || ...);
}

template <class T, class F>
T with_each(T value, const F& f) {
  each_tensor(value, [&](Tensor& x) { x = f(x); });
  return value;
}

/// True when autocast is on and one of the tensors is 16-bit: for ops that have 16-bit kernels all the same.
template <class... T>
bool autocast_widens(const T&... tensors) {
  return autocast_enabled() && any_half(tensors...);
}

/// op(tensors...) with them in the autocast type.
template <class Op, class... T>
auto autocast_lower(const Op& op, const T&... tensors) {
  const std::tuple<T...> lowered{with_each(tensors, autocast_lowered)...};
  AutocastOff off;
  return std::apply(op, lowered);
}

/// op(tensors...) with 16-bit ones in float32, results rounded to the type of the first 16-bit one.
template <class Op, class... T>
auto compute_in_float32(const Op& op, const T&... tensors) {
  DType dtype = DType::float32;
  ((dtype = is_half(dtype) ? dtype : half_dtype_of(tensors)), ...);
  AutocastOff off;
  return with_each(op(with_each(tensors, half_to_float32)...),
                   [dtype](const Tensor& x) { return float32_to(x, dtype); });
}

/// As compute_in_float32; under autocast the results stay float32.
template <class Op, class... T>
auto autocast_float32(const Op& op, const T&... tensors) {
  if (!autocast_enabled()) return compute_in_float32(op, tensors...);
  AutocastOff off;
  return op(with_each(tensors, half_to_float32)...);
}

/// Under autocast, floating operands of different types meet in the wider one.
inline bool autocast_promotes(const Tensor& a, const Tensor& b) {
  return a.dtype() != b.dtype() && autocast_enabled() && is_floating(a.dtype()) && is_floating(b.dtype());
}
/// op(a, b) with both in the wider type; float32 for the two 16-bit ones.
template <class Op>
auto autocast_promote(const Op& op, const Tensor& a, const Tensor& b) {
  const DType wide =
      a.dtype() == DType::float64 || b.dtype() == DType::float64 ? DType::float64 : DType::float32;
  return op(float32_to(half_to_float32(a), wide), float32_to(half_to_float32(b), wide));
}

}  // namespace tape
