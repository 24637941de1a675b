// Refusals of the mathematical and activation functions, and values no row of the table draws.
#include <cmath>

#include "helpers.h"

namespace tape::test {
namespace {

Tensor f32(const Dims& shape) { return full(shape, 1, DType::float32); }
Tensor i64(std::vector<double> values) {
  return make({static_cast<int64_t>(values.size())}, values, DType::int64);
}

}  // namespace

TEST_CASE("math: refusals") {
  CHECK(message_of([] { sin(full({2}, 1, DType::int64)); }) ==
        "[sin] needs a floating tensor, got int64 2, convert it with to('float32')");
  CHECK(message_of([] { isnan(full({2}, 1, DType::int64)); }) ==
        "[isnan] needs a floating tensor, got int64 2, convert it with to('float32')");
  CHECK(message_of([] {
          remainder(i64({1, 2}), i64({0, 1}));
        }) == "[remainder] division of int64 by zero, 1 of 2 divisors are 0");
  CHECK(message_of([] { floor_divide(i64({1}), 0); }) ==
        "[floorDivide] division of int64 by zero, 1 of 1 divisors are 0");
  CHECK(message_of([] { fmod(i64({1}), 0.5); }) ==
        "[fmod] the number 0.5 does not fit dtype int64, convert the tensor with to('float32')");
  CHECK(message_of([] { clamp(f32({2}), NAN, 1); }) == "[clamp] a bound is NaN");
  CHECK(message_of([] { clamp(f32({2}), Tensor(), Tensor()); }) == "[clamp] needs at least one bound");
  CHECK(message_of([] { lerp(f32({2}), f32({3}), 0.5); }) ==
        "[lerp] shapes 2 and 3 do not broadcast: sizes 2 and 3 differ at dimension 0");
  CHECK(message_of([] { logical_and(f32({2}), f32({2})); }) ==
        "[logicalAnd] needs bool tensors, got float32 2, compare it first");
  CHECK(message_of([] { masked_fill(f32({2}), f32({2}), 0); }) ==
        "[maskedFill] the mask must be bool, got float32, compare it first");
  CHECK(message_of([] {
          where(full({2}, 1, DType::boolean), i64({1, 2}), 0.5);
        }) == "[where] the number 0.5 does not fit dtype int64, convert the tensor with to('float32')");
  CHECK(message_of([] { softplus(f32({2}), 0); }) == "[softplus] beta must be positive, got 0");
  CHECK(message_of([] { hardtanh(f32({2}), 1, -1); }) == "[hardtanh] low must not exceed high, got 1 and -1");
  CHECK(message_of([] { gelu(i64({1})); }) ==
        "[gelu] needs a floating tensor, got int64 1, convert it with to('float32')");
}

TEST_CASE("math: integers divide as in Python, and the smallest one by -1 does not trap") {
  CHECK(values_of(remainder(i64({-7, 7, -7, 7}), i64({3, -3, -3, 3}))) == std::vector<double>{2, -2, -1, 1});
  CHECK(values_of(fmod(i64({-7, 7}), i64({3, -3}))) == std::vector<double>{-1, 1});
  CHECK(values_of(floor_divide(i64({-7, 7, -7}), i64({3, -3, -3}))) == std::vector<double>{-3, -3, 2});
  const Tensor least = full({1}, -9223372036854775808.0, DType::int64), minus = i64({-1});
  CHECK(values_of(remainder(least, minus))[0] == 0);
  CHECK(values_of(fmod(least, minus))[0] == 0);
  CHECK(values_of(floor_divide(least, minus))[0] == -9223372036854775808.0);
  CHECK(values_of(clamp(i64({-5, 0, 5}), -kNoBound, 3)) == std::vector<double>{-5, 0, 3});
}

TEST_CASE("math: float32 forms hold at the edges") {
  const double inf = INFINITY;
  const auto at = [](Tensor (*op)(const Tensor&), std::vector<double> x) {
    return values_of(op(make({static_cast<int64_t>(x.size())}, x, DType::float32)));
  };
  CHECK(at(erf, {0, inf, -inf, 10, -10}) == std::vector<double>{0, 1, -1, 1, -1});
  CHECK(std::isnan(at(erf, {NAN})[0]));
  CHECK(at(log_sigmoid, {-200, 200})[0] == -200);
  CHECK(at(mish, {-inf, inf})[1] == inf);
  CHECK(at(silu, {-100, 100}) == std::vector<double>{at(silu, {-100})[0], 100});
  CHECK(values_of(elu(make({2}, {200, -200}, DType::float32))) == std::vector<double>{200, -1});
  CHECK(values_of(softplus(make({2}, {200, -200}, DType::float32))) == std::vector<double>{200, 0});
  CHECK(values_of(gelu(make({2}, {30, -30}, DType::float32))) == std::vector<double>{30, 0});
  CHECK(values_of(round(make({4}, {0.5, 1.5, 2.5, -0.5}))) == std::vector<double>{0, 2, 2, 0});
  CHECK(std::isnan(values_of(clamp(make({1}, {NAN}), 0, 1))[0]));
  // Across the whole range: within a few units in the last place of the double result.
  for (double x = -6; x < 6; x += 0.0137) {
    const Tensor single = make({1}, {x}, DType::float32);
    const double exact = values_of(single)[0];
    CHECK(values_of(erf(single))[0] == doctest::Approx(std::erf(exact)).epsilon(3e-7));
    CHECK(values_of(softplus(single))[0] == doctest::Approx(std::log1p(std::exp(exact))).epsilon(1e-6));
    CHECK(values_of(elu(single))[0] == doctest::Approx(exact > 0 ? exact : std::expm1(exact)).epsilon(3e-7));
  }
}

}  // namespace tape::test
