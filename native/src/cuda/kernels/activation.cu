// Activation functions and their derivatives, each in one pass.
#include "../chain.h"
#include "../functions.h"
#include "../map.h"
#include "../table.h"

namespace tape::cuda {
namespace {

void forward(ActivationOp op, View out, View in, double a, double b) {
  const ChainCall call{ChainFunction::activation, static_cast<uint8_t>(op), static_cast<float>(a),
                       static_cast<float>(b)};
  if (chained(call, out, in)) return;
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map1<T>(out, in, ActivationFunction<T>{op, static_cast<T>(a), static_cast<T>(b)});
  });
}

void backward(ActivationOp op, View out, View grad, View in, double a, double b) {
  const ChainCall call{ChainFunction::activation_gradient, static_cast<uint8_t>(op), static_cast<float>(a),
                       static_cast<float>(b)};
  if (chained(call, out, grad, in)) return;
  visit_floating(compute_dtype(in.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map2<T>(out, grad, in, ActivationSlope<T>{op, static_cast<T>(a), static_cast<T>(b)});
  });
}

}  // namespace

ActivationKernels activation_table() { return {forward, backward}; }

}  // namespace tape::cuda
