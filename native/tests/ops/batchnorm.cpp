// Rows of batch normalisation.
#include <cmath>

#include "doctest/doctest.h"
#include "ops/reference.h"
#include "tape/info.h"

namespace tape::test {
namespace {

/// in: x, then what `has` names: running mean and variance, weight, bias.
Array normalised(const Arrays& in, bool training, bool affine) {
  const Array& x = in[0];
  const int64_t channels = x.shape[1];
  std::vector<double> count(static_cast<size_t>(channels)), mean = count, variance = count;
  const auto channel = [&](int64_t i) { return static_cast<size_t>(place(x.shape, i)[1]); };
  for (int64_t i = 0; i < numel_of(x.shape); ++i) ++count[channel(i)];
  for (int64_t i = 0; i < numel_of(x.shape); ++i)
    mean[channel(i)] += x.values[static_cast<size_t>(i)] / count[channel(i)];
  for (int64_t i = 0; i < numel_of(x.shape); ++i) {
    const double away = x.values[static_cast<size_t>(i)] - mean[channel(i)];
    variance[channel(i)] += away * away / count[channel(i)];
  }
  Array out = x;
  for (int64_t i = 0; i < numel_of(x.shape); ++i) {
    const size_t c = channel(i), at = static_cast<size_t>(i);
    if (training) {
      out.values[at] = (x.values[at] - mean[c]) / std::sqrt(variance[c] + 1e-5);
    } else {
      out.values[at] = (x.values[at] - 0.25) / std::sqrt(1.5 + 1e-5);
    }
    if (affine) out.values[at] = out.values[at] * in[1].values[c] + in[2].values[c];
  }
  return out;
}

Row row(const std::string& name, Dims shape, bool training, bool affine, bool channels_last = false) {
  std::vector<Input> inputs{{shape}};
  if (affine) inputs = {{shape}, {{shape[1]}}, {{shape[1]}}};
  const int64_t channels = shape[1];
  const auto apply = [=](const Tensors& t) {
    const Tensor mean = full({channels}, 0.25, t[0].dtype(), t[0].device());
    const Tensor variance = full({channels}, 1.5, t[0].dtype(), t[0].device());
    Tensor x = t[0];
    if (channels_last) x = permute(contiguous(permute(x, {0, 2, 3, 1})), {0, 3, 1, 2});
    return batch_norm(x, training ? Tensor() : mean, training ? Tensor() : variance, affine ? t[1] : Tensor(),
                      affine ? t[2] : Tensor(), {.training = training});
  };
  return {name, inputs, apply, [=](const Arrays& in) { return normalised(in, training, affine); }};
}

}  // namespace

std::vector<Row> batchnorm_rows() {
  return {
      row("batchNorm of features", {4, 3}, true, true),
      row("batchNorm of features, evaluation", {4, 3}, false, true),
      row("batchNorm of signals", {2, 3, 4}, true, true),
      row("batchNorm of images", {2, 3, 2, 3}, true, true),
      row("batchNorm of images, channels-last", {2, 3, 2, 3}, true, true, true),
      row("batchNorm of images, evaluation", {2, 3, 2, 3}, false, true),
      row("batchNorm of images, evaluation, channels-last", {2, 3, 2, 3}, false, true, true),
      row("batchNorm without weight", {3, 2, 2, 2}, true, false),
      row("batchNorm of no images, evaluation", {0, 2, 3, 3}, false, true),
      row("batchNorm of no channels", {3, 0}, true, true),
      row("batchNorm of images without channels", {3, 0, 2, 2}, true, true, true),
  };
}

TEST_CASE("batchNorm: a mean of 1e4 costs float32 no accuracy, in either layout") {
  const Tensor noise = randn({64, 37, 9, 11}, DType::float64);
  const Tensor x = to(add(noise, 1e4), DType::float32);
  const Tensor last = permute(contiguous(permute(x, {0, 2, 3, 1})), {0, 3, 1, 2});
  const Tensor exact = batch_norm(to(x, DType::float64), {}, {}, {}, {}, {.training = true});
  for (const Tensor& input : {x, last}) {
    const Tensor got = contiguous(to(batch_norm(input, {}, {}, {}, {}, {.training = true}), DType::float64));
    double worst = 0;
    for (int64_t i = 0; i < got.numel(); ++i)
      worst = std::max(worst, std::fabs(got.data_as<double>()[i] - exact.data_as<double>()[i]));
    CHECK(worst < 2e-5);
  }
}

TEST_CASE("batchNorm: layouts agree in forward and backward, whatever the number of threads") {
  const Tensor x = randn({8, 70, 7, 5}, DType::float32), seed = randn({8, 70, 7, 5}, DType::float32);
  const Tensor weight = randn({70}, DType::float32), bias = randn({70}, DType::float32);
  const auto run = [&](bool channels_last, int threads) {
    const int before = get_threads();
    set_threads(threads);
    Tensor input = x, w = clone(weight), b = clone(bias);
    if (channels_last) input = permute(contiguous(permute(x, {0, 2, 3, 1})), {0, 3, 1, 2});
    input = detach(input);
    for (const Tensor& leaf : {input, w, b}) leaf.set_requires_grad(true);
    const Tensor y = batch_norm(input, {}, {}, w, b, {.training = true});
    backward({y}, {seed}, false, false);
    set_threads(before);
    return Tensors{contiguous(detach(y)), contiguous(input.grad()), w.grad(), b.grad()};
  };
  const auto difference = [](const Tensors& a, const Tensors& b) {
    double worst = 0;
    for (size_t k = 0; k < a.size(); ++k)
      for (int64_t i = 0; i < a[k].numel(); ++i)
        worst = std::max(worst, std::fabs(double{a[k].data_as<float>()[i]} - b[k].data_as<float>()[i]));
    return worst;
  };
  CHECK(difference(run(false, 1), run(true, 1)) < 1e-4);
  CHECK(difference(run(false, 1), run(false, 3)) == 0);
  CHECK(difference(run(true, 1), run(true, 3)) == 0);
}

TEST_CASE("batchNorm: training moves the running statistics, evaluation does not") {
  const Tensor x = randn({5, 2, 3}, DType::float64);
  const Tensor mean_in = full({2}, 1, DType::float64), variance_in = full({2}, 2, DType::float64);
  batch_norm(x, mean_in, variance_in, {}, {}, {.training = false});
  CHECK(mean_in.version() == 0);
  batch_norm(x, mean_in, variance_in, {}, {}, {.training = true, .momentum = 0.25});
  for (int64_t c = 0; c < 2; ++c) {
    double center = 0, spread = 0;
    for (int64_t i = 0; i < 15; ++i) center += x.data_as<double>()[i / 3 * 6 + c * 3 + i % 3] / 15;
    for (int64_t i = 0; i < 15; ++i)
      spread += std::pow(x.data_as<double>()[i / 3 * 6 + c * 3 + i % 3] - center, 2) / 14;  // unbiased
    CHECK(mean_in.data_as<double>()[c] == doctest::Approx(0.75 + 0.25 * center).epsilon(1e-12));
    CHECK(variance_in.data_as<double>()[c] == doctest::Approx(1.5 + 0.25 * spread).epsilon(1e-12));
  }
  CHECK(mean_in.version() > 0);
}

}  // namespace tape::test
