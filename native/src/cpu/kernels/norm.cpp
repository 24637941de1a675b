// Normalisation. Statistics take two passes with a correction (Chan, Golub and LeVeque 1983), so that a
// mean far greater than the deviation costs no digits. Sums over rows for weight and bias run in blocks,
// block sums in double, in an order that depends on the number of threads only.
#include <algorithm>
#include <cmath>
#include <vector>

#include "group_norm_last.h"
#include "kernel_set.h"
#include "norm_parts.h"

namespace tape::cpu::TAPE_ISA {
namespace {

template <class T>
double mean_of(const T* x, int64_t n) {
  double total = 0;
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(begin + kBlock, n);
    T part = 0;
#pragma omp simd reduction(+ : part)
    for (int64_t i = begin; i < end; ++i) part += x[i];
    total += static_cast<double>(part);
  }
  return total / static_cast<double>(n);
}

template <class T>
void write_statistics(double* statistics, const T* x, int64_t n, double eps, bool centred) {
  const T shift = centred ? static_cast<T>(mean_of(x, n)) : T(0);
  double sum = 0, squares = 0;
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(begin + kBlock, n);
    T part = 0, square = 0;
#pragma omp simd reduction(+ : part, square)
    for (int64_t i = begin; i < end; ++i) {
      const T d = x[i] - shift;
      part += d;
      square += d * d;
    }
    sum += static_cast<double>(part);
    squares += static_cast<double>(square);
  }
  const double count = static_cast<double>(n);
  write_row_statistics(statistics, static_cast<double>(shift), centred ? sum / count : 0, squares / count,
                       eps);
}

template <class T>
void layer_norm_grad_typed(T* grad_in, T* grad_weight, T* grad_bias, const T* gradient, const T* in,
                           const T* weight, const double* statistics, int64_t rows, int64_t cols,
                           bool centred) {
  const bool sums_wanted = grad_weight || grad_bias;
  const int64_t pieces = std::clamp<int64_t>(rows / row_grain(cols), 1, thread_count());
  const int64_t length = (rows + pieces - 1) / pieces;
  thread_local std::vector<double> totals;
  thread_local std::vector<T> partial;
  if (sums_wanted) {
    totals.assign(static_cast<size_t>(pieces * 2 * cols), 0.0);
    partial.assign(static_cast<size_t>(pieces * 2 * cols), T(0));
  }
  double* const all_totals = totals.data();
  T* const all_partial = partial.data();
  const T scale = cols > 0 ? T(1) / static_cast<T>(cols) : T(0);
  parallel_for(pieces, 1, [&](int64_t first, int64_t last) {
    for (int64_t piece = first; piece < last; ++piece) {
      double* const sums = all_totals + piece * 2 * cols;
      T* const dw = all_partial + piece * 2 * cols;
      T* const db = dw + cols;
      const int64_t end = std::min(rows, (piece + 1) * length);
      for (int64_t row = piece * length; row < end; ++row) {
        const T* g = gradient + row * cols;
        const T* x = in + row * cols;
        const Scaling<T> s(statistics + 2 * row);
        if (sums_wanted) {
#pragma omp simd
          for (int64_t i = 0; i < cols; ++i) {
            dw[i] += g[i] * s.normal(x[i]);
            db[i] += g[i];
          }
          if ((row - piece * length) % kRowBlock == kRowBlock - 1) flush(sums, dw, 2 * cols);
        }
        if (!grad_in) continue;
        T along = 0, turned = 0;  // means of g * w and of g * w * normal(x)
#pragma omp simd reduction(+ : along, turned)
        for (int64_t i = 0; i < cols; ++i) {
          const T slope = g[i] * weight[i];
          along += slope;
          turned += slope * s.normal(x[i]);
        }
        along = centred ? along * scale : T(0);
        turned *= scale;
        T* o = grad_in + row * cols;
#pragma omp simd
        for (int64_t i = 0; i < cols; ++i)
          o[i] = s.rstd * (g[i] * weight[i] - along - s.normal(x[i]) * turned);
      }
      if (sums_wanted) flush(sums, dw, 2 * cols);
    }
  });
  for (int64_t piece = 1; piece < pieces && sums_wanted; ++piece)
    for (int64_t i = 0; i < 2 * cols; ++i) all_totals[i] += all_totals[piece * 2 * cols + i];
  for (int64_t i = 0; i < cols && grad_weight; ++i) grad_weight[i] = static_cast<T>(all_totals[i]);
  for (int64_t i = 0; i < cols && grad_bias; ++i) grad_bias[i] = static_cast<T>(all_totals[cols + i]);
}

/// Sums of g and of g * normal(x) for every channel of every image, and the gradient of x.
template <class T>
void group_norm_rows_grad(T* grad_in, double* all_sums, const T* gradient, const T* in, const T* weight,
                          const double* statistics, const GroupShape& shape) {
  const int64_t width = shape.channels / shape.groups, inner = shape.inner;
  parallel_for(shape.batch * shape.groups, row_grain(width * inner), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const Scaling<T> s(statistics + 2 * row);
      double along = 0, turned = 0;
      for (int64_t c = 0; c < width; ++c) {
        const int64_t at = (row * width + c) * inner;
        double* const sums = all_sums + 2 * (row * width + c);
        for (int64_t top = 0; top < inner; top += kBlock) {
          const int64_t bottom = std::min(top + kBlock, inner);
          T part = 0, slope = 0;
#pragma omp simd reduction(+ : part, slope)
          for (int64_t i = at + top; i < at + bottom; ++i) {
            part += gradient[i];
            slope += gradient[i] * s.normal(in[i]);
          }
          sums[0] += static_cast<double>(part);
          sums[1] += static_cast<double>(slope);
        }
        const double w = static_cast<double>(weight[row % shape.groups * width + c]);
        along += w * sums[0];
        turned += w * sums[1];
      }
      if (!grad_in) continue;
      const double count = static_cast<double>(width * inner);
      const T mean_along = static_cast<T>(along / count), mean_turned = static_cast<T>(turned / count);
      for (int64_t c = 0; c < width; ++c) {
        const int64_t at = (row * width + c) * inner;
        const T w = weight[row % shape.groups * width + c];
#pragma omp simd
        for (int64_t i = at; i < at + inner; ++i)
          grad_in[i] = s.rstd * (gradient[i] * w - mean_along - s.normal(in[i]) * mean_turned);
      }
    }
  });
}

template <class T>
void group_norm_grad_typed(T* grad_in, T* grad_weight, T* grad_bias, const T* gradient, const T* in,
                           const T* weight, const double* statistics, const GroupShape& shape) {
  // Of every channel of every image: the sums of g and of g * normal(x).
  thread_local std::vector<double> channel_sums;
  channel_sums.assign(static_cast<size_t>(shape.batch * shape.channels * 2), 0.0);
  double* const all_sums = channel_sums.data();
  if (shape.channels_last)
    group_norm_last_grad(grad_in, all_sums, gradient, in, weight, statistics, shape);
  else
    group_norm_rows_grad(grad_in, all_sums, gradient, in, weight, statistics, shape);
  for (int64_t c = 0; c < shape.channels; ++c) {
    double bias = 0, slope = 0;
    for (int64_t n = 0; n < shape.batch; ++n) {
      bias += all_sums[2 * (n * shape.channels + c)];
      slope += all_sums[2 * (n * shape.channels + c) + 1];
    }
    if (grad_bias) grad_bias[c] = static_cast<T>(bias);
    if (grad_weight) grad_weight[c] = static_cast<T>(slope);
  }
}

}  // namespace

void layer_norm(void* out, double* statistics, const void* in, const void* weight, const void* bias,
                DType dtype, int64_t rows, int64_t cols, double eps, bool centred) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    thread_local std::vector<T> ones, zeros;
    const T* w = or_constant<T>(weight, cols, T(1), ones);
    const T* b = or_constant<T>(bias, cols, T(0), zeros);
    parallel_for(rows, row_grain(cols), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const T* x = static_cast<const T*>(in) + row * cols;
        T* y = static_cast<T*>(out) + row * cols;
        write_statistics(statistics + 2 * row, x, cols, eps, centred);
        const Scaling<T> s(statistics + 2 * row);
#pragma omp simd
        for (int64_t i = 0; i < cols; ++i) y[i] = s.normal(x[i]) * w[i] + b[i];
      }
    });
  });
}

void layer_norm_grad(void* grad_in, void* grad_weight, void* grad_bias, const void* gradient, const void* in,
                     const void* weight, const double* statistics, DType dtype, int64_t rows, int64_t cols,
                     bool centred) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    thread_local std::vector<T> ones;
    layer_norm_grad_typed<T>(static_cast<T*>(grad_in), static_cast<T*>(grad_weight),
                             static_cast<T*>(grad_bias), static_cast<const T*>(gradient),
                             static_cast<const T*>(in), or_constant<T>(weight, cols, T(1), ones), statistics,
                             rows, cols, centred);
  });
}

void group_norm(void* out, double* statistics, const void* in, const void* weight, const void* bias,
                DType dtype, GroupShape shape, double eps) {
  const int64_t width = shape.channels / shape.groups, inner = shape.inner;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (shape.channels_last)
      return group_norm_last<T>(static_cast<T*>(out), statistics, static_cast<const T*>(in),
                                static_cast<const T*>(weight), static_cast<const T*>(bias), shape, eps);
    parallel_for(shape.batch * shape.groups, row_grain(width * inner), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        write_statistics(statistics + 2 * row, static_cast<const T*>(in) + row * width * inner, width * inner,
                         eps, true);
        const Scaling<T> s(statistics + 2 * row);
        for (int64_t c = 0; c < width; ++c) {
          const int64_t channel = row % shape.groups * width + c;
          const T w = weight ? static_cast<const T*>(weight)[channel] : T(1);
          const T b = bias ? static_cast<const T*>(bias)[channel] : T(0);
          const T* x = static_cast<const T*>(in) + (row * width + c) * inner;
          T* y = static_cast<T*>(out) + (row * width + c) * inner;
#pragma omp simd
          for (int64_t i = 0; i < inner; ++i) y[i] = s.normal(x[i]) * w + b;
        }
      }
    });
  });
}

void group_norm_grad(void* grad_in, void* grad_weight, void* grad_bias, const void* gradient, const void* in,
                     const void* weight, const double* statistics, DType dtype, GroupShape shape) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    thread_local std::vector<T> ones;
    group_norm_grad_typed<T>(static_cast<T*>(grad_in), static_cast<T*>(grad_weight),
                             static_cast<T*>(grad_bias), static_cast<const T*>(gradient),
                             static_cast<const T*>(in), or_constant<T>(weight, shape.channels, T(1), ones),
                             statistics, shape);
  });
}

NormKernels norm_table() { return {layer_norm, layer_norm_grad, group_norm, group_norm_grad}; }

}  // namespace tape::cpu::TAPE_ISA
