// Several views of one shape as few dimensions as possible.
#pragma once
#include <cstdint>
#include <utility>

#include "tape/both.h"
#include "tape/dims.h"
#include "tape/view.h"

namespace tape::cuda {

/// The common shape of `operands` views, with dimensions merged that lie together in all of them.
template <int operands>
struct Geometry {
  int rank = 0;
  int64_t count = 1;
  int64_t sizes[kMaxRank] = {};
  int64_t strides[operands][kMaxRank] = {};

  explicit Geometry(const View* const (&views)[operands]) {
    for (int d = 0; d < views[0]->rank; ++d) {
      const int64_t size = views[0]->shape[d];
      count *= size;
      if (size == 1) continue;
      bool merges = rank > 0;
      for (int k = 0; k < operands; ++k)
        merges = merges && strides[k][rank - 1] == views[k]->strides[d] * size;
      if (!merges) ++rank;
      sizes[rank - 1] = merges ? sizes[rank - 1] * size : size;
      for (int k = 0; k < operands; ++k) strides[k][rank - 1] = views[k]->strides[d];
    }
    sort();
  }

  /// Where element `index` of the shape lies in each operand.
  TAPE_BOTH void find(int64_t index, int64_t (&at)[operands]) const {
    for (int k = 0; k < operands; ++k) at[k] = 0;
    if (count < (int64_t{1} << 31)) {  // division of 32 bits costs a fraction
      auto rest = static_cast<uint32_t>(index);
      for (int d = rank - 1; d > 0; --d) {
        const auto size = static_cast<uint32_t>(sizes[d]);
        const uint32_t place = rest % size;
        rest /= size;
        for (int k = 0; k < operands; ++k) at[k] += place * strides[k][d];
      }
      if (rank > 0)
        for (int k = 0; k < operands; ++k) at[k] += rest * strides[k][0];
      return;
    }
    for (int d = rank - 1; d >= 0; --d) {
      const int64_t place = index % sizes[d];
      index /= sizes[d];
      for (int k = 0; k < operands; ++k) at[k] += place * strides[k][d];
    }
  }

  /// All operands lie in the same order without gaps; a repeated single element (stride 0) may join them.
  bool flat() const {
    if (rank > 1) return false;
    for (int k = 0; k < operands && rank == 1; ++k)
      if (strides[k][0] != 1 && !(k > 0 && strides[k][0] == 0)) return false;
    return true;
  }

 private:
  /// The output's memory in order: neighbouring threads write neighbouring elements, and an operand in the
  /// same layout (channels-last) becomes one line with it.
  void sort() {
    for (int i = 1; i < rank; ++i)
      for (int d = i; d > 0 && strides[0][d] > strides[0][d - 1]; --d) {
        std::swap(sizes[d], sizes[d - 1]);
        for (int k = 0; k < operands; ++k) std::swap(strides[k][d], strides[k][d - 1]);
      }
    int kept = rank > 0 ? 1 : 0;
    for (int d = 1; d < rank; ++d) {
      bool merges = true;
      for (int k = 0; k < operands; ++k) merges = merges && strides[k][kept - 1] == strides[k][d] * sizes[d];
      if (!merges) ++kept;
      sizes[kept - 1] = merges ? sizes[kept - 1] * sizes[d] : sizes[d];
      for (int k = 0; k < operands; ++k) strides[k][kept - 1] = strides[k][d];
    }
    rank = kept;
  }
};

}  // namespace tape::cuda
