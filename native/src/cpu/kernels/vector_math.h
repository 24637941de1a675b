// Functions the compiler can vectorise. The float versions are polynomials after Cephes (S. Moshier),
// within 2 ulp; the double ones are the standard library's.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace tape::cpu::TAPE_ISA {

inline double fast_exp(double x) { return std::exp(x); }
inline double fast_tanh(double x) { return std::tanh(x); }

/// e^x; overflows to infinity, underflows to 0, keeps NaN.
inline float fast_exp(float x) {
  float clamped = x < -104.0f ? -104.0f : x;  // written so that NaN passes
  clamped = clamped > 89.0f ? 89.0f : clamped;
  // Adding and taking away 1.5 * 2^23 rounds to the nearest integer.
  const float shifted = clamped * 1.44269504088896341f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  float r = clamped - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // 2^n in two factors: n reaches 129 and -151, beyond what one exponent holds.
  const int32_t whole = std::bit_cast<int32_t>(shifted) - 0x4B400000;
  const int32_t half = whole >> 1;
  const float scale_a = std::bit_cast<float>((half + 127) << 23);
  const float scale_b = std::bit_cast<float>((whole - half + 127) << 23);
  const float result = p * scale_a * scale_b;
  return x != x ? x : result;
}

/// (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x; near zero an odd polynomial, where that cancels.
inline float fast_tanh(float x) {
  const float a = x < 0 ? -x : x;
  const float e = fast_exp(-2.0f * a);
  const float large = (1.0f - e) / (1.0f + e);
  const float s = x * x;
  float p = -5.70498872745e-3f;
  p = p * s + 2.06390887954e-2f;
  p = p * s - 5.37397155531e-2f;
  p = p * s + 1.33314422036e-1f;
  p = p * s - 3.33332819422e-1f;
  const float small = x + x * s * p;
  const float signed_large = x < 0 ? -large : large;
  return a < 0.625f ? small : signed_large;
}

template <class T>
inline T fast_sigmoid(T x) {
  return T(1) / (T(1) + fast_exp(-x));
}

}  // namespace tape::cpu::TAPE_ISA
