// Optimizer updates: one fork for all parameters, each element read and written once.
#include <cmath>
#include <vector>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kGrain = 16384;
constexpr int64_t kBlock = 4096;

int64_t blocks_of(int64_t count) { return (count + kBlock - 1) / kBlock; }

/// Calls body(item, block, begin, end) for every block of every item, blocks numbered throughout. Threads
/// share the elements of all items as one range, so that a model of many small parameters costs one fork;
/// blocks begin at the same places for any number of threads, and with them what is summed over a block.
template <class Item, class Body>
void for_blocks(const Item* items, int64_t count, const Body& body) {
  int64_t total = 0;
  for (int64_t i = 0; i < count; ++i) total += items[i].count;
  parallel_for(total, kGrain, [&](int64_t begin, int64_t end) {
    int64_t start = 0, before = 0;
    for (int64_t i = 0; i < count && start < end; ++i) {
      const int64_t length = items[i].count, blocks = blocks_of(length);
      int64_t block = begin <= start ? 0 : blocks_of(begin - start);
      for (; block < blocks && start + block * kBlock < end; ++block) {
        const int64_t stop = (block + 1) * kBlock;
        body(items[i], before + block, block * kBlock, stop < length ? stop : length);
      }
      start += length;
      before += blocks;
    }
  });
}

/// Sums of `width` numbers a block, gathered into the items' in the order of blocks.
template <class Item>
void gather(const Item* items, int64_t count, const std::vector<double>& blocks, int64_t width,
            double* sums) {
  const double* at = blocks.data();
  for (int64_t i = 0; i < count; ++i, sums += width) {
    for (int64_t k = 0; k < width; ++k) sums[k] = 0;
    for (int64_t b = blocks_of(items[i].count); b > 0; --b, at += width)
      for (int64_t k = 0; k < width; ++k) sums[k] += at[k];
  }
}

template <class Item>
int64_t total_blocks(const Item* items, int64_t count) {
  int64_t total = 0;
  for (int64_t i = 0; i < count; ++i) total += blocks_of(items[i].count);
  return total;
}

/// A rule's numbers in the dtype of the parameters.
template <class T>
struct Numbers {
  explicit Numbers(const UpdateRule& r)
      : factor(static_cast<T>(r.factor)),
        limit(static_cast<T>(r.limit)),
        decay(static_cast<T>(r.decay)),
        keep(static_cast<T>(r.keep)),
        rate(static_cast<T>(r.rate)),
        momentum(static_cast<T>(r.momentum)),
        blend(static_cast<T>(r.blend)),
        beta1(static_cast<T>(r.beta1)),
        rest1(static_cast<T>(1 - r.beta1)),
        beta2(static_cast<T>(r.beta2)),
        rest2(static_cast<T>(1 - r.beta2)),
        eps(static_cast<T>(r.eps)),
        root_scale(static_cast<T>(r.root_scale)) {}
  T factor, limit, decay, keep, rate, momentum, blend, beta1, rest1, beta2, rest2, eps, root_scale;

  /// Clipped, and with the weight decay of `p`; written so that NaN passes.
  T gradient(T g, T p) const {
    T d = g * factor;
    d = d < -limit ? -limit : d;
    d = d > limit ? limit : d;
    return d + decay * p;
  }
};

constexpr int64_t kPiece = 512;  // elements whose squares are added up in their own dtype

/// A sum of squares of a piece that neither overflowed nor lost a part worth having to denormal numbers.
template <class T>
bool holds(T sum) {
  return sum > T(1e-28) && sum < T(1e35);
}

template <class T, class At>
double squares_in_double(int64_t count, At at) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(T(at(i)));
    sum += x * x;
  }
  return sum;
}

/// p[i] = next(i, p[i], gradient) over one block; next also brings its states up to date. Squares are added
/// up in the dtype of the weights, which costs next to nothing beside the update; in double, at three times
/// that, only for the pieces that need it.
template <class T, class Next>
void sweep(const Numbers<T> n, T* p, const T* g, int64_t begin, int64_t end, double* sums, Next next) {
  if (!sums) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) p[i] = next(i, p[i], n.gradient(g[i], p[i]));
    return;
  }
  alignas(64) T before[kPiece];
  double weights = 0, gradients = 0, updates = 0;
  for (int64_t first = begin; first < end; first += kPiece) {
    const int64_t count = end - first < kPiece ? end - first : kPiece;
    T w = 0, d = 0, u = 0;
#pragma omp simd reduction(+ : w, d, u)
    for (int64_t k = 0; k < count; ++k) {
      const int64_t i = first + k;
      const T old = p[i], arrived = g[i];
      const T after = next(i, old, n.gradient(arrived, old));
      const T change = after - old;
      w += old * old;
      d += arrived * arrived;
      u += change * change;
      before[k] = old;
      p[i] = after;
    }
    const T* const now = p + first;
    const T* const gradient = g + first;
    weights +=
        holds(w) ? static_cast<double>(w) : squares_in_double<T>(count, [&](int64_t k) { return before[k]; });
    gradients += holds(d) ? static_cast<double>(d)
                          : squares_in_double<T>(count, [&](int64_t k) { return gradient[k]; });
    updates += holds(u) ? static_cast<double>(u)
                        : squares_in_double<T>(count, [&](int64_t k) { return now[k] - before[k]; });
  }
  sums[0] = weights;
  sums[1] = gradients;
  sums[2] = updates;
}

template <class T>
void update_block(const OptimizerSegment& segment, const UpdateRule& rule, int64_t begin, int64_t end,
                  double* sums) {
  const Numbers<T> n(rule);
  T* const p = static_cast<T*>(segment.parameter);
  const T* const g = static_cast<const T*>(segment.gradient);
  T* const a = static_cast<T*>(segment.state[0]);
  T* const b = static_cast<T*>(segment.state[1]);
  T* const c = static_cast<T*>(segment.state[2]);
  const auto run = [&](auto next) { sweep<T>(n, p, g, begin, end, sums, next); };

  switch (rule.kind) {
    case OptimizerKind::sgd:
      if (!a) return run([n](int64_t, T w, T d) { return w - n.rate * d; });
      if (rule.nesterov)
        return run([n, a](int64_t i, T w, T d) {
          const T velocity = n.momentum * a[i] + n.blend * d;
          a[i] = velocity;
          return w - n.rate * (d + n.momentum * velocity);
        });
      return run([n, a](int64_t i, T w, T d) {
        const T velocity = n.momentum * a[i] + n.blend * d;
        a[i] = velocity;
        return w - n.rate * velocity;
      });

    case OptimizerKind::adam:
    case OptimizerKind::adamw:
      if (c)
        return run([n, a, b, c](int64_t i, T w, T d) {
          const T first = n.beta1 * a[i] + n.rest1 * d, second = n.beta2 * b[i] + n.rest2 * d * d;
          const T most = c[i] > second ? c[i] : second;
          a[i] = first;
          b[i] = second;
          c[i] = most;
          return n.keep * w - n.rate * first / (std::sqrt(most) * n.root_scale + n.eps);
        });
      return run([n, a, b](int64_t i, T w, T d) {
        const T first = n.beta1 * a[i] + n.rest1 * d, second = n.beta2 * b[i] + n.rest2 * d * d;
        a[i] = first;
        b[i] = second;
        return n.keep * w - n.rate * first / (std::sqrt(second) * n.root_scale + n.eps);
      });

    case OptimizerKind::rmsprop: {
      // d over the root of the mean square, about the mean gradient when there is one.
      const auto scaled = [n, a, b](int64_t i, T d) {
        T square = n.beta2 * a[i] + n.rest2 * d * d;
        a[i] = square;
        if (b) {
          const T mean = b[i] + n.rest2 * (d - b[i]);
          b[i] = mean;
          square -= mean * mean;
          square = square < T(0) ? T(0) : square;  // rounding
        }
        return d / (std::sqrt(square) + n.eps);
      };
      if (c)
        return run([n, c, scaled](int64_t i, T w, T d) {
          const T velocity = n.momentum * c[i] + scaled(i, d);
          c[i] = velocity;
          return w - n.rate * velocity;
        });
      return run([n, scaled](int64_t i, T w, T d) { return w - n.rate * scaled(i, d); });
    }

    case OptimizerKind::adagrad:
      return run([n, a](int64_t i, T w, T d) {
        const T square = a[i] + d * d;
        a[i] = square;
        return w - n.rate * d / (std::sqrt(square) + n.eps);
      });

    case OptimizerKind::lion:
      return run([n, a](int64_t i, T w, T d) {
        const T mixed = n.beta1 * a[i] + n.rest1 * d;
        a[i] = n.beta2 * a[i] + n.rest2 * d;
        const T sign = mixed > T(0) ? T(1) : mixed < T(0) ? T(-1) : mixed;  // 0 stays 0, NaN stays NaN
        return n.keep * w - n.rate * sign;
      });
  }
}

void update(const OptimizerSegment* segments, int64_t count, const UpdateRule* rules, double* sums) {
  thread_local std::vector<double> blocks;
  if (sums) blocks.assign(static_cast<size_t>(3 * total_blocks(segments, count)), 0);
  double* const at = sums ? blocks.data() : nullptr;
  for_blocks(segments, count,
             [=](const OptimizerSegment& segment, int64_t block, int64_t begin, int64_t end) {
               visit_floating(segment.dtype, [&](auto tag) {
                 update_block<typename decltype(tag)::type>(segment, rules[segment.rule], begin, end,
                                                            at ? at + 3 * block : nullptr);
               });
             });
  if (sums) gather(segments, count, blocks, 3, sums);
}

void squares(const OptimizerSpan* spans, int64_t count, double* sums) {
  thread_local std::vector<double> blocks;
  blocks.assign(static_cast<size_t>(total_blocks(spans, count)), 0);
  double* const at = blocks.data();
  for_blocks(spans, count, [=](const OptimizerSpan& span, int64_t block, int64_t begin, int64_t end) {
    visit_floating(span.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      const T* x = static_cast<const T*>(span.a);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t i = begin; i < end; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
      at[block] = sum;
    });
  });
  gather(spans, count, blocks, 1, sums);
}

void greatest(const OptimizerSpan* spans, int64_t count, double* magnitudes) {
  for (int64_t s = 0; s < count; ++s)
    visit_floating(spans[s].dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      const T* x = static_cast<const T*>(spans[s].a);
      T most = 0;
      for (int64_t i = 0; i < spans[s].count; ++i) {
        const T magnitude = std::fabs(x[i]);
        if (magnitude > most || magnitude != magnitude) most = magnitude;
        if (most != most) break;
      }
      magnitudes[s] = static_cast<double>(most);
    });
}

/// Calls line(a, b, begin, end) with typed pointers for every block.
template <class Line>
void for_lines(const OptimizerSpan* spans, int64_t count, Line line) {
  for_blocks(spans, count, [=](const OptimizerSpan& span, int64_t, int64_t begin, int64_t end) {
    visit_floating(span.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      line(static_cast<T*>(span.a), static_cast<T*>(span.b), begin, end);
    });
  });
}

void scale(const OptimizerSpan* spans, int64_t count, double factor, double limit) {
  for_lines(spans, count, [=](auto* a, auto*, int64_t begin, int64_t end) {
    using T = std::remove_pointer_t<decltype(a)>;
    const T by = static_cast<T>(factor), most = static_cast<T>(limit);
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      T x = a[i] * by;
      x = x < -most ? -most : x;
      a[i] = x > most ? most : x;
    }
  });
}

void blend(const OptimizerSpan* spans, int64_t count, double weight) {
  for_lines(spans, count, [=](auto* a, auto* b, int64_t begin, int64_t end) {
    using T = std::remove_pointer_t<decltype(a)>;
    const T part = static_cast<T>(weight);
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) a[i] += part * (b[i] - a[i]);
  });
}

void swap(const OptimizerSpan* spans, int64_t count) {
  for_lines(spans, count, [](auto* a, auto* b, int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      const auto kept = a[i];
      a[i] = b[i];
      b[i] = kept;
    }
  });
}

}  // namespace

OptimKernels optim_table() { return {update, squares, greatest, scale, blend, swap, nullptr}; }

}  // namespace tape::cpu::TAPE_ISA
