// What normalisation refuses, and how accurate it is where that is hard.
#include <cmath>

#include "errors/refusal.h"

namespace tape::test {
namespace {

Tensor f32(const Dims& shape) { return full(shape, 1, DType::float32); }

const Refusal refusals[] = {
    {[] {
       layer_norm(f32({2, 3, 4}), {5}, {}, {}, 1e-5);
     },
     "[layerNorm] normalizedShape 5 must be the last dimensions of the input, got input 2x3x4"},
    {[] {
       layer_norm(f32({4}), {3, 4}, {}, {}, 1e-5);
     },
     "[layerNorm] normalizedShape 3x4 must be the last dimensions of the input, got input 4"},
    {[] {
       layer_norm(f32({2, 4}), {4}, f32({3}), {}, 1e-5);
     },
     "[layerNorm] weight must have shape 4, got 3 (input 2x4)"},
    {[] {
       layer_norm(f32({2, 4}), {4}, {}, f32({1, 4}), 1e-5);
     },
     "[layerNorm] bias must have shape 4, got 1x4 (input 2x4)"},
    {[] {
       layer_norm(f32({2, 4}), {4}, {}, {}, -1);
     },
     "[layerNorm] eps must not be negative, got -1"},
    {[] {
       layer_norm(full({2, 4}, 1, DType::int64), {4}, {}, {}, 1e-5);
     },
     "[layerNorm] needs a floating tensor, got int64 2x4, convert it with to('float32')"},
    {[] {
       rms_norm(f32({2, 4}), {4}, full({4}, 1, DType::float64), 1e-6);
     },
     "[rmsNorm] dtypes differ: float32 and float64, convert one with to()"},
    {[] {
       group_norm(f32({2, 6, 5}), 4, {}, {}, 1e-5);
     },
     "[groupNorm] 6 channels cannot be cut into 4 groups (input 2x6x5)"},
    {[] { group_norm(f32({6}), 2, {}, {}, 1e-5); },
     "[groupNorm] needs a batch of channels [B, C, ..], got 6"},
    {[] {
       group_norm(f32({2, 6}), 2, f32({2}), {}, 1e-5);
     },
     "[groupNorm] weight must have shape 6, got 2 (input 2x6)"},
};

/// Numbers around `mean` with a deviation near 1, as float32 holds them.
Tensor around(double mean, const Dims& shape) {
  Tensor x = empty(shape, DType::float32);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.data_as<float>()[i] = static_cast<float>(mean + std::sin(static_cast<double>(i) * 0.7) * 1.4);
  return x;
}

}  // namespace

TEST_CASE("errors: normalisation") { check_refusals(refusals); }

TEST_CASE("norm: a mean far above the deviation costs float32 no digits") {
  const Tensor x = around(10000, {3, 4000});
  const auto got = values_of(layer_norm(x, {4000}, {}, {}, 1e-5));
  const auto expected = values_of(layer_norm(to(x, DType::float64), {4000}, {}, {}, 1e-5));
  for (size_t i = 0; i < got.size(); ++i) REQUIRE(std::fabs(got[i] - expected[i]) < 1e-6);
  const Tensor image = reshape(x, {1, 4, 3000});
  const auto grouped = values_of(group_norm(image, 2, {}, {}, 1e-5));
  const auto grouped_expected = values_of(group_norm(to(image, DType::float64), 2, {}, {}, 1e-5));
  for (size_t i = 0; i < grouped.size(); ++i) REQUIRE(std::fabs(grouped[i] - grouped_expected[i]) < 1e-6);
}

TEST_CASE("norm: large batches, several threads: gradients agree with float64 and repeat bit by bit") {
  const auto gradients = [](DType dtype) {
    Tensor x = to(around(0.5, {3000, 24}), dtype), w = to(around(1, {24}), dtype),
           b = to(around(0, {24}), dtype);
    for (Tensor* t : {&x, &w, &b}) t->set_requires_grad(true);
    const Tensor out = layer_norm(x, {24}, w, b, 1e-5);
    backward({out}, {to(around(0.2, {3000, 24}), dtype)}, false, false);
    std::vector<double> all = values_of(x.grad());
    for (const Tensor* t : {&w, &b})
      for (double value : values_of(t->grad())) all.push_back(value);
    return all;
  };
  const auto first = gradients(DType::float32), exact = gradients(DType::float64);
  CHECK(first == gradients(DType::float32));
  for (size_t i = 0; i < first.size(); ++i)
    REQUIRE(std::fabs(first[i] - exact[i]) < 1e-5 * (1 + std::fabs(exact[i])));
}

TEST_CASE("norm: channels-last images stay so and come out the same") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    const double tolerance = dtype == DType::float32 ? 1e-5 : 1e-12;
    Tensor plain = to(around(3, {3, 6, 9, 10}), dtype), weight = to(around(1, {6}), dtype),
           bias = to(around(0, {6}), dtype);
    Tensor last = contiguous(permute(plain, {0, 2, 3, 1}));
    const Tensor direction = to(around(0.1, {3, 6, 9, 10}), dtype);
    const auto run = [&](Tensor& leaf, const Tensor& image) {
      std::vector<std::vector<double>> all;
      const Tensor out = group_norm(image, 3, weight, bias, 1e-5);
      all.push_back(values_of(out));
      CHECK(out.strides() == image.strides());
      for (const Tensor& g : grad({out}, {leaf, weight, bias}, {direction}, false, false, false))
        all.push_back(
            values_of(leaf.shape() == g.shape() && leaf.size(1) == 9 ? permute(g, {0, 3, 1, 2}) : g));
      return all;
    };
    for (Tensor* t : {&plain, &last, &weight, &bias}) t->set_requires_grad(true);
    const auto expected = run(plain, plain), got = run(last, permute(last, {0, 3, 1, 2}));
    for (size_t part = 0; part < got.size(); ++part)
      for (size_t i = 0; i < got[part].size(); ++i)
        REQUIRE(std::fabs(got[part][i] - expected[part][i]) <=
                tolerance * (1 + std::fabs(expected[part][i])));
  }
}

TEST_CASE("norm: a NaN stays in its row") {
  Tensor x = around(0, {2, 8});
  x.data_as<float>()[3] = NAN;
  const auto y = values_of(layer_norm(x, {8}, {}, {}, 1e-5));
  CHECK(std::isnan(y[0]));
  CHECK_FALSE(std::isnan(y[8]));
}

}  // namespace tape::test
