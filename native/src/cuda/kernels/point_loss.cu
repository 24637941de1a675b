// Losses element by element: the value and the slope of each in one place.
#include "../numbers.h"
#include "../table.h"

namespace tape::cuda {
namespace {

template <class T>
TAPE_BOTH T clamp_to(T x, T limit) {
  return x > limit ? limit : x < -limit ? -limit : x;
}

template <class T>
struct Point {
  PointLoss loss;
  T parameter;
  const T *input, *target, *weight, *positive;

  TAPE_BOTH T value(int64_t i) const {
    const T x = input[i], t = target[i], away = x > t ? x - t : t - x;
    switch (loss) {
      case PointLoss::mse:
        return (x - t) * (x - t);
      case PointLoss::l1:
        return away;
      case PointLoss::smooth_l1:
        return away < parameter ? T(0.5) * away * away / parameter : away - T(0.5) * parameter;
      case PointLoss::huber:
        return away < parameter ? T(0.5) * away * away : parameter * (away - T(0.5) * parameter);
      case PointLoss::bce_with_logits:
        return (weight ? weight[i] : T(1)) * ((T(1) - t) * x + share(i, t) * softplus_of(-x));
      case PointLoss::kl:  // 0 log 0 counts as 0
        return t > T(0) ? t * (log_of(t) - x) : t == T(0) ? T(0) : t * std::numeric_limits<T>::quiet_NaN();
      default:
        return exp_of(t) * (t - x);
    }
  }
  TAPE_BOTH T slope(int64_t i) const {
    const T x = input[i], t = target[i];
    switch (loss) {
      case PointLoss::mse:
        return T(2) * (x - t);
      case PointLoss::l1:
        return x > t ? T(1) : x < t ? T(-1) : x - t;  // a NaN stays one
      case PointLoss::smooth_l1:
        return clamp_to((x - t) / parameter, T(1));
      case PointLoss::huber:
        return clamp_to(x - t, parameter);
      case PointLoss::bce_with_logits:
        return (weight ? weight[i] : T(1)) * ((T(1) - t) - share(i, t) * sigmoid_of(-x));
      case PointLoss::kl:
        return -t;
      default:
        return -exp_of(t);
    }
  }
  /// What the positive half of binary cross-entropy counts.
  TAPE_BOTH T share(int64_t i, T t) const { return T(1) + ((positive ? positive[i] : T(1)) - T(1)) * t; }
};

template <class T>
Point<T> typed(PointLoss loss, const PointInput& in) {
  return {loss,
          static_cast<T>(in.parameter),
          static_cast<const T*>(in.input),
          static_cast<const T*>(in.target),
          static_cast<const T*>(in.weight),
          static_cast<const T*>(in.positive)};
}

template <class T>
void values(T* out, const Point<T>& point, int64_t count) {
  for_each(count, [=] TAPE_KERNEL(int64_t i) { out[i] = point.value(i); });
}

template <class T>
void total(T* out, const Point<T>& point, int64_t count, double divisor) {
  constexpr int64_t kPiece = 4096;
  const int64_t pieces = (count + kPiece - 1) / kPiece;
  auto* const parts = static_cast<double*>(scratch(static_cast<size_t>(pieces + 1) * sizeof(double)));
  for_rows(pieces, kPiece, [=] TAPE_KERNEL(int64_t piece, auto team) {
    const int64_t first = piece * kPiece, n = first + kPiece < count ? kPiece : count - first;
    const double sum = team.fold(
        0.0, n, [&](int64_t i) { return static_cast<double>(point.value(first + i)); }, Plus{});
    if (team.leads()) parts[piece] = sum;
  });
  for_rows(1, pieces, [=] TAPE_KERNEL(int64_t, auto team) {
    const double sum = team.fold(
        0.0, pieces, [&](int64_t i) { return parts[i]; }, Plus{});
    if (team.leads()) *out = static_cast<T>(sum / divisor);
  });
}

template <class T>
void slopes(T* out, const T* gradient, int64_t grad_stride, T scale, const Point<T>& point, int64_t count) {
  for_each(count,
           [=] TAPE_KERNEL(int64_t i) { out[i] = point.slope(i) * gradient[i * grad_stride] * scale; });
}

}  // namespace

void point_loss(PointLoss loss, void* out, PointInput in) {
  visit_floating(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    values(static_cast<T*>(out), typed<T>(loss, in), in.count);
  });
}

void point_loss_sum(PointLoss loss, void* out, double divisor, PointInput in) {
  visit_floating(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    total(static_cast<T*>(out), typed<T>(loss, in), in.count, divisor);
  });
}

void point_loss_grad(PointLoss loss, void* out, const void* gradient, int64_t grad_stride, double scale,
                     PointInput in) {
  visit_floating(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    slopes(static_cast<T*>(out), static_cast<const T*>(gradient), grad_stride, static_cast<T>(scale),
           typed<T>(loss, in), in.count);
  });
}

}  // namespace tape::cuda
