// Products with one matrix again and again: it is packed once into panels that the inner kernel reads in
// order, and a block of the result stays in registers (Goto and van de Geijn 2008). Every element is summed
// in the order of K, however many rows are asked for: a batch gives the bits of its rows one by one.
#pragma once
#include <algorithm>
#include <cstdint>

namespace tape::cpu::TAPE_ISA {

template <class T>
struct Panel {
  static constexpr int64_t cols = 2 * TAPE_VECTOR_BYTES / sizeof(T);
  static constexpr int64_t rows = TAPE_VECTOR_BYTES >= 64 ? 12 : TAPE_VECTOR_BYTES >= 32 ? 6 : 4;
  static constexpr int64_t depth = 256;  // K per pass: that much of a panel stays in the first-level cache
};

template <class T>
constexpr int64_t packed_size(int64_t depth, int64_t cols) {
  return (cols + Panel<T>::cols - 1) / Panel<T>::cols * Panel<T>::cols * depth;
}

/// Packs panels [begin, end) of a depth x cols matrix; columns past the last are zeros.
template <class T>
void pack_panels(T* packed, const T* from, int64_t depth, int64_t cols, int64_t depth_stride,
                 int64_t col_stride, int64_t begin, int64_t end) {
  constexpr int64_t C = Panel<T>::cols;
  for (int64_t panel = begin; panel < end; ++panel) {
    const int64_t first = panel * C, count = std::min(C, cols - first);
    T* to = packed + first * depth;
    for (int64_t k = 0; k < depth; ++k, to += C) {
      const T* source = from + k * depth_stride + first * col_stride;
      int64_t c = 0;
      if (col_stride == 1)
        for (; c < count; ++c) to[c] = source[c];
      else
        for (; c < count; ++c) to[c] = source[c * col_stride];
      for (; c < C; ++c) to[c] = T(0);
    }
  }
}

/// R rows times P panels that lie `panel_size` apart; `cols` of the result exist.
template <class T, int64_t R, int64_t P>
void product_block(const T* a, int64_t a_stride, const T* packed, int64_t panel_size, int64_t depth, T* c,
                   int64_t c_stride, int64_t cols, bool add) {
  constexpr int64_t C = Panel<T>::cols;
  T sums[R][P * C] = {};
  for (int64_t k = 0; k < depth; ++k, packed += C) {
#pragma GCC unroll 16
    for (int64_t r = 0; r < R; ++r) {
      const T left = a[r * a_stride + k];
#pragma GCC unroll 4
      for (int64_t p = 0; p < P; ++p) {
        const T* line = packed + p * panel_size;
#pragma omp simd
        for (int64_t x = 0; x < C; ++x) sums[r][p * C + x] += left * line[x];
      }
    }
  }
  if (cols == P * C) {
    for (int64_t r = 0; r < R; ++r)
#pragma omp simd
      for (int64_t x = 0; x < P * C; ++x)
        c[r * c_stride + x] = add ? c[r * c_stride + x] + sums[r][x] : sums[r][x];
    return;
  }
  for (int64_t r = 0; r < R; ++r)
    for (int64_t x = 0; x < cols; ++x)
      c[r * c_stride + x] = add ? c[r * c_stride + x] + sums[r][x] : sums[r][x];
}

template <class T>
using ProductBlock = void (*)(const T*, int64_t, const T*, int64_t, int64_t, T*, int64_t, int64_t, bool);

/// c (+)= a @ B for `rows` rows, B packed.
template <class T>
void packed_product(T* c, int64_t c_stride, const T* a, int64_t a_stride, int64_t rows, const T* packed,
                    int64_t depth, int64_t cols, bool add) {
  constexpr int64_t C = Panel<T>::cols, R = Panel<T>::rows;
  // Few rows leave registers free: they take several panels at a time.
  static constexpr ProductBlock<T> blocks[13] = {
      nullptr,
      product_block<T, 1, 1>,
      product_block<T, 2, 1>,
      product_block<T, 3, 1>,
      product_block<T, 4, 1>,
      product_block<T, std::min<int64_t>(5, R), 1>,
      product_block<T, std::min<int64_t>(6, R), 1>,
      product_block<T, std::min<int64_t>(7, R), 1>,
      product_block<T, std::min<int64_t>(8, R), 1>,
      product_block<T, std::min<int64_t>(9, R), 1>,
      product_block<T, std::min<int64_t>(10, R), 1>,
      product_block<T, std::min<int64_t>(11, R), 1>,
      product_block<T, std::min<int64_t>(12, R), 1>,
  };
  const int64_t wide = rows == 1 ? 4 : rows <= 3 ? 2 : 1;
  const int64_t parts = (rows + R - 1) / R;
  for (int64_t k0 = 0; k0 < depth; k0 += Panel<T>::depth) {
    const int64_t k = std::min(Panel<T>::depth, depth - k0);
    const bool adds = add || k0 > 0;
    for (int64_t j = 0; j < cols;) {
      const T* panel = packed + j * depth + k0 * C;
      if (wide > 1 && j + wide * C <= cols) {
        const ProductBlock<T> block = rows == 1   ? product_block<T, 1, 4>
                                      : rows == 2 ? product_block<T, 2, 2>
                                                  : product_block<T, 3, 2>;
        block(a + k0, a_stride, panel, depth * C, k, c + j, c_stride, wide * C, adds);
        j += wide * C;
        continue;
      }
      const int64_t across = std::min(C, cols - j);
      for (int64_t part = 0, row = 0; part < parts; ++part) {
        const int64_t down = (rows - row) / (parts - part);  // as even as it goes
        blocks[down](a + row * a_stride + k0, a_stride, panel, depth * C, k, c + row * c_stride + j, c_stride,
                     across, adds);
        row += down;
      }
      j += C;
    }
  }
}

}  // namespace tape::cpu::TAPE_ISA
