// Walking over strided operands in the output's memory order: sizes of one are dropped, neighbouring
// dimensions that lie together in every operand are merged, then kernels see one inner line at a time.
// Compiled once per instruction set, so everything here lives in that set's namespace.
#pragma once
#include <cstdint>

#include "parallel.h"
#include "tape/backend.h"
#include "tape/dims.h"

namespace tape::cpu::TAPE_ISA {

constexpr int64_t kParallelGrain = 32768;  // elements below which a second thread costs more than it brings

/// One inner line of an elementwise kernel.
using LineFunction = void (*)(char* const* at, const int64_t* step, int64_t count, const void* context);

template <int N>
struct Loop {
  int rank = 0;
  int64_t sizes[kMaxRank];
  int64_t strides[N][kMaxRank];
  char* data[N];
  int64_t total = 1;

  explicit Loop(const View (&views)[N]) {
    const View& out = views[0];
    for (int k = 0; k < N; ++k) data[k] = static_cast<char*>(views[k].data);
    // In the order the output lies in memory: a channels-last image is one line like any other.
    int order[kMaxRank];
    for (int i = 0; i < out.rank; ++i) {
      int at = i;
      for (; at > 0 && out.strides[order[at - 1]] < out.strides[i]; --at) order[at] = order[at - 1];
      order[at] = i;
    }
    for (int i = 0; i < out.rank; ++i) {
      const int d = order[i];
      const int64_t size = out.shape[d];
      total *= size;
      if (size == 1) continue;
      bool merges = rank > 0;
      for (int k = 0; k < N && merges; ++k) merges = strides[k][rank - 1] == views[k].strides[d] * size;
      if (merges) {
        sizes[rank - 1] *= size;
        for (int k = 0; k < N; ++k) strides[k][rank - 1] = views[k].strides[d];
      } else {
        sizes[rank] = size;
        for (int k = 0; k < N; ++k) strides[k][rank] = views[k].strides[d];
        ++rank;
      }
    }
    if (rank == 0) {
      rank = 1;
      sizes[0] = 1;
      for (int k = 0; k < N; ++k) strides[k][0] = 1;
    }
  }

  /// Calls line(pointers, strides, count, context): strides in elements of each operand. The line is a
  /// plain function so that this walk is compiled once, not once for each op and dtype.
  void run(const size_t (&widths)[N], LineFunction line, const void* context) const {
    if (total == 0) return;
    const int inner = rank - 1;
    int64_t step[N];
    for (int k = 0; k < N; ++k) step[k] = strides[k][inner];
    const int64_t length = sizes[inner];
    if (rank == 1) {
      parallel_for(length, kParallelGrain, [&](int64_t begin, int64_t end) {
        char* at[N];
        for (int k = 0; k < N; ++k) at[k] = data[k] + begin * step[k] * static_cast<int64_t>(widths[k]);
        line(at, step, end - begin, context);
      });
      return;
    }
    const int64_t grain = kParallelGrain / length > 0 ? kParallelGrain / length : 1;
    parallel_for(total / length, grain, [&](int64_t begin, int64_t end) {
      int64_t index[kMaxRank];
      int64_t rest = begin;
      char* at[N];
      for (int k = 0; k < N; ++k) at[k] = data[k];
      for (int d = inner - 1; d >= 0; --d) {
        index[d] = rest % sizes[d];
        rest /= sizes[d];
        for (int k = 0; k < N; ++k) at[k] += index[d] * strides[k][d] * static_cast<int64_t>(widths[k]);
      }
      for (int64_t i = begin; i < end; ++i) {
        line(at, step, length, context);
        for (int d = inner - 1; d >= 0; --d) {
          const bool wraps = ++index[d] == sizes[d];
          const int64_t move = wraps ? 1 - sizes[d] : 1;
          for (int k = 0; k < N; ++k) at[k] += move * strides[k][d] * static_cast<int64_t>(widths[k]);
          if (!wraps) break;
          index[d] = 0;
        }
      }
    });
  }
};

}  // namespace tape::cpu::TAPE_ISA
