// Batch normalisation: sums over a channel by a team, the rest element by element. Images may be bfloat16;
// what there is one number of for each channel is float32 then.
#include "../numbers.h"
#include "../table.h"

namespace tape::cuda {
namespace {

/// Where the elements of a channel lie.
struct Channel {
  BatchNormShape s;
  int64_t channel;
  TAPE_BOTH int64_t count() const { return s.batch * s.places; }
  TAPE_BOTH int64_t find(int64_t i) const {
    return s.channels_last ? i * s.channels + channel
                           : (i / s.places * s.channels + channel) * s.places + i % s.places;
  }
};
TAPE_BOTH inline int64_t channel_of(const BatchNormShape& s, int64_t i) {
  return s.channels_last ? i % s.channels : i / s.places % s.channels;
}

void statistics(DType dtype, const BatchNormShape& shape, double* mean, double* variance, const void* x) {
  const BatchNormShape s = shape;
  for_rows(s.channels, s.batch * s.places, [=] TAPE_KERNEL(int64_t c, auto team) {
    const Channel channel{s, c};
    const auto element = [&](int64_t i) { return load<double>(x, dtype, channel.find(i)); };
    const auto n = static_cast<double>(channel.count());
    const double center = team.fold(0.0, channel.count(), element, Plus{}) / n;
    const double square = team.fold(
        0.0, channel.count(),
        [&](int64_t i) {
          const double distance = element(i) - center;
          return distance * distance;
        },
        Plus{});
    if (!team.leads()) return;
    mean[c] = center;
    variance[c] = square / n;
  });
}

template <class C>
void apply_typed(DType dtype, BatchNormShape s, void* out, const void* x, const double* mean,
                 const double* scale, const C* weight, const C* bias) {
  for_each(s.batch * s.channels * s.places, [=] TAPE_KERNEL(int64_t i) {
    const int64_t c = channel_of(s, i);
    const C center = static_cast<C>(mean[c]);
    const double factor = scale[c] * (weight ? static_cast<double>(weight[c]) : 1.0);
    // What the mean loses when it is rounded goes into the bias.
    const double lost = static_cast<double>(center) - mean[c];
    const double offset = (bias ? static_cast<double>(bias[c]) : 0.0) + lost * factor;
    store(out, dtype, i, (load<C>(x, dtype, i) - center) * static_cast<C>(factor) + static_cast<C>(offset));
  });
}

void apply(DType dtype, const BatchNormShape& shape, void* out, const void* x, const double* mean,
           const double* scale, const void* weight, const void* bias) {
  visit_floating(compute_dtype(dtype), [&](auto tag) {
    using C = typename decltype(tag)::type;
    apply_typed(dtype, shape, out, x, mean, scale, static_cast<const C*>(weight),
                static_cast<const C*>(bias));
  });
}

void sums(DType dtype, const BatchNormShape& shape, double* sum, double* product, const void* grad,
          const void* x, const double* mean) {
  const BatchNormShape s = shape;
  for_rows(s.channels, s.batch * s.places, [=] TAPE_KERNEL(int64_t c, auto team) {
    const Channel channel{s, c};
    const double center = mean[c];
    const double plain = team.fold(
        0.0, channel.count(), [&](int64_t i) { return load<double>(grad, dtype, channel.find(i)); }, Plus{});
    const double slope = team.fold(
        0.0, channel.count(),
        [&](int64_t i) {
          const int64_t at = channel.find(i);
          return load<double>(grad, dtype, at) * (load<double>(x, dtype, at) - center);
        },
        Plus{});
    if (!team.leads()) return;
    sum[c] = plain;
    product[c] = slope;
  });
}

template <class C>
void gradient_typed(DType dtype, BatchNormShape s, void* in_grad, const void* grad, const void* x,
                    const double* mean, const double* a, const double* b, const double* c) {
  for_each(s.batch * s.channels * s.places, [=] TAPE_KERNEL(int64_t i) {
    const int64_t k = channel_of(s, i);
    store(in_grad, dtype, i,
          load<C>(grad, dtype, i) * static_cast<C>(a[k]) +
              (load<C>(x, dtype, i) - static_cast<C>(mean[k])) * static_cast<C>(b[k]) + static_cast<C>(c[k]));
  });
}

void gradient(DType dtype, const BatchNormShape& shape, void* in_grad, const void* grad, const void* x,
              const double* mean, const double* a, const double* b, const double* c) {
  visit_floating(compute_dtype(dtype), [&](auto tag) {
    gradient_typed<typename decltype(tag)::type>(dtype, shape, in_grad, grad, x, mean, a, b, c);
  });
}

}  // namespace

BatchNormKernels batchnorm_table() { return {statistics, apply, sums, gradient}; }

}  // namespace tape::cuda
