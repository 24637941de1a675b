// Looking at tensors while a network trains, against plain loops.
#include "tape/watch.h"

#include <cmath>
#include <limits>

#include "helpers.h"

namespace tape::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Sample {
  std::vector<float> values;
  SampleStatistics statistics;
};

Sample look(const std::vector<Tensor>& tensors, int64_t distance, double low = -kInfinity,
            double high = kInfinity) {
  int64_t length = 0;
  for (const Tensor& x : tensors) length += sample_length(x.numel(), distance);
  Sample sample{std::vector<float>(static_cast<size_t>(length)), {}};
  sample.statistics = sample_statistics(tensors, distance, false, low, high, sample.values.data(), length);
  return sample;
}

/// What sample_statistics says of `values`, worked out one by one.
void check_statistics(const SampleStatistics& s, const std::vector<float>& values, double low, double high) {
  int64_t count = 0, zeros = 0, beyond = 0;
  double sum = 0, squares = 0, least = kInfinity, most = -kInfinity;
  for (const float x : values) {
    const double v = static_cast<double>(x);
    beyond += v < low || v > high;
    if (!std::isfinite(v)) continue;
    ++count;
    zeros += v == 0;
    sum += v;
    squares += v * v;
    least = std::min(least, v);
    most = std::max(most, v);
  }
  CHECK(s.count == count);
  CHECK(s.not_finite == static_cast<int64_t>(values.size()) - count);
  CHECK(s.zeros == zeros);
  CHECK(s.beyond == beyond);
  CHECK(s.sum == doctest::Approx(sum).epsilon(1e-12));
  CHECK(s.sum_of_squares == doctest::Approx(squares).epsilon(1e-12));
  CHECK(s.min == least);
  CHECK(s.max == most);
}

/// Normal values with zeros, NaN and both infinities strewn in.
Tensor messy(const Dims& shape) {
  const Tensor x = randn(shape, DType::float32);
  float* data = x.data_as<float>();
  for (int64_t i = 0; i < x.numel(); i += 7) data[i] = 0;
  for (int64_t i = 3; i < x.numel(); i += 101) data[i] = NAN;
  for (int64_t i = 4; i < x.numel(); i += 103) data[i] = i % 2 ? INFINITY : -INFINITY;
  return x;
}

}  // namespace

TEST_CASE("watch: statistics of a sample are those of its values one by one") {
  for (const int64_t numel : {1, 15, 16, 17, 4095, 4097, 9001})
    for (const int64_t distance : {1, 3, 50}) {
      CAPTURE(numel);
      CAPTURE(distance);
      const Tensor a = messy({numel}), b = messy({5});
      const Sample sample = look({a, b}, distance, -0.5, 1);
      std::vector<float> expected;
      for (const Tensor& x : {a, b}) {
        const bool whole = x.numel() < distance;
        for (int64_t i = 0; i < sample_length(x.numel(), distance); ++i)
          expected.push_back(x.data_as<float>()[whole ? i : i * distance]);
      }
      REQUIRE(sample.values.size() == expected.size());
      for (size_t i = 0; i < expected.size(); ++i)
        CHECK((sample.values[i] == expected[i] || (std::isnan(sample.values[i]) && std::isnan(expected[i]))));
      check_statistics(sample.statistics, expected, -0.5, 1);
    }
}

TEST_CASE("watch: nothing finite, and nothing at all") {
  const Sample none = look({empty({0}), empty({3, 0})}, 4);
  check_statistics(none.statistics, {}, 0, 0);
  const Sample bad = look({make({2}, {NAN, INFINITY}, DType::float32)}, 1, -1, 1);
  check_statistics(bad.statistics, bad.values, -1, 1);
  CHECK(bad.statistics.min == kInfinity);
}

TEST_CASE("watch: the difference is to what the sample held") {
  const Tensor a = randn({70, 9}, DType::float32), b = randn({2}, DType::float32);
  Sample sample = look({a, b}, 4);
  const std::vector<float> before = sample.values;
  const auto room = static_cast<int64_t>(before.size());
  binary_(BinaryOp::mul, a, full({}, 1.5, DType::float32));
  const SampleStatistics s =
      sample_statistics({a, b}, 4, true, -kInfinity, kInfinity, sample.values.data(), room);
  const std::vector<float> after = look({a, b}, 4).values;
  for (size_t i = 0; i < before.size(); ++i) CHECK(sample.values[i] == after[i] - before[i]);
  check_statistics(s, sample.values, -kInfinity, kInfinity);
}

TEST_CASE("watch: values are taken as they lie in memory, of any dtype and layout, recorded or not") {
  const Tensor x = randn({3, 4, 5}, DType::float32);
  CHECK(look({permute(x, {2, 0, 1})}, 3).values == look({x}, 3).values);
  // Not dense: as it would lie without the gaps.
  const Tensor part = narrow(x, 2, 1, 3);
  CHECK(look({part}, 2).values == look({contiguous(part)}, 2).values);
  for (const DType dtype : {DType::float64, DType::bfloat16, DType::float16, DType::int64, DType::boolean})
    CHECK(look({to(x, dtype)}, 1).values == look({to(to(x, dtype), DType::float32)}, 1).values);
  const Tensor leaf = variable({2}, {1, 2}, DType::float32);
  CHECK(look({mul(leaf, leaf)}, 1).values == std::vector<float>{1, 4});
}

TEST_CASE("watch: a histogram counts every finite value once") {
  const Tensor x = messy({5000});
  std::vector<float> values(x.data_as<float>(), x.data_as<float>() + x.numel());
  values.insert(values.end(), {-1.0f, 2.0f});  // the range's ends belong to it
  const int64_t bins = 7;
  std::vector<uint32_t> counts(bins + 2, 99), expected(bins + 2, 0);
  histogram(values.data(), static_cast<int64_t>(values.size()), -1, 2, counts.data(), bins);
  for (const float value : values) {
    const double v = static_cast<double>(value);
    if (!std::isfinite(v)) continue;
    size_t at = v < -1 ? 0 : v > 2 ? bins + 1 : 1 + static_cast<size_t>((v + 1) * (bins / 3.0));
    if (v == 2) at = bins;
    ++expected[at];
  }
  CHECK(counts == expected);
}

TEST_CASE("watch: units that gave nothing are counted until they give something") {
  const int64_t units = 70;
  for (const bool last : {true, false}) {
    CAPTURE(last);
    std::vector<uint16_t> silent(units, 0);
    // Unit u gives something once, in its own place; every third never does.
    const Tensor rows = full({90, units}, 0, DType::float32);
    for (int64_t u = 0; u < units; ++u)
      if (u % 3 != 0) rows.data_as<float>()[(u * 89 / units) * units + u] = u % 2 ? NAN : 1e-30f;
    const Tensor spread = reshape(rows, {9, 10, units});
    const Tensor x = last ? spread : contiguous(transpose(spread, 1, 2));
    const int64_t dim = last ? -1 : 1;
    CHECK(silent_units(x, dim, 1, silent.data(), units) == 24);
    CHECK(silent_units(x, dim, 3, silent.data(), units) == 0);
    CHECK(silent_units(x, dim, 3, silent.data(), units) == 24);
    CHECK(silent[0] == 3);
    CHECK(silent[1] == 0);
    CHECK(silent_units(full(x.shape(), 1, DType::float32), dim, 1, silent.data(), units) == 0);
    CHECK(silent[0] == 0);
  }
}

TEST_CASE("watch: silence does not wrap around, and a lone unit has no rank") {
  uint16_t silent = 65534;
  CHECK(silent_units(full({}, 0, DType::float32), 0, 5, &silent, 1) == 1);
  CHECK(silent_units(full({3, 1}, 0, DType::float32), 1, 5, &silent, 1) == 1);
  CHECK(silent == 65535);
}

TEST_CASE("watch: what is refused") {
  float value = 0;
  const auto zeros = [](const Dims& shape) { return full(shape, 0, DType::float32); };
  uint16_t silent[2] = {};
  uint32_t counts[3];
  const auto sample = [&](const Tensor& x, int64_t distance, double low, int64_t room) {
    return message_of([&] { sample_statistics({x}, distance, false, low, 1, &value, room); });
  };
  CHECK(sample(zeros({1}), 0, 0, 1) == "[sampleStatistics] distance must be positive, got 0");
  CHECK(sample(zeros({1}), 1, NAN, 1) == "[sampleStatistics] the bounds must be numbers, got nan and 1");
  CHECK(sample(zeros({4}), 2, 0, 1) ==
        "[sampleStatistics] the sample of these tensors has 2 values, the array holds 1");
  CHECK(message_of([&] {
          silent_units(zeros({2, 3}), 1, 1, silent, 2);
        }) == "[silentUnits] there are 3 units along dimension 1 of 2x3, the array holds 2");
  const auto bins = [&](double low, double high, int64_t count) {
    return message_of([&] { histogram(&value, 1, low, high, counts, count); });
  };
  CHECK(bins(0, 1, 0) == "[histogram] needs at least one bin, got 0");
  CHECK(bins(1, 1, 1) == "[histogram] the range must be of finite width above 0, got 1 to 1");
  CHECK(bins(0, NAN, 1) == "[histogram] the range must be of finite width above 0, got 0 to nan");
}

}  // namespace tape::test
