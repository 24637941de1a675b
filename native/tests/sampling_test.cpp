// Random draws: what cannot be compared element by element must have the right shares, and repeat by seed.
#include <cmath>

#include "helpers.h"
#include "tape/random.h"

namespace tape::test {

TEST_CASE("sampling: randint covers its range evenly and repeats by seed") {
  manual_seed(3);
  const Tensor x = randint(-2, 3, {10000}, DType::int64);
  int64_t counts[5] = {};
  for (double value : values_of(x)) {
    REQUIRE(value >= -2);
    REQUIRE(value < 3);
    ++counts[static_cast<int>(value) + 2];
  }
  for (int64_t count : counts) CHECK(std::abs(count - 2000) < 200);
  manual_seed(3);
  CHECK(values_of(randint(-2, 3, {10000}, DType::int64)) == values_of(x));
  CHECK(values_of(randint(-2, 3, {10000}, DType::int64)) != values_of(x));
  CHECK(randint(0, 2, {3}, DType::float32).dtype() == DType::float32);
}

TEST_CASE("sampling: bernoulli keeps each probability") {
  manual_seed(4);
  const Tensor p = expand(make({3, 1}, {0, 0.25, 1}, DType::float32), {3, 10000});
  const auto shares = values_of(mean(bernoulli(p), {1}));
  CHECK(shares[0] == 0);
  CHECK(shares[1] == doctest::Approx(0.25).epsilon(0.05));
  CHECK(shares[2] == 1);
}

TEST_CASE("sampling: multinomial draws by weight") {
  manual_seed(5);
  const Tensor weights = make({2, 3}, {1, 0, 3, 2, 2, 0}, DType::float32);
  const Tensor drawn = multinomial(weights, 8000, true);
  CHECK(to_string(drawn.shape()) == "2x8000");
  CHECK(drawn.dtype() == DType::int64);
  const auto shares = values_of(mean(to(one_hot(drawn, 3), DType::float64), {1}));
  CHECK(shares[0] == doctest::Approx(0.25).epsilon(0.05));
  CHECK(shares[1] == 0);
  CHECK(shares[3] == doctest::Approx(0.5).epsilon(0.05));
  CHECK(shares[5] == 0);
  // Without replacement every position comes once.
  for (int i = 0; i < 20; ++i)
    CHECK(values_of(sum(one_hot(multinomial(make({4}, {1, 5, 1, 2}), 4, false), 4), {0})) ==
          std::vector<double>{1, 1, 1, 1});
}

TEST_CASE("sampling: refusals") {
  const auto f64 = [](std::vector<double> values) {
    return make({static_cast<int64_t>(values.size())}, values);
  };
  CHECK(message_of([] { randint(3, 3, {2}, DType::int64); }) ==
        "[randint] low must be below high, got 3 and 3");
  CHECK(message_of([&] {
          bernoulli(f64({0.5, 1.5, NAN}));
        }) == "[bernoulli] probabilities must be between 0 and 1, 2 of 3 are not");
  CHECK(message_of([&] {
          multinomial(f64({0.5, -1}), 1, true);
        }) == "[multinomial] weights must be finite and not negative, got -1 at 1 of row 0");
  CHECK(message_of([&] {
          multinomial(f64({0, 0}), 1, true);
        }) == "[multinomial] the weights of row 0 add up to 0");
  CHECK(message_of([&] {
          multinomial(f64({1, 0}), 2, false);
        }) ==
        "[multinomial] cannot draw 2 different positions, row 0 has 1 of positive weight, pass replacement");
  CHECK(message_of([&] {
          multinomial(f64({1, 0}), 0, false);
        }) == "[multinomial] needs to draw at least one position, got 0");
  CHECK(message_of([&] {
          multinomial(full({1, 1, 1}, 1, DType::float32), 1, false);
        }) == "[multinomial] weights must be [n] or [rows, n], got 1x1x1");
}

}  // namespace tape::test
