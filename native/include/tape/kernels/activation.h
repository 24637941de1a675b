// Kernels of the activation functions.
#pragma once
#include "tape/view.h"

namespace tape {

enum class ActivationOp : uint8_t {
  gelu,
  gelu_tanh,
  silu,
  leaky_relu,  // a: slope below zero
  elu,         // a: alpha
  softplus,    // a: beta, b: threshold
  log_sigmoid,
  hardtanh,  // a: low, b: high
  hardsigmoid,
  hardswish,
  mish
};

struct ActivationKernels {
  void (*forward)(ActivationOp op, View out, View in, double a, double b);
  // out = grad * derivative at `in`
  void (*backward)(ActivationOp op, View out, View grad, View in, double a, double b);
};

}  // namespace tape
