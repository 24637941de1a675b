// Losses over rows of classes: one pass for the maximum, one for the sum; the gradient recomputes the
// probabilities from the logits and the kept logarithm.
#include <cmath>

#include "kernel_set.h"
#include "loop.h"
#include "rows.h"

namespace tape::cpu::TAPE_ISA {
namespace {

/// Row of the first label that is neither a class nor the ignored one, or -1. Puts 1 over what counts in
/// `share`.
int64_t count_labels(void* share, const int64_t* target, DType dtype, int64_t rows, int64_t cols,
                     const ClassLoss& options) {
  int64_t bad = -1;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* weight = static_cast<const T*>(options.weight);
    double total = 0;
    for (int64_t row = 0; row < rows && bad < 0; ++row) {
      const int64_t label = target[row];
      if (label == options.ignored) continue;
      if (label < 0 || label >= cols)
        bad = row;
      else
        total += weight ? static_cast<double>(weight[label]) : 1.0;
    }
    *static_cast<T*>(share) = static_cast<T>(1 / total);
  });
  return bad;
}

/// A row's target distribution: `spread` * weight[c] everywhere, `peak` more at the label.
template <class T>
struct ClassTarget {
  ClassTarget(const ClassLoss& options, int64_t cols)
      : weight(static_cast<const T*>(options.weight)),
        keep(static_cast<T>(1 - options.smoothing)),
        spread(static_cast<T>(options.smoothing / static_cast<double>(cols > 0 ? cols : 1))) {
    double total = weight ? 0 : static_cast<double>(cols);
    for (int64_t c = 0; c < cols && weight; ++c) total += static_cast<double>(weight[c]);
    spread_total = spread * static_cast<T>(total);
  }
  T peak(int64_t label) const { return weight ? keep * weight[label] : keep; }

  const T* weight;
  T keep, spread;
  T spread_total;  // what `spread` adds up to over a row
};

}  // namespace

int64_t cross_entropy(void* loss, void* log_sum_exp, void* share, const void* logits, const int64_t* target,
                      DType dtype, int64_t rows, int64_t cols, ClassLoss options) {
  const int64_t bad = count_labels(share, target, dtype, rows, cols, options);
  if (bad >= 0) return bad;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const ClassTarget<T> wanted(options, cols);
    for_rows(rows, cols, [&](int64_t row) {
      const T* x = static_cast<const T*>(logits) + row * cols;
      T& value = static_cast<T*>(loss)[row];
      T& log_total = static_cast<T*>(log_sum_exp)[row];
      const int64_t label = target[row];
      if (label == options.ignored) {
        value = log_total = 0;
        return;
      }
      const T top = row_max(x, cols);
      log_total = top + std::log(sum_exp(x, top, cols));
      value = wanted.peak(label) * (log_total - x[label]);
      if (wanted.spread == T(0)) return;
      // Summed against the greatest logit: the logits themselves may be large.
      T smooth = 0;
      const T* weight = wanted.weight;
      if (weight) {
#pragma omp simd reduction(+ : smooth)
        for (int64_t c = 0; c < cols; ++c) smooth += weight[c] * (log_total - x[c]);
      } else {
#pragma omp simd reduction(+ : smooth)
        for (int64_t c = 0; c < cols; ++c) smooth += log_total - x[c];
      }
      value += wanted.spread * smooth;
    });
  });
  return -1;
}

void cross_entropy_grad(void* out, const void* gradient, int64_t grad_stride, const void* share,
                        const void* logits, const void* log_sum_exp, const int64_t* target, DType dtype,
                        int64_t rows, int64_t cols, ClassLoss options) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const ClassTarget<T> wanted(options, cols);
    const T scale = share ? *static_cast<const T*>(share) : T(1);
    for_rows(rows, cols, [&](int64_t row) {
      const T* x = static_cast<const T*>(logits) + row * cols;
      T* o = static_cast<T*>(out) + row * cols;
      const int64_t label = target[row];
      if (label == options.ignored) {
        for (int64_t c = 0; c < cols; ++c) o[c] = 0;
        return;
      }
      const T shift = static_cast<const T*>(log_sum_exp)[row];
      const T factor = static_cast<const T*>(gradient)[row * grad_stride] * scale;
      const T peak = wanted.peak(label), total = (peak + wanted.spread_total) * factor;
#pragma omp simd
      for (int64_t c = 0; c < cols; ++c) o[c] = fast_exp(x[c] - shift) * total;
      o[label] -= peak * factor;
      if (wanted.spread == T(0)) return;
      const T spread = wanted.spread * factor;
      const T* weight = wanted.weight;
      if (weight) {
#pragma omp simd
        for (int64_t c = 0; c < cols; ++c) o[c] -= spread * weight[c];
      } else {
#pragma omp simd
        for (int64_t c = 0; c < cols; ++c) o[c] -= spread;
      }
    });
  });
}

int64_t nll(void* loss, void* share, const void* in, const int64_t* target, DType dtype, int64_t rows,
            int64_t cols, ClassLoss options) {
  const int64_t bad = count_labels(share, target, dtype, rows, cols, options);
  if (bad >= 0) return bad;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const ClassTarget<T> wanted(options, cols);
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t label = target[row];
      static_cast<T*>(loss)[row] = label == options.ignored
                                       ? T(0)
                                       : -wanted.peak(label) * static_cast<const T*>(in)[row * cols + label];
    }
  });
  return -1;
}

void class_targets(void* out, const void* gradient, int64_t grad_stride, const void* share, int sign,
                   const int64_t* target, DType dtype, int64_t rows, int64_t cols, ClassLoss options) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const ClassTarget<T> wanted(options, cols);
    const T scale = (share ? *static_cast<const T*>(share) : T(1)) * static_cast<T>(sign);
    for_rows(rows, cols, [&](int64_t row) {
      T* o = static_cast<T*>(out) + row * cols;
      const int64_t label = target[row];
      const bool counts = label != options.ignored;
      const T factor = gradient ? static_cast<const T*>(gradient)[row * grad_stride] * scale : scale;
      const T spread = counts ? wanted.spread * factor : T(0);
      for (int64_t c = 0; c < cols; ++c) o[c] = wanted.weight ? spread * wanted.weight[c] : spread;
      if (counts) o[label] += wanted.peak(label) * factor;
    });
  });
}

// point_loss.cpp
void point_loss(PointLoss loss, void* out, PointInput in);
void point_loss_sum(PointLoss loss, void* out, double divisor, PointInput in);
void point_loss_grad(PointLoss loss, void* out, const void* gradient, int64_t grad_stride, double scale,
                     PointInput in);

LossKernels loss_table() {
  return {cross_entropy, cross_entropy_grad, nll, class_targets, point_loss, point_loss_sum, point_loss_grad};
}

}  // namespace tape::cpu::TAPE_ISA
