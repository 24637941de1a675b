// Normalisation over rows and groups: a team for each. Statistics in two passes, in double.
#include "../numbers.h"
#include "../table.h"

namespace tape::cuda {
namespace {

/// Mean and reciprocal deviation as numbers of T: x - shift is exact where it matters, the rest comes off
/// after.
template <class T>
struct Scaling {
  T shift, rest, rstd;
  TAPE_BOTH explicit Scaling(const double* statistics)
      : shift(static_cast<T>(statistics[0])),
        rest(static_cast<T>(statistics[0] - static_cast<double>(shift))),
        rstd(static_cast<T>(statistics[1])) {}
  TAPE_BOTH T normal(T x) const { return ((x - shift) - rest) * rstd; }
};

/// Elements of a group: `width` channels of `inner` places each, as they lie in memory.
struct GroupPlaces {
  int64_t width, inner, channels, first, channel;
  bool channels_last;
  TAPE_BOTH GroupPlaces(const GroupShape& s, int64_t group)
      : width(s.channels / s.groups),
        inner(s.inner),
        channels(s.channels),
        first(group / s.groups * s.channels * s.inner),
        channel(group % s.groups * width),
        channels_last(s.channels_last) {}
  TAPE_BOTH int64_t count() const { return width * inner; }
  /// Of element i: its channel, and where it lies.
  TAPE_BOTH int64_t channel_of(int64_t i) const { return channel + (channels_last ? i % width : i / inner); }
  TAPE_BOTH int64_t find(int64_t i) const {
    return first + (channels_last ? i / width * channels + channel_of(i) : channel_of(i) * inner + i % inner);
  }
};

/// Rows of `cols`, each element a channel of its own.
struct RowPlaces {
  int64_t cols, row;
  TAPE_BOTH int64_t count() const { return cols; }
  TAPE_BOTH int64_t channel_of(int64_t i) const { return i; }
  TAPE_BOTH int64_t find(int64_t i) const { return row * cols + i; }
};

template <class T, class Places, class Team>
TAPE_KERNEL void normalise(const Places& places, const Team& team, T* out, double* statistics, const T* in,
                           const T* weight, const T* bias, double eps, bool centred) {
  const auto n = static_cast<double>(places.count());
  double mean = 0;
  if (centred)
    mean =
        team.fold(
            0.0, places.count(), [&](int64_t i) { return static_cast<double>(in[places.find(i)]); }, Plus{}) /
        n;
  const double square = team.fold(
                            0.0, places.count(),
                            [&](int64_t i) {
                              const double distance = static_cast<double>(in[places.find(i)]) - mean;
                              return distance * distance;
                            },
                            Plus{}) /
                        n;
  const double row[2] = {mean, 1.0 / sqrt(square + eps)};
  if (team.leads()) {
    statistics[0] = row[0];
    statistics[1] = row[1];
  }
  const Scaling<T> s(row);
  team.each(places.count(), [&](int64_t i) {
    const int64_t at = places.find(i), c = places.channel_of(i);
    out[at] = s.normal(in[at]) * (weight ? weight[c] : T(1)) + (bias ? bias[c] : T(0));
  });
}

template <class T, class Places, class Team>
TAPE_KERNEL void input_gradient(const Places& places, const Team& team, T* grad_in, const T* gradient,
                                const T* in, const T* weight, const double* statistics, bool centred) {
  const Scaling<T> s(statistics);
  const auto slope = [&](int64_t i) {
    return gradient[places.find(i)] * (weight ? weight[places.channel_of(i)] : T(1));
  };
  const auto n = static_cast<double>(places.count());
  double along = 0;
  if (centred)
    along = team.fold(
                0.0, places.count(), [&](int64_t i) { return static_cast<double>(slope(i)); }, Plus{}) /
            n;
  const double turned =
      team.fold(
          0.0, places.count(),
          [&](int64_t i) { return static_cast<double>(slope(i) * s.normal(in[places.find(i)])); }, Plus{}) /
      n;
  team.each(places.count(), [&](int64_t i) {
    const int64_t at = places.find(i);
    grad_in[at] = s.rstd * (slope(i) - static_cast<T>(along) - s.normal(in[at]) * static_cast<T>(turned));
  });
}

template <class T>
void layer_norm_typed(T* out, double* statistics, const T* in, const T* weight, const T* bias, int64_t rows,
                      int64_t cols, double eps, bool centred) {
  for_rows(rows, cols, [=] TAPE_KERNEL(int64_t row, auto team) {
    normalise(RowPlaces{cols, row}, team, out, statistics + 2 * row, in, weight, bias, eps, centred);
  });
}

/// Sums over rows for weight and bias: pieces of rows first, then the pieces in order.
template <class T>
void affine_gradient(T* grad_weight, T* grad_bias, const T* gradient, const T* in, const double* statistics,
                     int64_t rows, int64_t cols) {
  constexpr int64_t kPiece = 64;
  const int64_t pieces = (rows + kPiece - 1) / kPiece;
  auto* const parts = static_cast<double*>(scratch(static_cast<size_t>(2 * pieces * cols) * sizeof(double)));
  for_each(pieces * cols, [=] TAPE_KERNEL(int64_t i) {
    const int64_t col = i % cols, first = i / cols * kPiece;
    const int64_t last = first + kPiece < rows ? first + kPiece : rows;
    double slope = 0, plain = 0;
    for (int64_t row = first; row < last; ++row) {
      const T g = gradient[row * cols + col];
      plain += static_cast<double>(g);
      slope += static_cast<double>(g * Scaling<T>(statistics + 2 * row).normal(in[row * cols + col]));
    }
    parts[2 * i] = slope;
    parts[2 * i + 1] = plain;
  });
  for_each(cols, [=] TAPE_KERNEL(int64_t col) {
    double slope = 0, plain = 0;
    for (int64_t piece = 0; piece < pieces; ++piece) {
      slope += parts[2 * (piece * cols + col)];
      plain += parts[2 * (piece * cols + col) + 1];
    }
    if (grad_weight) grad_weight[col] = static_cast<T>(slope);
    if (grad_bias) grad_bias[col] = static_cast<T>(plain);
  });
}

template <class T>
void layer_norm_grad_typed(T* grad_in, T* grad_weight, T* grad_bias, const T* gradient, const T* in,
                           const T* weight, const double* statistics, int64_t rows, int64_t cols,
                           bool centred) {
  if (grad_in)
    for_rows(rows, cols, [=] TAPE_KERNEL(int64_t row, auto team) {
      input_gradient(RowPlaces{cols, row}, team, grad_in, gradient, in, weight, statistics + 2 * row,
                     centred);
    });
  if (grad_weight || grad_bias) affine_gradient(grad_weight, grad_bias, gradient, in, statistics, rows, cols);
}

template <class T>
void group_norm_typed(T* out, double* statistics, const T* in, const T* weight, const T* bias,
                      const GroupShape& s, double eps) {
  for_rows(s.batch * s.groups, s.channels / s.groups * s.inner, [=] TAPE_KERNEL(int64_t group, auto team) {
    normalise(GroupPlaces(s, group), team, out, statistics + 2 * group, in, weight, bias, eps, true);
  });
}

template <class T>
void group_norm_grad_typed(T* grad_in, T* grad_weight, T* grad_bias, const T* gradient, const T* in,
                           const T* weight, const double* statistics, const GroupShape& s) {
  if (grad_in)
    for_rows(s.batch * s.groups, s.channels / s.groups * s.inner, [=] TAPE_KERNEL(int64_t group, auto team) {
      input_gradient(GroupPlaces(s, group), team, grad_in, gradient, in, weight, statistics + 2 * group,
                     true);
    });
  if (!grad_weight && !grad_bias) return;
  for_rows(s.channels, s.batch * s.inner, [=] TAPE_KERNEL(int64_t channel, auto team) {
    const int64_t width = s.channels / s.groups;
    const auto at = [&](int64_t i) {
      const int64_t image = i / s.inner * s.channels * s.inner, place = i % s.inner;
      return image + (s.channels_last ? place * s.channels + channel : channel * s.inner + place);
    };
    const double plain = team.fold(
        0.0, s.batch * s.inner, [&](int64_t i) { return static_cast<double>(gradient[at(i)]); }, Plus{});
    const double slope = team.fold(
        0.0, s.batch * s.inner,
        [&](int64_t i) {
          const Scaling<T> scaling(statistics + 2 * (i / s.inner * s.groups + channel / width));
          return static_cast<double>(gradient[at(i)] * scaling.normal(in[at(i)]));
        },
        Plus{});
    if (!team.leads()) return;
    if (grad_weight) grad_weight[channel] = static_cast<T>(slope);
    if (grad_bias) grad_bias[channel] = static_cast<T>(plain);
  });
}

void layer_norm(void* out, double* statistics, const void* in, const void* weight, const void* bias,
                DType dtype, int64_t rows, int64_t cols, double eps, bool centred) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    layer_norm_typed(static_cast<T*>(out), statistics, static_cast<const T*>(in),
                     static_cast<const T*>(weight), static_cast<const T*>(bias), rows, cols, eps, centred);
  });
}

void layer_norm_grad(void* grad_in, void* grad_weight, void* grad_bias, const void* gradient, const void* in,
                     const void* weight, const double* statistics, DType dtype, int64_t rows, int64_t cols,
                     bool centred) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    layer_norm_grad_typed(static_cast<T*>(grad_in), static_cast<T*>(grad_weight), static_cast<T*>(grad_bias),
                          static_cast<const T*>(gradient), static_cast<const T*>(in),
                          static_cast<const T*>(weight), statistics, rows, cols, centred);
  });
}

void group_norm(void* out, double* statistics, const void* in, const void* weight, const void* bias,
                DType dtype, GroupShape shape, double eps) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    group_norm_typed(static_cast<T*>(out), statistics, static_cast<const T*>(in),
                     static_cast<const T*>(weight), static_cast<const T*>(bias), shape, eps);
  });
}

void group_norm_grad(void* grad_in, void* grad_weight, void* grad_bias, const void* gradient, const void* in,
                     const void* weight, const double* statistics, DType dtype, GroupShape shape) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    group_norm_grad_typed(static_cast<T*>(grad_in), static_cast<T*>(grad_weight), static_cast<T*>(grad_bias),
                          static_cast<const T*>(gradient), static_cast<const T*>(in),
                          static_cast<const T*>(weight), statistics, shape);
  });
}

}  // namespace

NormKernels norm_table() { return {layer_norm, layer_norm_grad, group_norm, group_norm_grad}; }

}  // namespace tape::cuda
