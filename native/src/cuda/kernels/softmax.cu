// Softmax and the losses over rows of classes.
#include "../faults.h"
#include "../numbers.h"
#include "../table.h"

namespace tape::cuda {
namespace {

template <class T>
struct LeastNumber {
  static constexpr T value = -std::numeric_limits<T>::infinity();
};

template <class T>
void softmax_typed(T* out, const T* in, SoftmaxShape s, bool log) {
  for_rows(s.outer * s.inner, s.cols, [=] TAPE_KERNEL(int64_t row, auto team) {
    const int64_t first = row / s.inner * s.cols * s.inner + row % s.inner;
    const auto at = [&](int64_t c) { return first + c * s.inner; };
    const T top = team.fold(
        LeastNumber<T>::value, s.cols, [&](int64_t c) { return in[at(c)]; }, Greater{});
    const T total = team.fold(
        T(0), s.cols, [&](int64_t c) { return exp_of(in[at(c)] - top); }, Plus{});
    if (log) {
      const T shift = log_of(total);
      team.each(s.cols, [&](int64_t c) { out[at(c)] = in[at(c)] - top - shift; });
    } else {
      const T share = T(1) / total;
      team.each(s.cols, [&](int64_t c) { out[at(c)] = exp_of(in[at(c)] - top) * share; });
    }
  });
}

template <class T>
void softmax_grad_typed(T* out, const T* gradient, const T* y, SoftmaxShape s, bool log) {
  for_rows(s.outer * s.inner, s.cols, [=] TAPE_KERNEL(int64_t row, auto team) {
    const int64_t first = row / s.inner * s.cols * s.inner + row % s.inner;
    const auto at = [&](int64_t c) { return first + c * s.inner; };
    const T along = team.fold(
        T(0), s.cols, [&](int64_t c) { return log ? gradient[at(c)] : gradient[at(c)] * y[at(c)]; }, Plus{});
    team.each(s.cols, [&](int64_t c) {
      out[at(c)] = log ? gradient[at(c)] - exp_of(y[at(c)]) * along : y[at(c)] * (gradient[at(c)] - along);
    });
  });
}

void softmax(void* out, const void* in, DType dtype, SoftmaxShape shape, bool log) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    softmax_typed(static_cast<T*>(out), static_cast<const T*>(in), shape, log);
  });
}

void softmax_grad(void* out, const void* grad, const void* output, DType dtype, SoftmaxShape shape,
                  bool log) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    softmax_grad_typed(static_cast<T*>(out), static_cast<const T*>(grad), static_cast<const T*>(output),
                       shape, log);
  });
}

// ---- losses over classes --------------------------------------------------------------------------

/// Target distributions; see ClassLoss. `spread_total` is what smoothing adds up to over a row.
template <class T>
struct Targets {
  const T* weight;
  const int64_t* label;
  const double* weights;  // one number: the sum of all weights
  int64_t ignored, cols;
  T keep, spread;

  TAPE_BOTH bool counts(int64_t row) const {
    return label[row] != ignored && label[row] >= 0 && label[row] < cols;
  }
  TAPE_BOTH T peak(int64_t row) const { return weight ? keep * weight[label[row]] : keep; }
  TAPE_BOTH T spread_total() const {
    if (spread == T(0)) return T(0);  // the weights were not summed
    return spread * static_cast<T>(weight ? *weights : static_cast<double>(cols));
  }
};

/// Sums the weights of the classes, and of the rows' labels into *share, as one over that; either may be left
/// out.
template <class T>
Targets<T> targets_of(void* share, const int64_t* target, int64_t rows, int64_t cols, const ClassLoss& o) {
  auto* const sums = static_cast<double*>(scratch(sizeof(double)));
  const Targets<T> wanted{static_cast<const T*>(o.weight),
                          target,
                          sums,
                          o.ignored,
                          cols,
                          static_cast<T>(1 - o.smoothing),
                          static_cast<T>(o.smoothing / static_cast<double>(cols > 0 ? cols : 1))};
  T* const one = static_cast<T*>(share);
  if (wanted.weight && o.smoothing > 0)
    for_rows(1, cols, [=] TAPE_KERNEL(int64_t, auto team) {
      const double total = team.fold(
          0.0, cols, [&](int64_t c) { return static_cast<double>(wanted.weight[c]); }, Plus{});
      if (team.leads()) *sums = total;
    });
  if (one)
    for_rows(1, rows > 512 ? rows : 1024, [=] TAPE_KERNEL(int64_t, auto team) {
      const double total = team.fold(
          0.0, rows,
          [&](int64_t row) {
            if (!wanted.counts(row)) return 0.0;
            return wanted.weight ? static_cast<double>(wanted.weight[wanted.label[row]]) : 1.0;
          },
          Plus{});
      if (team.leads()) *one = static_cast<T>(1 / total);
    });
  return wanted;
}

template <class T>
void cross_entropy_typed(T* loss, T* log_sum_exp, void* share, const T* logits, const int64_t* target,
                         int64_t rows, int64_t cols, const ClassLoss& options) {
  const Targets<T> wanted = targets_of<T>(share, target, rows, cols, options);
  FaultSlot* const faults = fault_slot();
  for_rows(rows, cols, [=] TAPE_KERNEL(int64_t row, auto team) {
    if (!wanted.counts(row)) {
      if (team.leads()) {
        loss[row] = log_sum_exp[row] = 0;
        if (target[row] != wanted.ignored) report_fault(faults, FaultKind::label, row, target[row], cols);
      }
      return;
    }
    const T* const x = logits + row * cols;
    const T top = team.fold(
        LeastNumber<T>::value, cols, [&](int64_t c) { return x[c]; }, Greater{});
    const T total = team.fold(
        T(0), cols, [&](int64_t c) { return exp_of(x[c] - top); }, Plus{});
    const T shift = top + log_of(total);
    T smooth = 0;
    if (wanted.spread != T(0))
      smooth = team.fold(
          T(0), cols, [&](int64_t c) { return (wanted.weight ? wanted.weight[c] : T(1)) * (shift - x[c]); },
          Plus{});
    if (!team.leads()) return;
    log_sum_exp[row] = shift;
    loss[row] = wanted.peak(row) * (shift - x[target[row]]) + wanted.spread * smooth;
  });
}

int64_t cross_entropy(void* loss, void* log_sum_exp, void* share, const void* logits, const int64_t* target,
                      DType dtype, int64_t rows, int64_t cols, ClassLoss options) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    cross_entropy_typed(static_cast<T*>(loss), static_cast<T*>(log_sum_exp), share,
                        static_cast<const T*>(logits), target, rows, cols, options);
  });
  return -1;
}

template <class T>
void cross_entropy_grad_typed(T* out, const T* gradient, int64_t grad_stride, const T* share, const T* logits,
                              const T* log_sum_exp, const int64_t* target, int64_t rows, int64_t cols,
                              const ClassLoss& options) {
  const Targets<T> wanted = targets_of<T>(nullptr, target, rows, cols, options);
  for_rows(rows, cols, [=] TAPE_KERNEL(int64_t row, auto team) {
    const T *const x = logits + row * cols, shift = log_sum_exp[row];
    T* const o = out + row * cols;
    if (!wanted.counts(row)) {
      team.each(cols, [&](int64_t c) { o[c] = 0; });
      return;
    }
    const T factor = gradient[row * grad_stride] * (share ? *share : T(1));
    const T peak = wanted.peak(row), total = (peak + wanted.spread_total()) * factor;
    const int64_t label = target[row];
    team.each(cols, [&](int64_t c) {
      const T spread = wanted.spread * (wanted.weight ? wanted.weight[c] : T(1));
      o[c] = exp_of(x[c] - shift) * total - (c == label ? peak + spread : spread) * factor;
    });
  });
}

void cross_entropy_grad(void* out, const void* grad, int64_t grad_stride, const void* share,
                        const void* logits, const void* log_sum_exp, const int64_t* target, DType dtype,
                        int64_t rows, int64_t cols, ClassLoss options) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    cross_entropy_grad_typed(static_cast<T*>(out), static_cast<const T*>(grad), grad_stride,
                             static_cast<const T*>(share), static_cast<const T*>(logits),
                             static_cast<const T*>(log_sum_exp), target, rows, cols, options);
  });
}

template <class T>
void nll_typed(T* loss, void* share, const T* in, const int64_t* target, int64_t rows, int64_t cols,
               const ClassLoss& options) {
  const Targets<T> wanted = targets_of<T>(share, target, rows, cols, options);
  FaultSlot* const faults = fault_slot();
  for_each(rows, [=] TAPE_KERNEL(int64_t row) {
    const bool counts = wanted.counts(row);
    if (!counts && target[row] != wanted.ignored)
      report_fault(faults, FaultKind::label, row, target[row], cols);
    loss[row] = counts ? -wanted.peak(row) * in[row * cols + target[row]] : T(0);
  });
}

int64_t nll(void* loss, void* share, const void* in, const int64_t* target, DType dtype, int64_t rows,
            int64_t cols, ClassLoss options) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    nll_typed(static_cast<T*>(loss), share, static_cast<const T*>(in), target, rows, cols, options);
  });
  return -1;
}

template <class T>
void class_targets_typed(T* out, const T* gradient, int64_t grad_stride, const T* share, int sign,
                         const int64_t* target, int64_t rows, int64_t cols, const ClassLoss& options) {
  const Targets<T> wanted = targets_of<T>(nullptr, target, rows, cols, options);
  for_each(rows * cols, [=] TAPE_KERNEL(int64_t i) {
    const int64_t row = i / cols, c = i % cols;
    if (!wanted.counts(row)) {
      out[i] = 0;
      return;
    }
    const T factor =
        (gradient ? gradient[row * grad_stride] : T(1)) * (share ? *share : T(1)) * static_cast<T>(sign);
    const T spread = wanted.spread * (wanted.weight ? wanted.weight[c] : T(1));
    out[i] = (c == target[row] ? wanted.peak(row) + spread : spread) * factor;
  });
}

void class_targets(void* out, const void* grad, int64_t grad_stride, const void* share, int sign,
                   const int64_t* target, DType dtype, int64_t rows, int64_t cols, ClassLoss options) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    class_targets_typed(static_cast<T*>(out), static_cast<const T*>(grad), grad_stride,
                        static_cast<const T*>(share), sign, target, rows, cols, options);
  });
}

}  // namespace

// point_loss.cu
void point_loss(PointLoss loss, void* out, PointInput in);
void point_loss_sum(PointLoss loss, void* out, double divisor, PointInput in);
void point_loss_grad(PointLoss loss, void* out, const void* gradient, int64_t grad_stride, double scale,
                     PointInput in);

SoftmaxKernels softmax_table() { return {softmax, softmax_grad}; }
LossKernels loss_table() {
  return {cross_entropy, cross_entropy_grad, nll, class_targets, point_loss, point_loss_sum, point_loss_grad};
}

}  // namespace tape::cuda
