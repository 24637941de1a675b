// What losses and lookups refuse, and the corners where they must not lose digits.
#include <cmath>

#include "errors/refusal.h"

namespace tape::test {
namespace {

Tensor f32(const Dims& shape) { return full(shape, 1, DType::float32); }
Tensor i64(const Dims& shape, double value = 0) { return full(shape, value, DType::int64); }
ClassLossOptions with_weight(const Tensor& weight) { return {Reduction::mean, weight, -100, 0}; }

const Refusal refusals[] = {
    {[] {
       cross_entropy(f32({2, 10}), i64({2}, 10), Reduction::mean);
     },
     "[crossEntropy] label 10 at row 0 is outside 0..9 (logits 2x10)"},
    {[] {
       cross_entropy(f32({2, 10}), i64({2}, -1), Reduction::mean);
     },
     "[crossEntropy] label -1 at row 0 is outside 0..9 (logits 2x10)"},
    {[] {
       cross_entropy(f32({2, 10}), f32({2}), Reduction::mean);
     },
     "[crossEntropy] target must be int64 class numbers, got float32, convert it with to('int64')"},
    {[] {
       cross_entropy(f32({2, 10}), i64({3}), Reduction::mean);
     },
     "[crossEntropy] target must have one class for each of the 2 rows, got 3 (logits 2x10)"},
    {[] {
       cross_entropy(f32({2, 10, 5}), i64({2, 4}), Reduction::mean);
     },
     "[crossEntropy] target must have shape 2x5, got 2x4 (logits 2x10x5)"},
    {[] { cross_entropy(f32({}), i64({}), Reduction::mean); },
     "[crossEntropy] logits must be [classes], [batch, classes] or [batch, classes, ..], got scalar"},
    {[] {
       cross_entropy(f32({2, 3}), i64({2}), {Reduction::mean, {}, -100, 1.5});
     },
     "[crossEntropy] labelSmoothing must be between 0 and 1, got 1.5"},
    {[] {
       cross_entropy(f32({2, 3}), i64({2}), with_weight(f32({4})));
     },
     "[crossEntropy] weight must have one element for each of the 3 classes, got 4"},
    {[] {
       const Tensor weight = f32({3});
       weight.set_requires_grad(true);
       cross_entropy(f32({2, 3}), i64({2}), with_weight(weight));
     },
     "[crossEntropy] weight has no gradient, detach() it"},
    {[] {
       nll_loss(f32({2, 3}), i64({2}, 7), with_weight({}));
     },
     "[nllLoss] label 7 at row 0 is outside 0..2 (logits 2x3)"},
    {[] { mse_loss(f32({2}), f32({3}), Reduction::mean); },
     "[mseLoss] input and target differ in shape: 2 and 3"},
    {[] { l1_loss(f32({2}), full({2}, 1, DType::float64), Reduction::mean); },
     "[l1Loss] dtypes differ: float32 and float64, convert one with to()"},
    {[] { huber_loss(f32({2}), f32({2}), Reduction::mean, 0); }, "[huberLoss] delta must be above 0, got 0"},
    {[] { smooth_l1_loss(f32({2}), f32({2}), Reduction::mean, -1); },
     "[smoothL1Loss] beta must not be negative, got -1"},
    {[] {
       bce_with_logits(f32({2, 3}), f32({2, 3}), {}, f32({2}), Reduction::mean);
     },
     "[bceWithLogits] posWeight 2 does not broadcast to logits 2x3"},
    {[] {
       bce_with_logits(f32({2, 3}), i64({2, 3}), {}, {}, Reduction::mean);
     },
     "[bceWithLogits] dtypes differ: float32 and int64, convert one with to()"},
    {[] { cosine_similarity(f32({}), f32({}), 0, 1e-8); }, "[cosineSimilarity] scalars have no direction"},
    {[] {
       embedding(i64({2, 3}, 70), f32({64, 8}));
     },
     "[embedding] index 70 at position [0, 0] is outside 0..63, the table has 64 rows (weight 64x8)"},
    {[] {
       embedding(f32({2}), f32({64, 8}));
     },
     "[embedding] index must be int64 numbers, got float32, convert it with to('int64')"},
    {[] { embedding(i64({2}), f32({64})); }, "[embedding] weight must be [vocabulary, width], got 64"},
    {[] {
       embedding(i64({2}), f32({64, 8}), 64);
     },
     "[embedding] paddingIndex 64 is outside the table of 64 rows (weight 64x8)"},
};

}  // namespace

TEST_CASE("errors: losses and lookups") { check_refusals(refusals); }

TEST_CASE("loss: a mean over nothing is NaN, a sum over nothing 0") {
  const ClassLossOptions mean{Reduction::mean, {}, 1, 0}, sum{Reduction::sum, {}, 1, 0};
  Tensor logits = f32({2, 3});
  logits.set_requires_grad(true);
  CHECK(std::isnan(values_of(cross_entropy(logits, i64({2}, 1), mean))[0]));
  const Tensor nothing = cross_entropy(logits, i64({2}, 1), sum);
  CHECK(values_of(nothing)[0] == 0);
  backward({nothing}, {}, false, false);
  CHECK(values_of(logits.grad()) == std::vector<double>(6, 0.0));
  CHECK(std::isnan(values_of(mse_loss(f32({0}), f32({0}), Reduction::mean))[0]));
  CHECK(values_of(mse_loss(f32({0}), f32({0}), Reduction::sum))[0] == 0);
}

TEST_CASE("loss: logits far out cost neither digits nor overflow") {
  const Tensor far = make({2, 2}, {1000, -1000, -1000, 1000}, DType::float32);
  CHECK(values_of(cross_entropy(far, make({2}, {0, 0}, DType::int64), Reduction::none)) ==
        std::vector<double>{0, 2000});
  const Tensor x = make({4}, {-200, 200, -1e-4, 20}, DType::float32),
               t = make({4}, {1, 1, 0, 1}, DType::float32);
  const auto losses = values_of(bce_with_logits(x, t, {}, {}, Reduction::none));
  CHECK(losses[0] == 200);
  CHECK(losses[1] == 0);
  CHECK(losses[2] == doctest::Approx(0.693097181).epsilon(1e-7));
  CHECK(losses[3] == doctest::Approx(2.06115362e-9).epsilon(1e-5));
}

TEST_CASE("loss: many rows and elements, float32 against float64") {
  const Tensor x = randn({3000, 17}, DType::float64), t = randn({3000, 17}, DType::float64);
  const Tensor labels = empty({3000}, DType::int64);
  for (int64_t i = 0; i < 3000; ++i) labels.data_as<int64_t>()[i] = i * 7 % 17;
  const auto both = [&](const std::function<Tensor(const Tensor&, const Tensor&)>& loss) {
    std::vector<double> all[2];
    for (const DType dtype : {DType::float32, DType::float64}) {
      Tensor input = clone(to(x, dtype));
      input.set_requires_grad(true);
      const Tensor out = loss(input, to(t, dtype));
      backward({out}, {}, false, false);
      std::vector<double>& got = all[dtype == DType::float64];
      got = values_of(input.grad());
      got.push_back(values_of(out)[0]);
    }
    for (size_t i = 0; i < all[0].size(); ++i)
      REQUIRE(std::fabs(all[0][i] - all[1][i]) <= 1e-6 * (1 + std::fabs(all[1][i])));
  };
  both([&](const Tensor& a, const Tensor&) {
    return cross_entropy(a, labels, {Reduction::mean, {}, 3, 0.1});
  });
  both([](const Tensor& a, const Tensor& b) { return mse_loss(a, b, Reduction::mean); });
  both([](const Tensor& a, const Tensor& b) {
    return bce_with_logits(a, sigmoid(b), {}, {}, Reduction::mean);
  });
}

TEST_CASE("embedding: the padding row gets no gradient, repeated rows add up in the batch's order") {
  Tensor weight = randn({50, 40}, DType::float32);
  weight.set_requires_grad(true);
  Tensor index = empty({40, 60}, DType::int64);
  for (int64_t i = 0; i < index.numel(); ++i) index.data_as<int64_t>()[i] = i * i % 49;
  const auto gradient = [&](std::optional<int64_t> padding) {
    weight.set_grad(Tensor());
    backward({sum(square(embedding(index, weight, padding)))}, {}, false, false);
    return values_of(weight.grad());
  };
  const auto plain = gradient({}), padded = gradient(-50);
  CHECK(plain == gradient({}));
  std::vector<double> counts(50, 0.0);
  for (int64_t i = 0; i < index.numel(); ++i) counts[static_cast<size_t>(index.data_as<int64_t>()[i])] += 1;
  const auto values = values_of(weight);
  for (size_t i = 0; i < plain.size(); ++i) {
    const double expected = counts[i / 40] * 2 * values[i];
    REQUIRE(std::fabs(plain[i] - expected) <= 1e-4 * (1 + std::fabs(expected)));
    REQUIRE(padded[i] == (i < 40 ? 0 : plain[i]));
  }
}

TEST_CASE("embedding: with a padding row, twice") {
  Tensor weight = variable({3, 1}, {1, 2, 3});
  const Tensor index = make({3}, {0, 2, 2}, DType::int64);
  const Tensor cubed = sum(pow(embedding(index, weight, 0), 3));
  const Tensor first = grad({cubed}, {weight}, {}, true, true, false)[0];
  CHECK(values_of(first) == std::vector<double>{0, 0, 54});
  CHECK(values_of(grad({sum(first)}, {weight}, {}, false, false, false)[0]) == std::vector<double>{0, 0, 36});
}

}  // namespace tape::test
