// Mathematical functions beyond the basic ones of elementwise.h. Shapes broadcast as in PyTorch.
#pragma once
#include <limits>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

Tensor reciprocal(const Tensor& x);
Tensor rsqrt(const Tensor& x);  // 1 / sqrt(x)
Tensor log1p(const Tensor& x);
Tensor expm1(const Tensor& x);
Tensor log2(const Tensor& x);
Tensor exp2(const Tensor& x);
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor tan(const Tensor& x);
Tensor atan(const Tensor& x);
Tensor erf(const Tensor& x);
Tensor floor(const Tensor& x);
Tensor ceil(const Tensor& x);
Tensor round(const Tensor& x);  // halves to the even neighbour
Tensor trunc(const Tensor& x);

Tensor isnan(const Tensor& x);
Tensor isinf(const Tensor& x);
Tensor isfinite(const Tensor& x);

/// a modulo b with the sign of b, as Python's %. An integer divisor of 0 is an error.
Tensor remainder(const Tensor& a, const Tensor& b);
Tensor remainder(const Tensor& a, double b);
/// As remainder with the sign of a, as C's %.
Tensor fmod(const Tensor& a, const Tensor& b);
Tensor fmod(const Tensor& a, double b);
/// The quotient rounded down; its derivative is zero.
Tensor floor_divide(const Tensor& a, const Tensor& b);
Tensor floor_divide(const Tensor& a, double b);
/// Angle of the point (x = b, y = a), -pi..pi.
Tensor atan2(const Tensor& a, const Tensor& b);

constexpr double kNoBound = std::numeric_limits<double>::infinity();
/// x between low and high; `-kNoBound` and `kNoBound` stand for no bound. The gradient passes at the bounds.
Tensor clamp(const Tensor& x, double low, double high);
/// Bounds by element; an undefined tensor is no bound.
Tensor clamp(const Tensor& x, const Tensor& low, const Tensor& high);

/// a + weight * (b - a)
Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& weight);
Tensor lerp(const Tensor& a, const Tensor& b, double weight);
/// x + value * a * b
Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b, double value);
/// x + value * a / b
Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b, double value);

Tensor logical_and(const Tensor& a, const Tensor& b);
Tensor logical_or(const Tensor& a, const Tensor& b);
Tensor logical_xor(const Tensor& a, const Tensor& b);

/// x with `value` where the bool tensor `mask` is true.
Tensor masked_fill(const Tensor& x, const Tensor& mask, double value);
Tensor where(const Tensor& condition, const Tensor& a, double b);
Tensor where(const Tensor& condition, double a, const Tensor& b);

}  // namespace tape
