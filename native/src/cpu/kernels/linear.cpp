// Matrix product without a library: panels of A and B are packed so that the inner kernel reads both in
// order, and a block of C stays in registers while it runs over K (Goto and van de Geijn 2008).
#include <algorithm>
#include <vector>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

// A block of C: kRows x kCols accumulators, two vectors wide.
template <class T>
struct Block {
  static constexpr int64_t cols = 2 * TAPE_VECTOR_BYTES / sizeof(T);
  static constexpr int64_t rows = TAPE_VECTOR_BYTES >= 64 ? 12 : TAPE_VECTOR_BYTES >= 32 ? 6 : 4;
};
constexpr int64_t kDepth = 256;  // K per pass: a packed panel of B stays in the first-level cache
constexpr int64_t kHeight = 96;  // rows of A per pass: they stay in the second-level cache

/// acc = packed A (depth x rows) times packed B (depth x cols).
template <class T>
inline void inner_block(const T* a, const T* b, int64_t depth, T* acc) {
  constexpr int64_t R = Block<T>::rows, C = Block<T>::cols;
  T sums[R][C] = {};
  for (int64_t k = 0; k < depth; ++k, a += R, b += C) {
#pragma GCC unroll 16
    for (int64_t r = 0; r < R; ++r) {
#pragma omp simd
      for (int64_t c = 0; c < C; ++c) sums[r][c] += a[r] * b[c];
    }
  }
  for (int64_t r = 0; r < R; ++r)
    for (int64_t c = 0; c < C; ++c) acc[r * C + c] = sums[r][c];
}

template <class T>
void pack(T* to, const T* from, int64_t lines, int64_t line_stride, int64_t depth, int64_t depth_stride,
          int64_t width) {
  for (int64_t first = 0; first < lines; first += width) {
    const int64_t count = std::min(width, lines - first);
    for (int64_t k = 0; k < depth; ++k) {
      const T* source = from + first * line_stride + k * depth_stride;
      int64_t i = 0;
      for (; i < count; ++i) to[i] = source[i * line_stride];
      for (; i < width; ++i) to[i] = T(0);
      to += width;
    }
  }
}

template <class T>
void gemm_typed(const Matrix& c, const Matrix& a, const Matrix& b, const T* bias, bool relu, bool adds) {
  constexpr int64_t R = Block<T>::rows, C = Block<T>::cols;
  const int64_t rows = c.rows, cols = c.cols, depth = a.cols;
  T* out = static_cast<T*>(c.data);
  const int64_t panels = (cols + C - 1) / C;
  if (depth == 0) {
    if (adds) return;
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < cols; ++j) {
        const T value = bias ? bias[j] : T(0);
        out[i * c.row_stride + j] = relu && value < T(0) ? T(0) : value;
      }
    return;
  }
  // Threads share columns: each packs its own part of B and walks all of A.
  const int64_t work = rows * depth * C;
  parallel_for(
      panels, std::max<int64_t>(1, 65536 / std::max<int64_t>(1, work)), [&](int64_t begin, int64_t end) {
        thread_local std::vector<T> packed_a, packed_b;
        const int64_t width = (end - begin) * C;
        const int64_t first = begin * C, count = std::min(width, cols - first);
        packed_b.resize(static_cast<size_t>(width * std::min(depth, kDepth)));
        packed_a.resize(static_cast<size_t>((kHeight + R) * std::min(depth, kDepth)));
        T acc[R * C];
        for (int64_t k0 = 0; k0 < depth; k0 += kDepth) {
          const int64_t k = std::min(kDepth, depth - k0);
          const bool starts = k0 == 0 && !adds, ends = k0 + k == depth;
          pack(packed_b.data(), static_cast<const T*>(b.data) + k0 * b.row_stride + first * b.col_stride,
               count, b.col_stride, k, b.row_stride, C);
          for (int64_t i0 = 0; i0 < rows; i0 += kHeight) {
            const int64_t height = std::min(kHeight, rows - i0);
            pack(packed_a.data(), static_cast<const T*>(a.data) + i0 * a.row_stride + k0 * a.col_stride,
                 height, a.row_stride, k, a.col_stride, R);
            for (int64_t j = 0; j < count; j += C) {
              const int64_t across = std::min(C, count - j);
              for (int64_t i = 0; i < height; i += R) {
                inner_block<T>(packed_a.data() + i * k, packed_b.data() + j * k, k, acc);
                const int64_t down = std::min(R, height - i);
                for (int64_t r = 0; r < down; ++r) {
                  T* line = out + (i0 + i + r) * c.row_stride + first + j;
                  const T* sums = acc + r * C;
                  const T* offset = bias && ends ? bias + first + j : nullptr;
                  for (int64_t x = 0; x < across; ++x) {
                    T value = starts ? sums[x] : line[x] + sums[x];
                    if (offset) value += offset[x];
                    line[x] = relu && ends && value < T(0) ? T(0) : value;
                  }
                }
              }
            }
          }
        }
      });
}

}  // namespace

void gemm(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    gemm_typed<T>(c, a, b, static_cast<const T*>(bias), relu, false);
  });
}

void gemm_add(DType dtype, Matrix c, Matrix a, Matrix b) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    gemm_typed<T>(c, a, b, nullptr, false, true);
  });
}

// The batched product is put in by src/cpu/batched_products.cpp.
LinearKernels linear_table() { return {gemm, nullptr, gemm_add, nullptr}; }

}  // namespace tape::cpu::TAPE_ISA
