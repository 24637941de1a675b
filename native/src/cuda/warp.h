// Kernels whose blocks share memory, written warp by warp: what a lane holds is a Lanes, and what lanes do
// together is one of the functions below. Compiled for the processor a block has one warp, whose lanes take
// turns, so that every index is tested without a GPU.
#pragma once
#include <cstring>
#include <vector>

#include "numbers.h"

#if defined(__CUDACC__)
#define TAPE_UNROLL _Pragma("unroll")
#else
#define TAPE_UNROLL
#endif

namespace tape::cuda {

/// A 16-bit pair, the first in the low half.
using Pair = uint32_t;

TAPE_BOTH inline Pair pair_of(float first, float second) {
#if defined(__CUDA_ARCH__)
  Pair pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
  return pair;
#else
  return uint32_t{BFloat16(first).bits} | (uint32_t{BFloat16(second).bits} << 16);
#endif
}

/// How a 16 x 8 tile of a product lies over the lanes of a warp, four elements each (m16n8 of the PTX
/// manual).
TAPE_BOTH constexpr int tile_row(int lane, int element) { return lane / 4 + 8 * (element / 2); }
TAPE_BOTH constexpr int tile_col(int lane, int element) { return lane % 4 * 2 + element % 2; }

#if defined(TAPE_CUDA_EMULATED)

/// Warps of a block that would have `wanted`.
constexpr int warps_of(int) { return 1; }

template <class T, int n>
struct Lanes {
  T of[32][n];
  T& operator()(int lane, int i) { return of[lane][i]; }
};

template <class F>
void each_lane(F f) {
  for (int lane = 0; lane < 32; ++lane) f(lane);
}
inline void sync_warp() {}

/// Every lane's numbers become the combination of those of the four lanes that share its rows.
template <class T, int n, class Combine>
void combine_rows(Lanes<T, n>& x, Combine combine) {
  for (int first = 0; first < 32; first += 4)
    for (int i = 0; i < n; ++i) {
      const T all = combine(combine(x(first, i), x(first + 1, i)), combine(x(first + 2, i), x(first + 3, i)));
      for (int lane = first; lane < first + 4; ++lane) x(lane, i) = all;
    }
}

inline float half_of(Pair pair, int which) {
  BFloat16 x;
  x.bits = static_cast<uint16_t>(pair >> (16 * which));
  return static_cast<float>(x);
}

/// Four 8 x 8 matrices of 16-bit numbers (ldmatrix): lane 8 m + r says where row r of matrix m begins. A lane
/// gets of each the pair at row lane / 4, column 2 (lane % 4); `turned`: of its transpose.
template <class Where>
void load_matrices(Lanes<Pair, 4>& to, bool turned, Where where) {
  for (int lane = 0; lane < 32; ++lane)
    for (int m = 0; m < 4; ++m) {
      uint16_t halves[2];
      for (int k = 0; k < 2; ++k) {
        const int row = turned ? lane % 4 * 2 + k : lane / 4, col = turned ? lane / 4 : lane % 4 * 2 + k;
        halves[k] = where(8 * m + row)[col].bits;
      }
      to(lane, m) = halves[0] | (uint32_t{halves[1]} << 16);
    }
}

/// Tile `tile` of `sums` += a @ b, a 16 x 16 and b 16 x 8 (pairs `at` and at + 1), as mma.m16n8k16 lays them
/// over lanes.
template <int n>
void multiply_tile(Lanes<float, n>& sums, int tile, Lanes<Pair, 4>& a, Lanes<Pair, 4>& b, int at) {
  float left[16][16], right[16][8];
  for (int lane = 0; lane < 32; ++lane)
    for (int k = 0; k < 2; ++k) {
      for (int i = 0; i < 4; ++i)
        left[lane / 4 + 8 * (i % 2)][lane % 4 * 2 + 8 * (i / 2) + k] = half_of(a(lane, i), k);
      for (int i = 0; i < 2; ++i) right[lane % 4 * 2 + 8 * i + k][lane / 4] = half_of(b(lane, at + i), k);
    }
  for (int lane = 0; lane < 32; ++lane)
    for (int e = 0; e < 4; ++e)
      for (int k = 0; k < 16; ++k)
        sums(lane, 4 * tile + e) += left[tile_row(lane, e)][k] * right[k][tile_col(lane, e)];
}

struct Block {
  char* shared;
  int warp() const { return 0; }
  void sync() const {}
  template <class F>
  void each(int64_t count, F f) const {
    for (int64_t i = 0; i < count; ++i) f(i);
  }
};

/// f(index, block) for every index below count; a block of `warps` has shared_bytes of memory.
template <int warps, class F>
void for_blocks(int64_t count, size_t shared_bytes, F f) {
  run([=]() mutable {
    std::vector<std::max_align_t> room(shared_bytes / sizeof(std::max_align_t) + 1);
    for (int64_t i = 0; i < count; ++i) {
      std::memset(room.data(), 0xFF, room.size() * sizeof(std::max_align_t));  // what nobody wrote is a NaN
      f(i, Block{reinterpret_cast<char*>(room.data())});
    }
  });
}

#elif defined(__CUDACC__)

constexpr int warps_of(int wanted) { return wanted; }

template <class T, int n>
struct Lanes {
  T of[n];
  __device__ T& operator()(int, int i) { return of[i]; }
};

template <class F>
__device__ void each_lane(F f) {
  f(static_cast<int>(threadIdx.x % 32));
}
__device__ inline void sync_warp() { __syncwarp(); }

template <class T, int n, class Combine>
__device__ void combine_rows(Lanes<T, n>& x, Combine combine) {
  TAPE_UNROLL for (int i = 0; i < n; ++i) {
    x.of[i] = combine(x.of[i], __shfl_xor_sync(0xFFFFFFFFu, x.of[i], 1));
    x.of[i] = combine(x.of[i], __shfl_xor_sync(0xFFFFFFFFu, x.of[i], 2));
  }
}

template <class Where>
__device__ void load_matrices(Lanes<Pair, 4>& to, bool turned, Where where) {
  const auto from =
      static_cast<uint32_t>(__cvta_generic_to_shared(where(static_cast<int>(threadIdx.x % 32))));
  if (turned)
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to.of[0]), "=r"(to.of[1]), "=r"(to.of[2]), "=r"(to.of[3])
                 : "r"(from)
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to.of[0]), "=r"(to.of[1]), "=r"(to.of[2]), "=r"(to.of[3])
                 : "r"(from)
                 : "memory");
}

template <int n>
__device__ void multiply_tile(Lanes<float, n>& sums, int tile, Lanes<Pair, 4>& a, Lanes<Pair, 4>& b, int at) {
  float* const s = sums.of + 4 * tile;
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
      : "r"(a.of[0]), "r"(a.of[1]), "r"(a.of[2]), "r"(a.of[3]), "r"(b.of[at]), "r"(b.of[at + 1]));
}

template <int warps>
struct Block {
  char* shared;
  __device__ int warp() const { return static_cast<int>(threadIdx.x / 32); }
  __device__ void sync() const { __syncthreads(); }
  template <class F>
  __device__ void each(int64_t count, F f) const {
    for (int64_t i = threadIdx.x; i < count; i += warps * 32) f(i);
  }
};

template <int warps, class F>
__global__ void __launch_bounds__(warps * 32) blocks_kernel(int64_t count, F f) {
  extern __shared__ __align__(16) char shared_memory[];
  for (int64_t i = blockIdx.x; i < count; i += gridDim.x) {
    f(i, Block<warps>{shared_memory});
    __syncthreads();  // what the last one reads is not overwritten
  }
}

// clang-format off
template <int warps, class F>
void for_blocks(int64_t count, size_t shared_bytes, F f) {
  if (count <= 0 || !may_launch()) return;
  if (shared_bytes > 48 * 1024)
    cudaFuncSetAttribute(blocks_kernel<warps, F>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                         static_cast<int>(shared_bytes));
  blocks_kernel<warps><<<blocks_for(count), warps * 32, shared_bytes, stream()>>>(count, f);
  launched("blocks");
}
// clang-format on

#endif

}  // namespace tape::cuda
