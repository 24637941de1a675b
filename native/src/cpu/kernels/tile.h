// Small matrix products that stay in the cache: one operand packed in panels, the other read as it lies.
#pragma once
#include <algorithm>
#include <cstdint>

namespace tape::cpu::TAPE_ISA {

/// A block of the result that registers hold: `rows` lines of two vectors.
template <class T>
struct Tile {
  static constexpr int64_t cols = 2 * TAPE_VECTOR_BYTES / sizeof(T);
  static constexpr int rows = TAPE_VECTOR_BYTES >= 64 ? 12 : TAPE_VECTOR_BYTES >= 32 ? 6 : 4;
  static int64_t padded(int64_t n) { return (n + cols - 1) / cols * cols; }
};

/// Panels of a [depth, cols] operand: `to` gets depth x Tile::cols for each run of columns, zeros behind the
/// last. Element (k, c) is from[k * depth_stride + c * col_stride].
template <class T>
void pack_panels(T* to, const T* from, int64_t depth, int64_t depth_stride, int64_t cols,
                 int64_t col_stride) {
  constexpr int64_t C = Tile<T>::cols;
  for (int64_t first = 0; first < cols; first += C, to += depth * C) {
    const int64_t count = std::min(C, cols - first);
    if (col_stride == 1 && count == C) {
      for (int64_t k = 0; k < depth; ++k)
#pragma omp simd
        for (int64_t c = 0; c < C; ++c) to[k * C + c] = from[k * depth_stride + first + c];
      continue;
    }
    for (int64_t c = 0; c < C; ++c)
      for (int64_t k = 0; k < depth; ++k)
        to[k * C + c] = c < count ? from[k * depth_stride + (first + c) * col_stride] : T(0);
  }
}

/// The [rows, depth] operand: element (r, k) is data[r * row + k * step].
template <class T>
struct Left {
  const T* data;
  int64_t row, step;
};

template <class T, int R>
inline void tile(T* c, int64_t c_row, int64_t cols, Left<T> a, const T* panel, int64_t depth, bool add) {
  constexpr int64_t C = Tile<T>::cols;
  T sums[R][C] = {};
  const T* at = a.data;
  for (int64_t k = 0; k < depth; ++k, at += a.step, panel += C) {
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
      const T factor = at[r * a.row];
#pragma omp simd
      for (int64_t j = 0; j < C; ++j) sums[r][j] += factor * panel[j];
    }
  }
  for (int r = 0; r < R; ++r) {
    T* line = c + r * c_row;
    if (cols >= C) {
#pragma omp simd
      for (int64_t j = 0; j < C; ++j) line[j] = add ? line[j] + sums[r][j] : sums[r][j];
    } else {
      for (int64_t j = 0; j < cols; ++j) line[j] = add ? line[j] + sums[r][j] : sums[r][j];
    }
  }
}

/// c [rows, cols] = a [rows, depth] times packed panels [depth, cols]; added to c when asked.
template <class T>
void multiply(T* c, int64_t c_row, int64_t rows, int64_t cols, Left<T> a, const T* panels, int64_t depth,
              bool add) {
  constexpr int64_t C = Tile<T>::cols;
  constexpr int R = Tile<T>::rows;
  for (int64_t first = 0; first < cols; first += C, panels += depth * C) {
    const int64_t across = std::min(C, cols - first);
    int64_t r = 0;
    const auto left = [&] { return Left<T>{a.data + r * a.row, a.row, a.step}; };
    for (; r + R <= rows; r += R)
      tile<T, R>(c + r * c_row + first, c_row, across, left(), panels, depth, add);
    for (; r + R / 2 <= rows; r += R / 2)
      tile<T, R / 2>(c + r * c_row + first, c_row, across, left(), panels, depth, add);
    for (; r < rows; ++r) tile<T, 1>(c + r * c_row + first, c_row, across, left(), panels, depth, add);
  }
}

}  // namespace tape::cpu::TAPE_ISA
