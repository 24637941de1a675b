// Functions the compiler can vectorise. The float versions are polynomials after Cephes (S. Moshier),
// within 2 ulp where nothing else is said; the double ones are the standard library's.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

/// Before a function with a loop over elements: whatever the loop calls is inlined. Left to itself the
/// compiler keeps calls to functions of this size once there are several, and a loop with a call is not
/// vectorised.
#if defined(__GNUC__)
#define TAPE_FLATTEN __attribute__((flatten))
#else
#define TAPE_FLATTEN
#endif

namespace tape::cpu::TAPE_ISA {

inline double fast_exp(double x) { return std::exp(x); }
inline double fast_tanh(double x) { return std::tanh(x); }
inline double fast_log(double x) { return std::log(x); }
inline double fast_log1p(double x) { return std::log1p(x); }
inline double fast_expm1(double x) { return std::expm1(x); }
inline double fast_erf(double x) { return std::erf(x); }

/// e^x = 2^n e^r with n whole and |r| <= ln(2) / 2, for |x| < 2^20: returns e^r, and n in `whole`.
inline float split_exp(float x, int32_t& whole) {
  // Adding and taking away 1.5 * 2^23 rounds to the nearest integer.
  const float shifted = x * 1.44269504088896341f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  whole = std::bit_cast<int32_t>(shifted) - 0x4B400000;
  return p * r * r + r + 1.0f;
}

/// e^x; overflows to infinity, underflows to 0, keeps NaN.
inline float fast_exp(float x) {
  float clamped = x < -104.0f ? -104.0f : x;  // written so that NaN passes
  clamped = clamped > 89.0f ? 89.0f : clamped;
  int32_t whole;
  const float p = split_exp(clamped, whole);
  // 2^n in two factors: n reaches 129 and -151, beyond what one exponent holds.
  const int32_t half = whole >> 1;
  const float scale_a = std::bit_cast<float>((half + 127) << 23);
  const float scale_b = std::bit_cast<float>((whole - half + 127) << 23);
  const float result = p * scale_a * scale_b;
  return x != x ? x : result;
}

/// e^x as a sigmoid needs it: infinity from 88.4 on, and never below e^-87.
inline float bounded_exp(float x) {
  float clamped = x < -87.0f ? -87.0f : x;      // written so that NaN passes
  clamped = clamped > 89.0f ? 89.0f : clamped;  // 2^128, which is infinity
  int32_t whole;
  const float p = split_exp(clamped, whole);
  return p * std::bit_cast<float>((whole + 127) << 23);
}

/// (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x; near zero an odd polynomial, where that cancels.
inline float fast_tanh(float x) {
  const float a = x < 0 ? -x : x;
  const float e = bounded_exp(-2.0f * a);
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

/// log(x); -infinity at 0, NaN below.
inline float fast_log(float x) {
  const bool tiny = x < 1.17549435e-38f;  // a denormal is scaled up first
  const float scaled = tiny ? x * 8388608.0f : x;
  const int32_t bits = std::bit_cast<int32_t>(scaled);
  // x = m * 2^e with m between sqrt(1/2) and sqrt(2).
  const int32_t exponent = (bits - 0x3F3504F3) >> 23;
  const float f = std::bit_cast<float>(bits - (exponent << 23)) - 1.0f;
  const float e = static_cast<float>(exponent - (tiny ? 23 : 0));
  const float z = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float y = p * f * z - 2.12194440e-4f * e - 0.5f * z;
  y = f + y + 0.693359375f * e;
  const float infinity = std::bit_cast<float>(0x7F800000);
  const float at_edge = x == 0.0f ? -infinity : x < 0.0f ? infinity - infinity : x;
  return x > 0.0f && x < infinity ? y : at_edge;
}

/// log(1 + x) for x >= 0: what rounding 1 + x lost is put back as a factor (Kahan).
inline float fast_log1p(float x) {
  const float u = 1.0f + x;
  const float scaled = fast_log(u) * (x / (u - 1.0f));
  return u == 1.0f ? x : scaled;
}

/// e^x - 1 for x <= 0: a polynomial near zero, where the difference cancels.
inline float fast_expm1(float x) {
  float p = 1.9875691500e-4f;
  p = p * x + 1.3981999507e-3f;
  p = p * x + 8.3334519073e-3f;
  p = p * x + 4.1665795894e-2f;
  p = p * x + 1.6666665459e-1f;
  p = p * x + 5.0000001201e-1f;
  const float small = p * x * x + x;
  const float large = fast_exp(x) - 1.0f;
  return x > -0.34f ? small : large;
}

/// The error function. Below 1 an odd polynomial; above, 1 - erfc by the Chebyshev fit of Press et al.
/// (Numerical Recipes, erfcc), whose relative error is 1.2e-7.
inline float fast_erf(float x) {
  const float a = x < 0 ? -x : x;
  const float s = x * x;
  float p = 7.853861353153693e-5f;
  p = p * s - 8.010193625184903e-4f;
  p = p * s + 5.188327685732524e-3f;
  p = p * s - 2.685381193529856e-2f;
  p = p * s + 1.128358514861418e-1f;
  p = p * s - 3.761262582423300e-1f;
  p = p * s + 1.128379165726710e+0f;
  const float small = x * p;
  const float t = 1.0f / (1.0f + 0.5f * a);
  float q = 0.17087277f;
  q = q * t - 0.82215223f;
  q = q * t + 1.48851587f;
  q = q * t - 1.13520398f;
  q = q * t + 0.27886807f;
  q = q * t - 0.18628806f;
  q = q * t + 0.09678418f;
  q = q * t + 0.37409196f;
  q = q * t + 1.00002368f;
  q = q * t - 1.26551223f;
  const float large = 1.0f - t * fast_exp(q - s);
  const float signed_large = x < 0 ? -large : large;
  return a < 1.0f ? small : signed_large;
}

inline double fast_sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
inline float fast_sigmoid(float x) { return 1.0f / (1.0f + bounded_exp(-x)); }

}  // namespace tape::cpu::TAPE_ISA
