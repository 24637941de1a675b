#include "golden/golden.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;

template <class F>
GoldenOp of1(F f) {
  return [f](const Tensors& x) { return Tensors{f(x[0])}; };
}
template <class F>
GoldenOp of2(F f) {
  return [f](const Tensors& x) { return Tensors{f(x[0], x[1])}; };
}
template <class F>
GoldenOp of3(F f) {
  return [f](const Tensors& x) { return Tensors{f(x[0], x[1], x[2])}; };
}
using Two = Tensor (*)(const Tensor&, const Tensor&);
using Three = Tensor (*)(const Tensor&, const Tensor&, const Tensor&);

}  // namespace

GoldenOps elementwise_golden() {
  return {
      {"reciprocal", of1(reciprocal)},
      {"expm1", of1(expm1)},
      {"exp2", of1(exp2)},
      {"sin", of1(sin)},
      {"cos", of1(cos)},
      {"atan", of1(atan)},
      {"erf", of1(erf)},
      {"floor", of1(floor)},
      {"ceil", of1(ceil)},
      {"round", of1(round)},
      {"trunc", of1(trunc)},
      {"rsqrt", of1(rsqrt)},
      {"log1p", of1(log1p)},
      {"log2", of1(log2)},
      {"tan", of1(tan)},
      {"remainder", of2(static_cast<Two>(remainder))},
      {"fmod", of2(static_cast<Two>(fmod))},
      {"atan2", of2(atan2)},
      {"clamp", of1([](const Tensor& x) { return clamp(x, -1, 0.5); })},
      {"clamp_tensors", of3(static_cast<Three>(clamp))},
      {"lerp", of3(static_cast<Three>(lerp))},
      {"addcmul",
       of3([](const Tensor& x, const Tensor& a, const Tensor& b) { return addcmul(x, a, b, 0.7); })},
      {"addcdiv",
       of3([](const Tensor& x, const Tensor& a, const Tensor& b) { return addcdiv(x, a, b, 0.7); })},
      {"masked_fill", of1([](const Tensor& x) { return masked_fill(x, compare(CompareOp::gt, x, 0), 2.5); })},
      {"gelu", of1([](const Tensor& x) { return gelu(x); })},
      {"gelu_tanh", of1([](const Tensor& x) { return gelu(x, true); })},
      {"silu", of1(silu)},
      {"mish", of1(mish)},
      {"leaky_relu", of1([](const Tensor& x) { return leaky_relu(x, 0.2); })},
      {"elu", of1([](const Tensor& x) { return elu(x, 1.3); })},
      {"selu", of1(selu)},
      {"softplus", of1([](const Tensor& x) { return softplus(x, 2, 3); })},
      {"log_sigmoid", of1(log_sigmoid)},
      {"hardtanh", of1([](const Tensor& x) { return hardtanh(x); })},
      {"relu6", of1(relu6)},
      {"hardsigmoid", of1(hardsigmoid)},
      {"hardswish", of1(hardswish)},
  };
}

}  // namespace tape::test
