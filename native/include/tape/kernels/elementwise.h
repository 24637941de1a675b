// Kernels that work element by element.
#pragma once
#include "tape/view.h"

namespace tape {

enum class UnaryOp : uint8_t {
  neg,
  exp,
  log,
  sqrt,
  abs,
  square,
  relu,
  tanh,
  sigmoid,
  sign,
  logical_not,
  pow_scalar,
  rsub_scalar
};
enum class BinaryOp : uint8_t { add, sub, mul, div, pow, maximum, minimum };
enum class CompareOp : uint8_t { eq, ne, lt, le, gt, ge };
/// Derivatives that read the op's output (or input) and the incoming gradient in one pass.
enum class GradOp : uint8_t { relu, tanh, sigmoid };

/// Operands have the output's shape (broadcast by stride 0); output never overlaps an input except exactly.
struct ElementwiseKernels {
  void (*unary)(UnaryOp op, View out, View in, double parameter);
  void (*binary)(BinaryOp op, View out, View a, View b);
  void (*compare)(CompareOp op, View out_bool, View a, View b);
  void (*grad)(GradOp op, View out, View grad, View saved);
  void (*where)(View out, View condition, View a, View b);
  void (*copy)(View out, View in);  // casts when dtypes differ
  void (*fill)(View out, double value);
};

}  // namespace tape
