// 16-bit operands of elementwise kernels: lines are converted to float in pieces, run through the float
// kernel, and converted back. One pair of conversions serves every op.
#pragma once
#include "loop.h"

namespace tape::cpu::TAPE_ISA {

/// `count` elements of a 16-bit dtype, `step` apart, to consecutive floats.
void load_half(float* out, const char* in, DType dtype, int64_t step, int64_t count);
/// The way back, rounding to the nearest even.
void store_half(char* out, const float* in, DType dtype, int64_t step, int64_t count);

constexpr int64_t kHalfPiece = 512;

template <int N>
struct HalfLine {
  LineFunction line;
  const void* context;
  DType dtypes[N];
  size_t widths[N];
};

template <int N>
void half_line(char* const* at, const int64_t* step, int64_t count, const void* context) {
  const auto& self = *static_cast<const HalfLine<N>*>(context);
  alignas(64) float pieces[N][kHalfPiece];
  char* from[N];
  char* seen[N];
  int64_t seen_step[N];
  for (int64_t begin = 0; begin < count; begin += kHalfPiece) {
    const int64_t length = begin + kHalfPiece < count ? kHalfPiece : count - begin;
    for (int k = 0; k < N; ++k) {
      from[k] = at[k] + begin * step[k] * static_cast<int64_t>(self.widths[k]);
      seen[k] = from[k];
      seen_step[k] = step[k];
      if (!is_half(self.dtypes[k])) continue;
      seen[k] = reinterpret_cast<char*>(pieces[k]);
      seen_step[k] = k == 0 || step[k] != 0 ? 1 : 0;
      if (k > 0) load_half(pieces[k], from[k], self.dtypes[k], step[k], step[k] == 0 ? 1 : length);
    }
    self.line(seen, seen_step, length, self.context);
    if (is_half(self.dtypes[0])) store_half(from[0], pieces[0], self.dtypes[0], step[0], length);
  }
}

/// Loop<N>::run for operands that may be 16-bit; `widths` are those of the types the line computes with.
template <int N>
void run_lines(const View (&views)[N], const size_t (&widths)[N], LineFunction line, const void* context) {
  bool any = false;
  for (const View& view : views) any = any || is_half(view.dtype);
  if (!any) return Loop<N>(views).run(widths, line, context);
  HalfLine<N> half{line, context, {}, {}};
  for (int k = 0; k < N; ++k) {
    half.dtypes[k] = views[k].dtype;
    half.widths[k] = is_half(views[k].dtype) ? 2 : widths[k];
  }
  Loop<N>(views).run(half.widths, half_line<N>, &half);
}

}  // namespace tape::cpu::TAPE_ISA
