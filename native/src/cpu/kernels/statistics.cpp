// Variance, product, counting and running sums, accumulated in double.
#include <type_traits>

#include "kernel_set.h"
#include "loop.h"
#include "reduce_geometry.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kStrip = 64;  // neighbouring running sums kept in one pass

/// Calls body(result index, offset of its first element) for every kept position, threads sharing them.
template <class Body>
void for_kept(const Geometry& g, const Body& body) {
  const int64_t grain = kParallelGrain / (g.reduced_total > 0 ? g.reduced_total : 1) + 1;
  parallel_for(g.kept_total, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i, g.kept_offset(i));
  });
}

template <class T>
double squared_distances(const T* x, int64_t stride, int64_t n, double mean) {
  double total = 0;
  if (stride == 1) {
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < n; ++i) {
      const double distance = static_cast<double>(x[i]) - mean;
      total += distance * distance;
    }
    return total;
  }
  for (int64_t i = 0; i < n; ++i) {
    const double distance = static_cast<double>(x[i * stride]) - mean;
    total += distance * distance;
  }
  return total;
}

template <class T>
double plain_sum(const T* x, int64_t stride, int64_t n) {
  double total = 0;
  if (stride == 1) {
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < n; ++i) total += static_cast<double>(x[i]);
    return total;
  }
  for (int64_t i = 0; i < n; ++i) total += static_cast<double>(x[i * stride]);
  return total;
}

}  // namespace

void variance(View out, View in, int kept, double scale) {
  const Geometry g(in, kept);
  visit_floating(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* x = static_cast<const T*>(in.data);
    for_kept(g, [&](int64_t i, int64_t first) {
      double sum = 0, total = 0;
      g.each_line([&](int64_t offset, int64_t stride, int64_t n) {
        sum += plain_sum(x + first + offset, stride, n);
      });
      const double mean = sum / static_cast<double>(g.reduced_total);
      g.each_line([&](int64_t offset, int64_t stride, int64_t n) {
        total += squared_distances(x + first + offset, stride, n, mean);
      });
      static_cast<T*>(out.data)[i] = static_cast<T>(total * scale);
    });
  });
}

void prod(View out, View in, int kept) {
  const Geometry g(in, kept);
  visit_native(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using Out = std::conditional_t<std::is_floating_point_v<T>, T, int64_t>;
    using Total = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;  // integers wrap
    const T* x = static_cast<const T*>(in.data);
    for_kept(g, [&](int64_t i, int64_t first) {
      Total total = 1;
      g.each_line([&](int64_t offset, int64_t stride, int64_t n) {
        const T* line = x + first + offset;
        for (int64_t k = 0; k < n; ++k) total *= static_cast<Total>(line[k * stride]);
      });
      static_cast<Out*>(out.data)[i] = static_cast<Out>(total);
    });
  });
}

void count_nonzero(View out, View in, int kept) {
  const Geometry g(in, kept);
  visit_native(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* x = static_cast<const T*>(in.data);
    for_kept(g, [&](int64_t i, int64_t first) {
      int64_t count = 0;
      g.each_line([&](int64_t offset, int64_t stride, int64_t n) {
        const T* line = x + first + offset;
        for (int64_t k = 0; k < n; ++k) count += line[k * stride] != T(0);
      });
      static_cast<int64_t*>(out.data)[i] = count;
    });
  });
}

void cumsum(void* out, const void* in, DType dtype, int64_t outer, int64_t count, int64_t inner,
            bool reverse) {
  const int64_t strips = (inner + kStrip - 1) / kStrip;
  visit_native(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using Total = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;
    const int64_t grain = kParallelGrain / (count * kStrip + 1) + 1;
    parallel_for(outer * strips, grain, [&](int64_t begin, int64_t end) {
      for (int64_t piece = begin; piece < end; ++piece) {
        const int64_t column = piece % strips * kStrip;
        const int64_t width = inner - column < kStrip ? inner - column : kStrip;
        const int64_t first = piece / strips * count * inner + column;
        Total totals[kStrip] = {};
        for (int64_t k = 0; k < count; ++k) {
          const int64_t at = first + (reverse ? count - 1 - k : k) * inner;
          const T* x = static_cast<const T*>(in) + at;
          T* y = static_cast<T*>(out) + at;
          for (int64_t i = 0; i < width; ++i) {
            totals[i] += static_cast<Total>(x[i]);
            y[i] = static_cast<T>(totals[i]);
          }
        }
      }
    });
  });
}

StatisticsKernels statistics_table() { return {variance, prod, count_nonzero, cumsum}; }

}  // namespace tape::cpu::TAPE_ISA
