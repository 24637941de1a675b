// The kept and the reduced dimensions of an operand, with neighbours merged that lie together in memory.
#pragma once
#include "tape/dims.h"
#include "tape/view.h"

namespace tape::cpu::TAPE_ISA {

struct Geometry {
  int kept_rank = 0, reduced_rank = 0;
  int64_t kept_sizes[kMaxRank], kept_strides[kMaxRank], reduced_sizes[kMaxRank], reduced_strides[kMaxRank];
  int64_t kept_total = 1, reduced_total = 1;

  Geometry(const View& in, int kept) {
    for (int d = 0; d < in.rank; ++d) {
      const bool keep = d < kept;
      int& rank = keep ? kept_rank : reduced_rank;
      int64_t* sizes = keep ? kept_sizes : reduced_sizes;
      int64_t* strides = keep ? kept_strides : reduced_strides;
      (keep ? kept_total : reduced_total) *= in.shape[d];
      if (in.shape[d] == 1) continue;
      if (rank > 0 && strides[rank - 1] == in.strides[d] * in.shape[d]) {
        sizes[rank - 1] *= in.shape[d];
        strides[rank - 1] = in.strides[d];
      } else {
        sizes[rank] = in.shape[d];
        strides[rank++] = in.strides[d];
      }
    }
    if (reduced_rank == 0) {
      reduced_rank = 1;
      reduced_sizes[0] = 1;
      reduced_strides[0] = 1;
    }
  }

  int64_t kept_offset(int64_t index) const {
    int64_t offset = 0;
    for (int d = kept_rank - 1; d >= 0; --d) {
      offset += index % kept_sizes[d] * kept_strides[d];
      index /= kept_sizes[d];
    }
    return offset;
  }

  /// Calls line(offset, stride, count) for every innermost line of the reduced part.
  template <class Line>
  void each_line(Line line) const {
    const int inner = reduced_rank - 1;
    int64_t index[kMaxRank] = {};
    int64_t offset = 0;
    if (reduced_total == 0) return;
    for (;;) {
      line(offset, reduced_strides[inner], reduced_sizes[inner]);
      int d = inner - 1;
      for (; d >= 0; --d) {
        offset += reduced_strides[d];
        if (++index[d] < reduced_sizes[d]) break;
        offset -= reduced_strides[d] * reduced_sizes[d];
        index[d] = 0;
      }
      if (d < 0) return;
    }
  }
};

}  // namespace tape::cpu::TAPE_ISA
