// Reductions. Sums run in a fixed order of lanes and blocks, so they do not depend on threads; block
// sums are added in double, which keeps float32 sums of millions of elements accurate.
#include <cmath>
#include <limits>
#include <vector>

#include "kernel_set.h"
#include "loop.h"
#include "reduce_geometry.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kLanes = 32;
constexpr int64_t kBlock = 1024;

template <class T>
struct Accumulator {
  using type = double;
};
template <>
struct Accumulator<int64_t> {
  using type = int64_t;
};
template <>
struct Accumulator<int32_t> {
  using type = int64_t;
};
template <>
struct Accumulator<uint8_t> {
  using type = int64_t;
};
template <>
struct Accumulator<bool> {
  using type = int64_t;
};

template <class T>
typename Accumulator<T>::type line_sum(const T* x, int64_t stride, int64_t n) {
  using A = typename Accumulator<T>::type;
  A total = 0;
  if (stride != 1 || n < kLanes) {
    for (int64_t i = 0; i < n; ++i) total += static_cast<A>(x[i * stride]);
    return total;
  }
  using Lane = std::conditional_t<std::is_floating_point_v<T>, T, A>;
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = begin + kBlock < n ? begin + kBlock : n;
    Lane lanes[kLanes] = {};
    int64_t i = begin;
    for (; i + kLanes <= end; i += kLanes)
      for (int64_t k = 0; k < kLanes; ++k) lanes[k] += static_cast<Lane>(x[i + k]);
    A block = 0;
    for (int64_t k = 0; k < kLanes; ++k) block += static_cast<A>(lanes[k]);
    for (; i < end; ++i) block += static_cast<A>(x[i]);
    total += block;
  }
  return total;
}

/// Sum over rows for columns that lie side by side: the gradient of every bias.
template <class T, class Out>
void column_sum(Out* out, const T* in, const Geometry& g, double scale) {
  constexpr int64_t width = 64;
  const int64_t cols = g.kept_total, rows = g.reduced_sizes[0], stride = g.reduced_strides[0];
  const int64_t grain = (kParallelGrain / (rows > 0 ? rows : 1) + width) / width;
  parallel_for((cols + width - 1) / width, grain, [&](int64_t first, int64_t last) {
    for (int64_t begin = first * width; begin < last * width && begin < cols; begin += width) {
      const int64_t count = begin + width < cols ? width : cols - begin;
      using A = typename Accumulator<T>::type;
      A sums[width] = {};
      for (int64_t top = 0; top < rows; top += 64) {
        using Lane = std::conditional_t<std::is_floating_point_v<T>, T, A>;
        Lane lanes[width] = {};
        const int64_t bottom = top + 64 < rows ? top + 64 : rows;
        for (int64_t row = top; row < bottom; ++row) {
          const T* line = in + row * stride + begin;
#pragma omp simd
          for (int64_t i = 0; i < count; ++i) lanes[i] += static_cast<Lane>(line[i]);
        }
        for (int64_t i = 0; i < count; ++i) sums[i] += static_cast<A>(lanes[i]);
      }
      for (int64_t i = 0; i < count; ++i)
        out[begin + i] =
            static_cast<Out>(scale == 1 ? sums[i] : static_cast<A>(static_cast<double>(sums[i]) * scale));
    }
  });
}

template <class T, class Out>
void reduce_sum(const View& out_view, const View& in_view, const Geometry& g, double scale) {
  Out* out = static_cast<Out*>(out_view.data);
  const T* in = static_cast<const T*>(in_view.data);
  if (g.kept_rank == 1 && g.kept_strides[0] == 1 && g.reduced_rank == 1 && g.reduced_total > 0)
    return column_sum<T, Out>(out, in, g, scale);
  const int64_t grain = kParallelGrain / (g.reduced_total > 0 ? g.reduced_total : 1) + 1;
  parallel_for(g.kept_total, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T* base = in + g.kept_offset(i);
      typename Accumulator<T>::type total = 0;
      g.each_line(
          [&](int64_t offset, int64_t stride, int64_t n) { total += line_sum(base + offset, stride, n); });
      if constexpr (std::is_floating_point_v<T>) total *= scale;
      out[i] = static_cast<Out>(total);
    }
  });
}

/// True when `candidate` replaces `best`; a NaN beats everything and is never beaten.
template <class T>
bool beats(T candidate, T best, bool greatest) {
  if (best != best) return false;
  return candidate != candidate || (greatest ? candidate > best : candidate < best);
}

template <class T>
void reduce_extreme(ReduceOp op, const View& out, const View& in_view, const Geometry& g) {
  const T* in = static_cast<const T*>(in_view.data);
  const int64_t grain = kParallelGrain / (g.reduced_total > 0 ? g.reduced_total : 1) + 1;
  parallel_for(g.kept_total, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T* base = in + g.kept_offset(i);
      T best = base[0];
      int64_t position = 0, at = 0;
      g.each_line([&](int64_t offset, int64_t stride, int64_t n) {
        for (int64_t k = 0; k < n; ++k, ++position) {
          const T value = base[offset + k * stride];
          if (beats(value, best, op == ReduceOp::max || op == ReduceOp::argmax)) {
            best = value;
            at = position;
          }
        }
      });
      if (op == ReduceOp::argmax || op == ReduceOp::argmin)
        static_cast<int64_t*>(out.data)[i] = at;
      else
        static_cast<T*>(out.data)[i] = best;
    }
  });
}

}  // namespace

void reduce(ReduceOp op, View out, View in, int kept, double scale) {
  const Geometry geometry(in, kept);
  if (geometry.kept_total == 0) return;
  visit_native(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (op == ReduceOp::sum) {
      using Out = std::conditional_t<std::is_floating_point_v<T>, T, int64_t>;
      reduce_sum<T, Out>(out, in, geometry, scale);
    } else {
      reduce_extreme<T>(op, out, in, geometry);
    }
  });
}

double sum_of_squares(const void* data, DType dtype, int64_t count) {
  double total = 0;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* x = static_cast<const T*>(data);
    for (int64_t begin = 0; begin < count; begin += kBlock) {
      const int64_t end = begin + kBlock < count ? begin + kBlock : count;
      double lanes[8] = {};
      int64_t i = begin;
      for (; i + 8 <= end; i += 8)
        for (int k = 0; k < 8; ++k) lanes[k] += static_cast<double>(x[i + k]) * static_cast<double>(x[i + k]);
      for (; i < end; ++i) lanes[0] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
      for (double lane : lanes) total += lane;
    }
  });
  return total;
}

ReduceKernels reduce_table() { return {reduce, sum_of_squares}; }

}  // namespace tape::cpu::TAPE_ISA
