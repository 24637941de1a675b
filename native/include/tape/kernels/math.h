// Kernels of the mathematical functions: element by element, as kernels/elementwise.h.
#pragma once
#include "tape/view.h"

namespace tape {

enum class MathOp : uint8_t {
  reciprocal,
  rsqrt,
  log1p,
  expm1,
  log2,
  exp2,
  sin,
  cos,
  tan,
  atan,
  erf,
  floor,
  ceil,
  round,
  trunc
};
enum class PredicateOp : uint8_t { isnan, isinf, isfinite };
enum class MathBinaryOp : uint8_t { remainder, fmod, floor_divide, atan2 };
enum class TernaryOp : uint8_t { lerp, addcmul, addcdiv };

struct MathKernels {
  void (*unary)(MathOp op, View out, View in);
  void (*predicate)(PredicateOp op, View out_bool, View in);
  // Integers too, except atan2; no divisor is zero then.
  void (*binary)(MathBinaryOp op, View out, View a, View b);
  // lerp: a + c * (b - a); addcmul: a + value * b * c; addcdiv: a + value * b / c
  void (*ternary)(TernaryOp op, View out, View a, View b, View c, double value);
  // Integers too; a NaN stays one.
  void (*clamp)(View out, View in, double low, double high);
};

}  // namespace tape
