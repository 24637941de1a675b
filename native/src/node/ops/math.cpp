#include "tape/ops/math.h"

#include "call.h"

namespace tape::node {
namespace {

using Binary = Tensor (*)(const Tensor&, const Tensor&);
using WithNumber = Tensor (*)(const Tensor&, double);

Tensor clamp_numbers(const Tensor& x, double low, double high) { return clamp(x, low, high); }
Tensor clamp_tensors(const Tensor& x, const MaybeTensor& low, const MaybeTensor& high) {
  return clamp(x, low.tensor, high.tensor);
}
Tensor lerp_tensor(const Tensor& a, const Tensor& b, const Tensor& weight) { return lerp(a, b, weight); }
Tensor lerp_number(const Tensor& a, const Tensor& b, double weight) { return lerp(a, b, weight); }
Tensor where_number_else(const Tensor& condition, const Tensor& a, double b) {
  return where(condition, a, b);
}
Tensor where_number_then(const Tensor& condition, double a, const Tensor& b) {
  return where(condition, a, b);
}

}  // namespace

std::vector<Binding> math_bindings() {
  return {
      bind<reciprocal>("reciprocal"),
      bind<rsqrt>("rsqrt"),
      bind<log1p>("log1p"),
      bind<expm1>("expm1"),
      bind<log2>("log2"),
      bind<exp2>("exp2"),
      bind<sin>("sin"),
      bind<cos>("cos"),
      bind<tan>("tan"),
      bind<atan>("atan"),
      bind<erf>("erf"),
      bind<floor>("floor"),
      bind<ceil>("ceil"),
      bind<round>("round"),
      bind<trunc>("trunc"),
      bind<isnan>("isnan"),
      bind<isinf>("isinf"),
      bind<isfinite>("isfinite"),
      bind<static_cast<Binary>(remainder)>("remainder"),
      bind<static_cast<WithNumber>(remainder)>("remainderScalar", "remainder"),
      bind<static_cast<Binary>(fmod)>("fmod"),
      bind<static_cast<WithNumber>(fmod)>("fmodScalar", "fmod"),
      bind<static_cast<Binary>(floor_divide)>("floorDivide"),
      bind<static_cast<WithNumber>(floor_divide)>("floorDivideScalar", "floorDivide"),
      bind<static_cast<Binary>(atan2)>("atan2"),
      bind<clamp_numbers>("clamp"),
      bind<clamp_tensors>("clampTensors", "clamp"),
      bind<lerp_tensor>("lerp"),
      bind<lerp_number>("lerpScalar", "lerp"),
      bind<addcmul>("addcmul"),
      bind<addcdiv>("addcdiv"),
      bind<logical_and>("logicalAnd"),
      bind<logical_or>("logicalOr"),
      bind<logical_xor>("logicalXor"),
      bind<masked_fill>("maskedFill"),
      bind<where_number_else>("whereNumberElse", "where"),
      bind<where_number_then>("whereNumberThen", "where"),
  };
}

}  // namespace tape::node
