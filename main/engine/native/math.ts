import type { Handle } from './handle.ts'

/** Entry points of native/src/node/ops/math.cpp. */
export interface MathNative {
  reciprocal(x: Handle): Handle
  rsqrt(x: Handle): Handle
  log1p(x: Handle): Handle
  expm1(x: Handle): Handle
  log2(x: Handle): Handle
  exp2(x: Handle): Handle
  sin(x: Handle): Handle
  cos(x: Handle): Handle
  tan(x: Handle): Handle
  atan(x: Handle): Handle
  erf(x: Handle): Handle
  floor(x: Handle): Handle
  ceil(x: Handle): Handle
  round(x: Handle): Handle
  trunc(x: Handle): Handle
  isnan(x: Handle): Handle
  isinf(x: Handle): Handle
  isfinite(x: Handle): Handle
  remainder(a: Handle, b: Handle): Handle
  remainderScalar(a: Handle, b: number): Handle
  fmod(a: Handle, b: Handle): Handle
  fmodScalar(a: Handle, b: number): Handle
  floorDivide(a: Handle, b: Handle): Handle
  floorDivideScalar(a: Handle, b: number): Handle
  atan2(a: Handle, b: Handle): Handle
  clamp(x: Handle, low: number, high: number): Handle
  clampTensors(x: Handle, low: Handle, high: Handle): Handle
  lerp(a: Handle, b: Handle, weight: Handle): Handle
  lerpScalar(a: Handle, b: Handle, weight: number): Handle
  addcmul(x: Handle, a: Handle, b: Handle, value: number): Handle
  addcdiv(x: Handle, a: Handle, b: Handle, value: number): Handle
  logicalAnd(a: Handle, b: Handle): Handle
  logicalOr(a: Handle, b: Handle): Handle
  logicalXor(a: Handle, b: Handle): Handle
  maskedFill(x: Handle, mask: Handle, value: number): Handle
  whereNumberElse(condition: Handle, a: Handle, b: number): Handle
  whereNumberThen(condition: Handle, a: number, b: Handle): Handle
}
