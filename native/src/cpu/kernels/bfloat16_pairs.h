// Small products of bfloat16 matrices that stay in the cache, added in float32, by the instructions of
// AVX-512 BF16: each multiplies two neighbours along the depth at a time. Only where the set has them and the
// processor too.
#pragma once
#include "tape/half.h"

#if TAPE_VECTOR_BYTES >= 64 && defined(__GNUC__)
#define TAPE_BFLOAT16_PAIRS 1
#include <immintrin.h>

#include <algorithm>
#include <cstring>

// GCC 12 takes the undefined operands of its own intrinsics for a mistake of whoever calls them.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

/// Before a function that uses the instructions: the set as a whole is compiled without.
#define TAPE_WITH_BFLOAT16 __attribute__((target("avx512bf16")))

namespace tape::cpu::TAPE_ISA {

inline bool multiplies_pairs() {
  static const bool yes = __builtin_cpu_supports("avx512bf16");
  return yes;
}

/// Two neighbours along the depth, the first in the lower half.
using Pair = uint32_t;
constexpr int64_t kPairCols = 32;  // of a panel: two vectors of the result
constexpr int64_t kPairRows = 12;  // of a block of the result that registers hold

/// Numbers a buffer for `depth` of them along the depth holds, in pairs; a lone last one has a zero beside
/// it.
inline int64_t pair_count(int64_t depth) { return (depth + 1) / 2; }
inline int64_t pair_padded(int64_t cols) { return (cols + kPairCols - 1) / kPairCols * kPairCols; }
inline int64_t pairs_size(int64_t depth, int64_t cols) { return pair_padded(cols) * pair_count(depth); }

/// The operand on the right in panels of pair_count(depth) x kPairCols, zeros behind the last column. Here
/// element (k, c) is from[c * col_stride + k], so that pairs lie side by side already; the depth is even.
inline void pack_pairs_across(Pair* to, const BFloat16* from, int64_t depth, int64_t cols,
                              int64_t col_stride) {
  const int64_t pairs = depth / 2;
  for (int64_t first = 0; first < cols; first += kPairCols, to += pairs * kPairCols)
    for (int64_t c = 0; c < kPairCols; ++c) {
      const BFloat16* line = from + (first + c) * col_stride;
      for (int64_t k = 0; k < pairs; ++k) {
        Pair pair = 0;
        if (first + c < cols) std::memcpy(&pair, line + 2 * k, sizeof pair);
        to[k * kPairCols + c] = pair;
      }
    }
}

/// The same where element (k, c) is from[k * depth_stride + c], of any depth.
inline void pack_pairs_down(Pair* to, const BFloat16* from, int64_t depth, int64_t cols,
                            int64_t depth_stride) {
  for (int64_t first = 0; first < cols; first += kPairCols) {
    const int64_t count = std::min(kPairCols, cols - first);
    for (int64_t k = 0; k < depth; k += 2, to += kPairCols) {
      const BFloat16 *low = from + k * depth_stride + first, *high = low + depth_stride;
      if (k + 1 < depth)
        for (int64_t c = 0; c < count; ++c) to[c] = Pair{low[c].bits} | Pair{high[c].bits} << 16;
      else
        for (int64_t c = 0; c < count; ++c) to[c] = low[c].bits;
      for (int64_t c = count; c < kPairCols; ++c) to[c] = 0;
    }
  }
}

/// The operand on the left: pair k of row r is at data + r * row + k * step, in bytes.
struct PairLeft {
  const void* data;
  int64_t row, step;
};

/// Rows of numbers that lie side by side.
inline PairLeft lines(const BFloat16* data, int64_t row_stride) {
  return {data, row_stride * static_cast<int64_t>(sizeof(BFloat16)), sizeof(Pair)};
}

template <int64_t R>
TAPE_WITH_BFLOAT16 void pair_block(float* c, int64_t c_row, int64_t cols, PairLeft a, const Pair* panel,
                                   int64_t pairs, bool add) {
  __m512 sums[R][2];
#pragma GCC unroll 16
  for (int64_t r = 0; r < R; ++r) sums[r][0] = sums[r][1] = _mm512_setzero_ps();
  const char* at = static_cast<const char*>(a.data);
  for (int64_t k = 0; k < pairs; ++k, at += a.step, panel += kPairCols) {
    const __m512bh b0 = (__m512bh)_mm512_loadu_si512(panel), b1 = (__m512bh)_mm512_loadu_si512(panel + 16);
#pragma GCC unroll 16
    for (int64_t r = 0; r < R; ++r) {
      int32_t pair;
      std::memcpy(&pair, at + r * a.row, sizeof pair);
      const __m512bh left = (__m512bh)_mm512_set1_epi32(pair);
      sums[r][0] = _mm512_dpbf16_ps(sums[r][0], left, b0);
      sums[r][1] = _mm512_dpbf16_ps(sums[r][1], left, b1);
    }
  }
  const auto mask_of = static_cast<uint32_t>(cols >= kPairCols ? -1 : (int64_t{1} << cols) - 1);
  const auto low = static_cast<__mmask16>(mask_of), high = static_cast<__mmask16>(mask_of >> 16);
#pragma GCC unroll 16
  for (int64_t r = 0; r < R; ++r) {
    float* line = c + r * c_row;
    if (add) {
      sums[r][0] = _mm512_add_ps(sums[r][0], _mm512_maskz_loadu_ps(low, line));
      sums[r][1] = _mm512_add_ps(sums[r][1], _mm512_maskz_loadu_ps(high, line + 16));
    }
    _mm512_mask_storeu_ps(line, low, sums[r][0]);
    _mm512_mask_storeu_ps(line + 16, high, sums[r][1]);
  }
}

/// c [rows, cols] = a [rows, depth] times panels [depth, cols], or added to c. `pairs` of the depth count;
/// panels lie `panel_pairs` deep. Every element is summed in the order of the depth, however many rows are
/// asked for.
inline void multiply_pairs(float* c, int64_t c_row, int64_t rows, int64_t cols, PairLeft a,
                           const Pair* panels, int64_t panel_pairs, int64_t pairs, bool add) {
  using Block = void (*)(float*, int64_t, int64_t, PairLeft, const Pair*, int64_t, bool);
  static constexpr Block blocks[kPairRows + 1] = {
      nullptr,        pair_block<1>,  pair_block<2>,  pair_block<3>, pair_block<4>,
      pair_block<5>,  pair_block<6>,  pair_block<7>,  pair_block<8>, pair_block<9>,
      pair_block<10>, pair_block<11>, pair_block<12>,
  };
  const int64_t parts = (rows + kPairRows - 1) / kPairRows;
  for (int64_t first = 0; first < cols; first += kPairCols, panels += panel_pairs * kPairCols)
    for (int64_t part = 0, row = 0; part < parts; ++part) {
      const int64_t down = (rows - row) / (parts - part);  // as even as it goes
      blocks[down](c + row * c_row + first, c_row, std::min(kPairCols, cols - first),
                   {static_cast<const char*>(a.data) + row * a.row, a.row, a.step}, panels, pairs, add);
      row += down;
    }
}

/// To the nearest even; numbers too small for a normal one become 0.
TAPE_WITH_BFLOAT16 inline void round_line(BFloat16* to, const float* from, int64_t count) {
  for (int64_t i = 0; i < count; i += 16) {
    const auto mask = static_cast<__mmask16>(count - i >= 16 ? 0xFFFF : (1 << (count - i)) - 1);
    const __m256bh rounded = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from + i));
    _mm256_mask_storeu_epi16(to + i, mask, (__m256i)rounded);
  }
}

/// Pairs of an element of `low` and the same of `high`, rounded; `high` may be null, for zeros.
TAPE_WITH_BFLOAT16 inline void round_pairs(Pair* to, const float* low, const float* high, int64_t count) {
  for (int64_t i = 0; i < count; i += 16) {
    const auto mask = static_cast<__mmask16>(count - i >= 16 ? 0xFFFF : (1 << (count - i)) - 1);
    const __m256i below = (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, low + i));
    __m512i pairs = _mm512_cvtepu16_epi32(below);
    if (high) {
      const __m256i above = (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, high + i));
      pairs = _mm512_or_si512(pairs, _mm512_slli_epi32(_mm512_cvtepu16_epi32(above), 16));
    }
    _mm512_mask_storeu_epi32(to + i, mask, pairs);
  }
}

}  // namespace tape::cpu::TAPE_ISA
#endif
