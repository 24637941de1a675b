// The GPU's fused attention, compiled for the processor, in sizes that fill its tiles.
#include <cmath>
#include <limits>

#include "doctest/doctest.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/random.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

struct Case {
  int64_t batch, heads, queries, keys, width, value_width;
  AttentionOptions options;
};

/// Output and gradients on `device`; numbers are drawn so that `exact` holds them.
std::vector<std::vector<double>> run(const Case& c, DType dtype, DType exact, Device device) {
  manual_seed(5);
  const auto draw = [&](int64_t steps, int64_t width) {
    // In the layout of a projection: [B, T, heads, width].
    Tensor x = to(to(to(randn({c.batch, steps, c.heads, width}, DType::float64), exact), dtype), device);
    x.set_requires_grad(true);
    return x;
  };
  const Tensor q = draw(c.queries, c.width), k = draw(c.keys, c.width), v = draw(c.keys, c.value_width);
  const Tensor direction =
      to(to(to(randn({c.batch, c.heads, c.queries, c.value_width}, DType::float64), exact), dtype), device);
  AttentionOptions options = c.options;
  if (options.mask.defined()) options.mask = to(options.mask, device);
  const Tensor out =
      scaled_dot_product_attention(transpose(q, 1, 2), transpose(k, 1, 2), transpose(v, 1, 2), options);
  std::vector<std::vector<double>> all{values_of(out)};
  for (const Tensor& gradient : grad({out}, {q, k, v}, {direction}, false, false, false))
    all.push_back(values_of(gradient));
  return all;
}

void check(const std::vector<std::vector<double>>& got, const std::vector<std::vector<double>>& expected,
           double tolerance) {
  REQUIRE(got.size() == expected.size());
  for (size_t part = 0; part < got.size(); ++part) {
    CAPTURE(part);
    REQUIRE(got[part].size() == expected[part].size());
    for (size_t i = 0; i < got[part].size(); ++i) {
      CAPTURE(i);
      REQUIRE(std::fabs(got[part][i] - expected[part][i]) <= tolerance * (1 + std::fabs(expected[part][i])));
    }
  }
}

std::vector<Case> cases() {
  AttentionOptions plain, causal, ragged, masked, added, dropped;
  causal.causal = true;
  ragged.causal = true;
  ragged.key_lengths = make({3}, {70, 1, 0}, DType::int64);
  masked.mask = compare(CompareOp::gt, randn({2, 1, 20, 70}, DType::float32), 0);
  dropped.dropout = 0.3;
  dropped.causal = true;
  return {{1, 2, 100, 100, 16, 16, plain}, {2, 1, 70, 70, 32, 32, causal}, {3, 2, 70, 70, 20, 12, ragged},
          {2, 2, 20, 70, 24, 40, masked},  {1, 2, 40, 41, 8, 8, dropped},  {1, 1, 1, 200, 64, 64, plain},
          {1, 1, 50, 34, 128, 100, causal}};
}

}  // namespace

TEST_CASE("device: fused attention and its gradients are the processor's, whatever fills the tiles") {
  FakeDevice device(gpu_kernels());
  for (const Case& c : cases()) {
    CAPTURE(c.queries);
    CAPTURE(c.width);
    const auto exact = run(c, DType::float64, DType::float64, Device::cpu);
    check(run(c, DType::float64, DType::float64, Device::cuda), exact, 1e-11);
    check(run(c, DType::float32, DType::float64, Device::cuda), exact, 2e-5);
    const auto low = run(c, DType::bfloat16, DType::bfloat16, Device::cuda);
    check(low, run(c, DType::float64, DType::bfloat16, Device::cpu), 0.02);
    CHECK(low == run(c, DType::bfloat16, DType::bfloat16, Device::cuda));
  }
  CHECK(device.misuse() == "");
}

TEST_CASE("device: attention with heads too wide for its tiles is composed") {
  FakeDevice device(gpu_kernels());
  const Case wide{1, 2, 5, 6, 130, 4, {}};
  check(run(wide, DType::float32, DType::float64, Device::cuda),
        run(wide, DType::float64, DType::float64, Device::cpu), 2e-5);
  check(run(wide, DType::bfloat16, DType::bfloat16, Device::cuda),
        run(wide, DType::float64, DType::bfloat16, Device::cpu), 0.03);
}

TEST_CASE("device: attention does not read behind a sequence's end, and adds what a mask adds") {
  FakeDevice device(gpu_kernels());
  manual_seed(2);
  const Tensor x = randn({1, 2, 20, 16}, DType::float32);
  Tensor padded = full({1, 2, 33, 16}, std::numeric_limits<double>::quiet_NaN(), DType::float32);
  copy_(narrow(padded, 2, 0, 20), x);
  AttentionOptions ends, biased;
  ends.key_lengths = make({1}, {20}, DType::int64);
  const Tensor there = to(x, Device::cuda), far = to(padded, Device::cuda);
  CHECK(values_of(scaled_dot_product_attention(there, far, far, ends)) ==
        values_of(scaled_dot_product_attention(there, there, there, {})));
  const Tensor mask = randn({20, 20}, DType::float32);
  fill_(narrow(mask, 0, 3, 1), -std::numeric_limits<double>::infinity());
  biased.mask = mask;
  const Tensor expected = scaled_dot_product_attention(x, x, x, biased);
  biased.mask = to(mask, Device::cuda);
  check({values_of(scaled_dot_product_attention(there, there, there, biased))}, {values_of(expected)}, 1e-5);
  const Tensor low = to(to(x, DType::bfloat16), Device::cuda);
  biased.mask = to(to(mask, DType::bfloat16), Device::cuda);
  check({values_of(scaled_dot_product_attention(low, low, low, biased))}, {values_of(expected)}, 0.03);
}

}  // namespace tape::test
#endif
