// Optimizer updates: each element is read and written once.
#include <cmath>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kGrain = 16384;

/// Calls body(segment, begin, end), threads sharing the elements of all segments as one range, so that
/// a model of many small parameters costs one fork.
template <class Body>
void for_segments(const OptimizerSegment* segments, int64_t count, const Body& body) {
  int64_t total = 0;
  for (int64_t s = 0; s < count; ++s) total += segments[s].count;
  parallel_for(total, kGrain, [&](int64_t begin, int64_t end) {
    int64_t start = 0;
    for (int64_t s = 0; s < count && start < end; start += segments[s++].count) {
      const int64_t stop = start + segments[s].count;
      if (stop <= begin) continue;
      body(segments[s], (begin > start ? begin : start) - start, (end < stop ? end : stop) - start);
    }
  });
}

}  // namespace

void sgd(DType dtype, const OptimizerSegment* segments, int64_t count, SgdParameters parameters) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T lr = static_cast<T>(parameters.lr), decay = static_cast<T>(parameters.weight_decay);
    const T momentum = static_cast<T>(parameters.momentum);
    const bool nesterov = parameters.nesterov;
    for_segments(segments, count, [&](const OptimizerSegment& segment, int64_t begin, int64_t end) {
      T* p = static_cast<T*>(segment.parameter);
      const T* g = static_cast<const T*>(segment.gradient);
      T* v = static_cast<T*>(segment.state_a);
      if (!v) {
#pragma omp simd
        for (int64_t i = begin; i < end; ++i) p[i] -= lr * (g[i] + decay * p[i]);
      } else if (nesterov) {
#pragma omp simd
        for (int64_t i = begin; i < end; ++i) {
          const T d = g[i] + decay * p[i];
          v[i] = momentum * v[i] + d;
          p[i] -= lr * (d + momentum * v[i]);
        }
      } else {
#pragma omp simd
        for (int64_t i = begin; i < end; ++i) {
          v[i] = momentum * v[i] + (g[i] + decay * p[i]);
          p[i] -= lr * v[i];
        }
      }
    });
  });
}

void adam(DType dtype, const OptimizerSegment* segments, int64_t count, AdamParameters parameters) {
  const double correction1 = 1 - std::pow(parameters.beta1, static_cast<double>(parameters.step));
  const double correction2 = 1 - std::pow(parameters.beta2, static_cast<double>(parameters.step));
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T beta1 = static_cast<T>(parameters.beta1), beta2 = static_cast<T>(parameters.beta2);
    const T rest1 = static_cast<T>(1 - parameters.beta1), rest2 = static_cast<T>(1 - parameters.beta2);
    const T step = static_cast<T>(parameters.lr / correction1), eps = static_cast<T>(parameters.eps);
    const T inverse_root = static_cast<T>(1 / std::sqrt(correction2));
    // Adam adds the decay to the gradient, AdamW shrinks the weight itself.
    const T decay = static_cast<T>(parameters.decoupled ? 0 : parameters.weight_decay);
    const T keep = static_cast<T>(parameters.decoupled ? 1 - parameters.lr * parameters.weight_decay : 1);
    for_segments(segments, count, [&](const OptimizerSegment& segment, int64_t begin, int64_t end) {
      T* p = static_cast<T*>(segment.parameter);
      const T* g = static_cast<const T*>(segment.gradient);
      T* m = static_cast<T*>(segment.state_a);
      T* v = static_cast<T*>(segment.state_b);
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) {
        const T d = g[i] + decay * p[i];
        m[i] = beta1 * m[i] + rest1 * d;
        v[i] = beta2 * v[i] + rest2 * d * d;
        p[i] = p[i] * keep - step * m[i] / (std::sqrt(v[i]) * inverse_root + eps);
      }
    });
  });
}

OptimKernels optim_table() { return {sgd, adam}; }

}  // namespace tape::cpu::TAPE_ISA
