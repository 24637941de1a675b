// How kernels are run: over single elements, or over rows that a team of threads shares. The same source
// compiles without CUDA (TAPE_CUDA_EMULATED), where a team has one thread: what a kernel computes is tested
// without a GPU.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "tape/both.h"

#if defined(TAPE_CUDA_EMULATED)
#include <functional>
#else
#include <cuda_runtime.h>
#endif

namespace tape::cuda {

/// Memory for the kernels of one call, until the next call that asks: work is in order on the stream. Null
/// where there is none: nothing is launched then until somebody waits, who reports it.
void* scratch(size_t bytes);
bool may_launch();
/// What is reported.
inline std::string no_scratch(size_t bytes) {
  const std::string amount =
      bytes < size_t{1} << 20 ? std::to_string(bytes) + " bytes" : std::to_string(bytes >> 20) + " MiB";
  return "no memory for " + amount + " that an op needs beside its tensors";
}
/// A copy of `bytes` of the host's memory behind what `scratch` gave out, valid as long. A step that is
/// recorded keeps the bytes of now.
void upload(void* to, const void* from, size_t bytes);
/// Waits, and copies back. A step that is recorded cannot: its recording fails.
void download(void* to, const void* from, size_t bytes);
/// Keeps the first error of the calling thread until somebody waits, who reports it.
void note_error(const std::string& text);

#if defined(TAPE_CUDA_EMULATED)

struct Team {
  /// f(i) for every i below count.
  template <class F>
  void each(int64_t count, F f) const {
    for (int64_t i = 0; i < count; ++i) f(i);
  }
  /// `start` with f(i) added one by one: combine(sum, f(i)).
  template <class A, class F, class Combine>
  A fold(A start, int64_t count, F f, Combine combine) const {
    for (int64_t i = 0; i < count; ++i) start = combine(start, f(i));
    return start;
  }
  bool leads() const { return true; }
};

/// Does the work, or keeps it where a step is recorded (emulated.h).
void run(std::function<void()> work);

template <class F>
void for_each(int64_t count, F f) {
  run([=]() mutable {
    for (int64_t i = 0; i < count; ++i) f(i);
  });
}
template <class F>
void for_rows(int64_t rows, int64_t, F f) {
  run([=]() mutable {
    for (int64_t row = 0; row < rows; ++row) f(row, Team{});
  });
}
inline void atomic_add(int32_t* at, int32_t value) { *at += value; }
inline void forget_error() {}
/// As on a GPU: elementwise work that waits goes before what is given to it.
void* stream();

#else

/// The stream that all work of the calling thread goes to, with elementwise work that waited (chain.h) before
/// it.
cudaStream_t stream();
/// Notes the error of a launch; the next call that waits reports it.
void launched(const char* what);
/// What a library's refusal left behind is not the next launch's.
inline void forget_error() { cudaGetLastError(); }

#if defined(__CUDACC__)

constexpr int kThreads = 256;
/// Blocks beyond this take several pieces each.
constexpr int64_t kMostBlocks = 1 << 20;

inline unsigned blocks_for(int64_t pieces) {
  return static_cast<unsigned>(pieces < 1 ? 1 : pieces > kMostBlocks ? kMostBlocks : pieces);
}

template <class A>
__device__ A shuffled_down(A value, int distance) {
  static_assert(sizeof(A) % 4 == 0, "shuffles move words");
  constexpr int words = sizeof(A) / 4;
  union Words {
    __device__ Words() {}
    A value;
    int word[words];
  } moved;
  moved.value = value;
  for (int w = 0; w < words; ++w) moved.word[w] = __shfl_down_sync(0xFFFFFFFFu, moved.word[w], distance);
  return moved.value;
}
template <class A>
__device__ A shuffled_from(A value, int lane) {
  constexpr int words = sizeof(A) / 4;
  union Words {
    __device__ Words() {}
    A value;
    int word[words];
  } moved;
  moved.value = value;
  for (int w = 0; w < words; ++w) moved.word[w] = __shfl_sync(0xFFFFFFFFu, moved.word[w], lane);
  return moved.value;
}

/// `size` threads of a block, 32 of them or all. Sums are made in an order that depends on `size` only.
template <int size>
struct Team {
  static_assert(size == 32 || size == kThreads);
  int thread;

  template <class F>
  __device__ void each(int64_t count, F f) const {
    for (int64_t i = thread; i < count; i += size) f(i);
    sync();
  }
  template <class A, class F, class Combine>
  __device__ A fold(A start, int64_t count, F f, Combine combine) const {
    A sum = start;
    for (int64_t i = thread; i < count; i += size) sum = combine(sum, f(i));
    for (int distance = 16; distance > 0; distance /= 2) sum = combine(sum, shuffled_down(sum, distance));
    if constexpr (size == 32) {
      return shuffled_from(sum, 0);
    } else {
      __shared__ alignas(16) unsigned char room[(size / 32) * sizeof(A)];
      A* const sums = reinterpret_cast<A*>(room);
      __syncthreads();  // what was read of the last fold is not overwritten
      if (thread % 32 == 0) sums[thread / 32] = sum;
      __syncthreads();
      sum = sums[0];
      for (int warp = 1; warp < size / 32; ++warp) sum = combine(sum, sums[warp]);
      return sum;
    }
  }
  __device__ bool leads() const { return thread == 0; }
  __device__ void sync() const {
    if constexpr (size == 32)
      __syncwarp();
    else
      __syncthreads();
  }
};

template <class F>
__global__ void __launch_bounds__(kThreads) each_kernel(int64_t count, F f) {
  const int64_t step = int64_t{gridDim.x} * kThreads;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < count; i += step) f(i);
}
template <int size, class F>
__global__ void __launch_bounds__(kThreads) rows_kernel(int64_t rows, F f) {
  constexpr int teams = kThreads / size;
  const Team<size> team{static_cast<int>(threadIdx.x % size)};
  const int64_t step = int64_t{gridDim.x} * teams;
  for (int64_t row = int64_t{blockIdx.x} * teams + threadIdx.x / size; row < rows; row += step) f(row, team);
}

// clang-format off
/// f(i) for every i below count, in any order.
template <class F>
void for_each(int64_t count, F f) {
  if (count <= 0 || !may_launch()) return;
  each_kernel<<<blocks_for((count + kThreads - 1) / kThreads), kThreads, 0, stream()>>>(count, f);
  launched("elements");
}
/// f(row, team) for every row; `width` is how many elements a team shares.
template <class F>
void for_rows(int64_t rows, int64_t width, F f) {
  if (rows <= 0 || !may_launch()) return;
  constexpr int64_t teams = kThreads / 32;
  if (width <= 512)
    rows_kernel<32><<<blocks_for((rows + teams - 1) / teams), kThreads, 0, stream()>>>(rows, f);
  else
    rows_kernel<kThreads><<<blocks_for(rows), kThreads, 0, stream()>>>(rows, f);
  launched("rows");
}
// clang-format on
__device__ inline void atomic_add(int32_t* at, int32_t value) { atomicAdd(at, value); }

#endif  // __CUDACC__
#endif

}  // namespace tape::cuda

// What a kernel's function is marked with; launch.h runs it on the device only.
#if defined(__CUDACC__)
#define TAPE_KERNEL __device__
#else
#define TAPE_KERNEL
#endif
