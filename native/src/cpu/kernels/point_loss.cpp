// Losses element by element: value and slope of each in one place, and the three walks over them.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel_set.h"
#include "loop.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {
namespace {

template <class T>
inline T softplus(T x) {
  return (x > T(0) ? x : T(0)) + fast_log1p(fast_exp(x > T(0) ? -x : x));
}

template <class T>
inline T clamp_to(T x, T limit) {
  return x > limit ? limit : x < -limit ? -limit : x;
}

/// Calls f(value, slope), functions of (input, target, weight, positive weight).
template <class T, class F>
void with_loss(PointLoss loss, T parameter, F f) {
  switch (loss) {
    case PointLoss::mse:
      return f([](T x, T t, T, T) { return (x - t) * (x - t); },
               [](T x, T t, T, T) { return T(2) * (x - t); });
    case PointLoss::l1:
      return f([](T x, T t, T, T) { return x > t ? x - t : t - x; },
               [](T x, T t, T, T) { return x > t   ? T(1)
                                           : x < t ? T(-1)
                                                   : x - t; });  // a NaN stays one
    case PointLoss::smooth_l1: {
      const T inverse = T(1) / parameter;
      return f(
          [=](T x, T t, T, T) {
            const T d = x > t ? x - t : t - x;
            return d < parameter ? T(0.5) * d * d * inverse : d - T(0.5) * parameter;
          },
          [=](T x, T t, T, T) { return clamp_to((x - t) * inverse, T(1)); });
    }
    case PointLoss::huber:
      return f(
          [=](T x, T t, T, T) {
            const T d = x > t ? x - t : t - x;
            return d < parameter ? T(0.5) * d * d : parameter * (d - T(0.5) * parameter);
          },
          [=](T x, T t, T, T) { return clamp_to(x - t, parameter); });
    case PointLoss::bce_with_logits:
      return f(
          [](T x, T t, T w, T p) { return w * ((T(1) - t) * x + (T(1) + (p - T(1)) * t) * softplus(-x)); },
          [](T x, T t, T w, T p) { return w * ((T(1) - t) - (T(1) + (p - T(1)) * t) * fast_sigmoid(-x)); });
    case PointLoss::kl:
      // 0 log 0 counts as 0.
      return f(
          [](T x, T t, T, T) { return t > T(0)    ? t * (fast_log(t) - x)
                                      : t == T(0) ? T(0)
                                                  : t * T(NAN); },
          [](T, T t, T, T) { return -t; });
    case PointLoss::kl_log:
      return f([](T x, T t, T, T) { return fast_exp(t) * (t - x); },
               [](T, T t, T, T) { return -fast_exp(t); });
  }
}

/// Calls body(i, value of element i's function) for a run of elements.
template <class T, class Function, class Body>
TAPE_FLATTEN inline void each(const PointInput& in, int64_t begin, int64_t end, const Function& function,
                              const Body& body) {
  const T *x = static_cast<const T*>(in.input), *t = static_cast<const T*>(in.target);
  const T *w = static_cast<const T*>(in.weight), *p = static_cast<const T*>(in.positive);
  if (!w && !p) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) body(i, function(x[i], t[i], T(1), T(1)));
  } else {
    for (int64_t i = begin; i < end; ++i) body(i, function(x[i], t[i], w ? w[i] : T(1), p ? p[i] : T(1)));
  }
}

}  // namespace

void point_loss(PointLoss loss, void* out, PointInput in) {
  visit_floating(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out);
    with_loss<T>(loss, static_cast<T>(in.parameter), [&](auto value, auto) {
      parallel_for(in.count, kParallelGrain, [&](int64_t begin, int64_t end) {
        each<T>(in, begin, end, value, [o](int64_t i, T v) { o[i] = v; });
      });
    });
  });
}

void point_loss_sum(PointLoss loss, void* out, double divisor, PointInput in) {
  // Blocks are summed in T and their sums in double, whatever thread took them.
  constexpr int64_t block = 1024;
  const int64_t blocks = (in.count + block - 1) / block;
  thread_local std::vector<double> sums_room;
  sums_room.assign(static_cast<size_t>(blocks), 0.0);
  double* const sums = sums_room.data();
  visit_floating(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    with_loss<T>(loss, static_cast<T>(in.parameter), [&](auto value, auto) {
      parallel_for(blocks, kParallelGrain / block, [&](int64_t begin, int64_t end) {
        T values[block];
        for (int64_t at = begin; at < end; ++at) {
          const int64_t first = at * block, last = std::min(first + block, in.count);
          each<T>(in, first, last, value, [&](int64_t i, T v) { values[i - first] = v; });
          T part = 0;
#pragma omp simd reduction(+ : part)
          for (int64_t i = 0; i < last - first; ++i) part += values[i];
          sums[at] = static_cast<double>(part);
        }
      });
    });
  });
  double total = 0;
  for (int64_t at = 0; at < blocks; ++at) total += sums[at];
  visit_floating(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    *static_cast<T*>(out) = static_cast<T>(total / divisor);
  });
}

void point_loss_grad(PointLoss loss, void* out, const void* gradient, int64_t grad_stride, double scale,
                     PointInput in) {
  visit_floating(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out);
    const T* g = static_cast<const T*>(gradient);
    with_loss<T>(loss, static_cast<T>(in.parameter), [&](auto, auto slope) {
      parallel_for(in.count, kParallelGrain, [&](int64_t begin, int64_t end) {
        if (grad_stride == 0) {
          const T factor = g[0] * static_cast<T>(scale);
          each<T>(in, begin, end, slope, [o, factor](int64_t i, T v) { o[i] = v * factor; });
        } else {
          const T factor = static_cast<T>(scale);
          each<T>(in, begin, end, slope, [o, g, factor](int64_t i, T v) { o[i] = v * g[i] * factor; });
        }
      });
    });
  });
}

}  // namespace tape::cpu::TAPE_ISA
