// Attention in sizes that fill blocks and threads, against the same made of other ops.
#include <cmath>
#include <limits>
#include <set>

#include "errors/refusal.h"
#include "tape/random.h"

namespace tape::test {
namespace {

struct Case {
  int64_t batch, heads, queries, keys, width, value_width;
  AttentionOptions options;
};

Tensor lengths_of(const std::vector<double>& lengths) {
  return make({static_cast<int64_t>(lengths.size())}, lengths, DType::int64);
}

/// Output and gradients; `composed` goes through createGraph, whose backward is made of other ops. Numbers
/// are drawn so that `exact` holds them without rounding.
std::vector<std::vector<double>> run(const Case& c, DType dtype, bool composed,
                                     DType exact = DType::float64) {
  manual_seed(5);
  const auto draw = [&](int64_t steps, int64_t width) {
    // In the layout of a projection: [B, T, heads, width].
    Tensor x = to(to(randn({c.batch, steps, c.heads, width}, DType::float64), exact), dtype);
    x.set_requires_grad(true);
    return x;
  };
  const Tensor q = draw(c.queries, c.width), k = draw(c.keys, c.width), v = draw(c.keys, c.value_width);
  const Tensor direction =
      to(to(randn({c.batch, c.heads, c.queries, c.value_width}, DType::float64), exact), dtype);
  const Tensor out =
      scaled_dot_product_attention(transpose(q, 1, 2), transpose(k, 1, 2), transpose(v, 1, 2), c.options);
  std::vector<std::vector<double>> all{values_of(out)};
  for (const Tensor& gradient : grad({out}, {q, k, v}, {direction}, false, composed, false))
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
  AttentionOptions plain, causal, ragged, masked, dropped;
  causal.causal = true;
  ragged.key_lengths = lengths_of({100, 1, 37});
  ragged.causal = true;
  masked.mask = compare(CompareOp::gt, randn({2, 1, 50, 70}, DType::float32), 0);
  dropped.dropout = 0.3;
  dropped.causal = true;
  return {
      {2, 3, 100, 100, 16, 16, plain}, {2, 2, 130, 130, 32, 32, causal}, {3, 2, 100, 100, 20, 12, ragged},
      {2, 3, 50, 70, 24, 40, masked},  {1, 2, 60, 61, 8, 8, dropped},    {1, 1, 1, 300, 64, 64, plain},
  };
}

Tensor f32(const Dims& shape) { return full(shape, 1, DType::float32); }

const Tensor& plain_heads() {
  static const Tensor x = full({2, 4, 5, 8}, 1, DType::float32);
  return x;
}

Tensor attend(const AttentionOptions& options) {
  return scaled_dot_product_attention(plain_heads(), plain_heads(), plain_heads(), options);
}

const Refusal refusals[] = {
    {[] {
       scaled_dot_product_attention(f32({4, 5, 8}), f32({4, 5, 8}), f32({4, 5, 8}), {});
     },
     "[scaledDotProductAttention] needs [batch, heads, steps, width], got query 4x5x8, key 4x5x8, value "
     "4x5x8"},
    {[] {
       scaled_dot_product_attention(f32({2, 4, 5, 8}), f32({2, 3, 5, 8}), f32({2, 3, 5, 8}), {});
     },
     "[scaledDotProductAttention] batch and heads differ: query 2x4x5x8, key 2x3x5x8, value 2x3x5x8"},
    {[] {
       scaled_dot_product_attention(f32({2, 4, 5, 8}), f32({2, 4, 5, 6}), f32({2, 4, 5, 8}), {});
     },
     "[scaledDotProductAttention] query and key must have the same width, got 8 and 6 (query 2x4x5x8, key "
     "2x4x5x6, value 2x4x5x8)"},
    {[] {
       scaled_dot_product_attention(f32({2, 4, 5, 8}), f32({2, 4, 7, 8}), f32({2, 4, 5, 8}), {});
     },
     "[scaledDotProductAttention] needs a value for each key, got 5 for 7 (query 2x4x5x8, key 2x4x7x8, value "
     "2x4x5x8)"},
    {[] {
       attend({false, {}, {}, 1.5, {}});
     },
     "[scaledDotProductAttention] dropout must be between 0 and 1, got 1.5"},
    {[] {
       attend({false, full({5, 5}, 1, DType::int64), {}, 0, {}});
     },
     "[scaledDotProductAttention] mask must be bool (true takes part) or float32 (added to the scores), got "
     "int64"},
    {[] {
       attend({false, full({4, 5}, 1, DType::boolean), {}, 0, {}});
     },
     "[scaledDotProductAttention] mask 4x5 does not broadcast to scores 2x4x5x5"},
    {[] {
       attend({false, {}, lengths_of({5, 6}), 0, {}});
     },
     "[scaledDotProductAttention] length 6 of sequence 1 is outside 0..5 (5 keys)"},
    {[] {
       attend({false, {}, lengths_of({5}), 0, {}});
     },
     "[scaledDotProductAttention] needs one length for each of the 2 sequences, got 1"},
    {[] {
       self_attention(f32({2, 5}), 2, {});
     },
     "[selfAttention] needs a projection [batch, steps, 3 * heads * width], got 2x5"},
    {[] {
       self_attention(f32({2, 5, 32}), 2, {});
     },
     "[selfAttention] 32 numbers a step cannot be cut into queries, keys and values of 2 heads (projection "
     "2x5x32)"},
    {[] { lengths_mask(f32({2}), 5); },
     "[lengthsMask] lengths must be int64, got float32, convert them with to('int64')"},
    {[] {
       masked_mean(f32({2, 5, 3}), lengths_of({5, 0}));
     },
     "[maskedMean] length 0 of sequence 1 is outside 1..5 (5 steps)"},
    {[] {
       masked_max(f32({2}), lengths_of({5, 0}));
     },
     "[maskedMax] needs sequences [B, T, ..], got 2"},
};

}  // namespace

TEST_CASE("errors: attention and padded sequences") {
  plain_heads();
  check_refusals(refusals);
}

TEST_CASE("attention: the fused kernels do what softmax and two products do, and repeat bit by bit") {
  for (const Case& c : cases()) {
    CAPTURE(c.queries);
    CAPTURE(c.keys);
    const auto exact = run(c, DType::float64, true);
    check(run(c, DType::float64, false), exact, 1e-11);
    const auto fused = run(c, DType::float32, false);
    check(fused, exact, 2e-5);
    CHECK(fused == run(c, DType::float32, false));
  }
}

TEST_CASE("attention: in bfloat16 it is that of the rounded operands, and repeats bit by bit") {
  std::vector<Case> all = cases();
  AttentionOptions causal, ragged;
  causal.causal = true;
  ragged.key_lengths = lengths_of({33, 7});
  // Odd sizes, blocks that end in the middle of a pair, widths that no pair fits.
  for (const Case& c :
       {Case{1, 2, 33, 33, 18, 6, causal}, Case{2, 1, 49, 49, 64, 64, ragged}, Case{1, 1, 5, 9, 7, 2, causal},
        Case{1, 1, 3, 3, 4, 5, {}}, Case{1, 1, 1, 1, 2, 2, {}}})
    all.push_back(c);
  for (const Case& c : all) {
    CAPTURE(c.queries);
    CAPTURE(c.keys);
    const auto low = run(c, DType::bfloat16, false, DType::bfloat16);
    check(low, run(c, DType::float64, true, DType::bfloat16), 0.02);
    CHECK(low == run(c, DType::bfloat16, false, DType::bfloat16));
    check(run(c, DType::bfloat16, true, DType::bfloat16), low, 0.03);
  }
}

TEST_CASE(
    "attention: in bfloat16 what is added to the scores may be bfloat16 too, and hides keys and queries") {
  manual_seed(8);
  const Tensor x = to(randn({1, 2, 20, 8}, DType::float32), DType::bfloat16);
  const Tensor mask = to(where(compare(CompareOp::gt, randn({20, 20}, DType::float32), 1.0),
                               full({}, -std::numeric_limits<double>::infinity(), DType::float32),
                               randn({20, 20}, DType::float32)),
                         DType::bfloat16);
  fill_(narrow(mask, 0, 3, 1), -std::numeric_limits<double>::infinity());
  AttentionOptions low, exact;
  low.mask = mask;
  exact.mask = to(mask, DType::float64);
  const Tensor got = scaled_dot_product_attention(x, x, x, low), wide = to(x, DType::float64);
  CHECK(got.dtype() == DType::bfloat16);
  check({values_of(got)}, {values_of(scaled_dot_product_attention(wide, wide, wide, exact))}, 0.02);
  for (const double value : values_of(select(got, 2, 3))) CHECK(value == 0);
}

TEST_CASE("attention: the packed form is the same, forward and backward") {
  AttentionOptions options;
  options.causal = true;
  options.key_lengths = lengths_of({60, 25});
  Tensor packed = randn({2, 60, 3 * 3 * 16}, DType::float32), split = clone(packed);
  packed.set_requires_grad(true);
  split.set_requires_grad(true);
  const Tensor parts = reshape(split, {2, 60, 3, 3, 16});
  const auto part = [&](int which) { return transpose(select(parts, 2, which), 1, 2); };
  const Tensor a = self_attention(packed, 3, options);
  const Tensor b =
      reshape(transpose(scaled_dot_product_attention(part(0), part(1), part(2), options), 1, 2), {2, 60, 48});
  CHECK(values_of(a) == values_of(b));
  const Tensor direction = randn({2, 60, 48}, DType::float32);
  backward({a}, {direction}, false, false);
  backward({b}, {direction}, false, false);
  CHECK(values_of(packed.grad()) == values_of(split.grad()));
}

TEST_CASE("attention: padding behind a sequence's end changes nothing") {
  const Tensor short_one = randn({1, 2, 20, 16}, DType::float32);
  Tensor padded = full({1, 2, 33, 16}, std::numeric_limits<double>::quiet_NaN(), DType::float32);
  copy_(narrow(padded, 2, 0, 20), short_one);
  const AttentionOptions options{false, {}, lengths_of({20}), 0, {}};
  const auto whole = values_of(scaled_dot_product_attention(short_one, padded, padded, options));
  CHECK(whole == values_of(scaled_dot_product_attention(short_one, short_one, short_one, {})));
}

TEST_CASE("attention: dropout drops its share of the weights and keeps their mean") {
  manual_seed(3);
  const Tensor same = full({1, 1, 40, 4}, 0, DType::float32);
  const Tensor value = full({1, 1, 1000, 1}, 1, DType::float32),
               key = full({1, 1, 1000, 4}, 0, DType::float32);
  const AttentionOptions options{false, {}, {}, 0.25, {}};
  const auto got = values_of(scaled_dot_product_attention(same, key, value, options));
  double mean = 0;
  for (double x : got) mean += x / 40;
  CHECK(mean == doctest::Approx(1).epsilon(0.01));
  CHECK(std::set<double>(got.begin(), got.end()).size() > 10);  // every row drops its own
  CHECK(got != values_of(scaled_dot_product_attention(same, key, value, options)));
}

}  // namespace tape::test
