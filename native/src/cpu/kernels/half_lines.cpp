#include "half_lines.h"

#if defined(__F16C__) || (defined(_MSC_VER) && defined(__AVX2__))
#include <immintrin.h>
#define TAPE_F16C 1
#endif

namespace tape::cpu::TAPE_ISA {
namespace {

template <class T>
void load(float* out, const uint16_t* in, int64_t step, int64_t count) {
  if (step == 1) {
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) out[i] = T::decode(in[i]);
  } else {
    for (int64_t i = 0; i < count; ++i) out[i] = T::decode(in[i * step]);
  }
}

template <class T>
void store(uint16_t* out, const float* in, int64_t step, int64_t count) {
  if (step == 1) {
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) out[i] = T::encode(in[i]);
  } else {
    for (int64_t i = 0; i < count; ++i) out[i * step] = T::encode(in[i]);
  }
}

}  // namespace

void load_half(float* out, const char* data, DType dtype, int64_t step, int64_t count) {
  const auto* in = reinterpret_cast<const uint16_t*>(data);
  if (dtype == DType::bfloat16) return load<BFloat16>(out, in, step, count);
  int64_t done = 0;
#if defined(TAPE_F16C)
  for (; step == 1 && done + 8 <= count; done += 8)
    _mm256_storeu_ps(out + done,
                     _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in + done))));
#endif
  load<Float16>(out + done, in + done * step, step, count - done);
}

void store_half(char* data, const float* in, DType dtype, int64_t step, int64_t count) {
  auto* out = reinterpret_cast<uint16_t*>(data);
  if (dtype == DType::bfloat16) return store<BFloat16>(out, in, step, count);
  int64_t done = 0;
#if defined(TAPE_F16C)
  for (; step == 1 && done + 8 <= count; done += 8)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + done),
                     _mm256_cvtps_ph(_mm256_loadu_ps(in + done), _MM_FROUND_TO_NEAREST_INT));
#endif
  store<Float16>(out + done * step, in + done, step, count - done);
}

}  // namespace tape::cpu::TAPE_ISA
