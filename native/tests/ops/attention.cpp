// Rows of attention.
#include <cmath>
#include <limits>

#include "ops/reference.h"

namespace tape::test {
namespace {

/// Query i of head h of batch b sees key j, with this added to the score (-infinity: it does not).
using Bias = std::function<double(int64_t b, int64_t h, int64_t i, int64_t j)>;

constexpr double kHidden = -std::numeric_limits<double>::infinity();

Array attended(const Array& query, const Array& key, const Array& value, double scale, const Bias& bias) {
  const Dims shape = query.shape;
  const int64_t keys = key.shape[2], width = shape[3], value_width = value.shape[3];
  Array out{{shape[0], shape[1], shape[2], value_width}, {}};
  for (int64_t b = 0; b < shape[0]; ++b)
    for (int64_t h = 0; h < shape[1]; ++h)
      for (int64_t i = 0; i < shape[2]; ++i) {
        std::vector<double> weights;
        double sum = 0;
        for (int64_t j = 0; j < keys; ++j) {
          double score = 0;
          for (int64_t c = 0; c < width; ++c)
            score += query.values[static_cast<size_t>(flat(shape, {b, h, i, c}))] *
                     key.values[static_cast<size_t>(flat(key.shape, {b, h, j, c}))];
          weights.push_back(std::exp(score * scale + bias(b, h, i, j)));
          sum += weights.back();
        }
        for (int64_t c = 0; c < value_width; ++c) {
          double total = 0;
          for (int64_t j = 0; j < keys && sum > 0; ++j)
            total += weights[static_cast<size_t>(j)] / sum *
                     value.values[static_cast<size_t>(flat(value.shape, {b, h, j, c}))];
          out.values.push_back(total);
        }
      }
  return out;
}

double none(int64_t, int64_t, int64_t, int64_t) { return 0; }
double causal(int64_t, int64_t, int64_t i, int64_t j) { return j <= i ? 0 : kHidden; }

const std::vector<Input> small{{{2, 2, 3, 2}}, {{2, 2, 4, 2}}, {{2, 2, 4, 3}}};
double usual(int64_t width) { return 1 / std::sqrt(static_cast<double>(width)); }

/// [B, T, 3 * heads * d] -> [B, heads, T, d] of queries, keys or values.
Array part(const Array& x, int64_t heads, int64_t which) {
  const int64_t width = x.shape[2] / (3 * heads);
  return pick(x, {x.shape[0], heads, x.shape[1], width}, [=](Dims p) {
    return Dims{p[0], p[2], (which * heads + p[1]) * width + p[3]};
  });
}

Array self_attended(const Array& x, int64_t heads, const Bias& bias) {
  const int64_t width = x.shape[2] / (3 * heads);
  const Array out = attended(part(x, heads, 0), part(x, heads, 1), part(x, heads, 2), usual(width), bias);
  return pick(out, {x.shape[0], x.shape[1], heads * width}, [=](Dims p) {
    return Dims{p[0], p[2] / width, p[1], p[2] % width};
  });
}

}  // namespace

std::vector<Row> attention_rows() {
  std::vector<Row> rows;
  const auto row = [&](const char* name, std::vector<Input> inputs, AttentionOptions options, Bias bias) {
    rows.push_back({name, inputs,
                    [options](const Tensors& x) {
                      AttentionOptions there = options;
                      if (there.mask.defined()) there.mask = to(there.mask, x[0].device());
                      return scaled_dot_product_attention(x[0], x[1], x[2], there);
                    },
                    [bias, options](const Arrays& x) {
                      return attended(x[0], x[1], x[2], options.scale.value_or(usual(x[0].shape[3])), bias);
                    }});
  };
  AttentionOptions options;
  row("attention", small, options, none);
  row("attention of one step", {{{1, 1, 1, 1}}, {{1, 1, 1, 1}}, {{1, 1, 1, 1}}}, options, none);
  row("attention of no step", {{{1, 2, 0, 3}}, {{1, 2, 2, 3}}, {{1, 2, 2, 3}}}, options, none);
  row("attention to no step", {{{1, 2, 2, 3}}, {{1, 2, 0, 3}}, {{1, 2, 0, 3}}}, options, none);
  options.causal = true;
  row("attention, causal", small, options, causal);
  options.scale = 0.3;
  row("attention, scaled", small, options, causal);
  options = {};
  options.key_lengths = empty({2}, DType::int64);
  options.key_lengths.data_as<int64_t>()[0] = 3;
  options.key_lengths.data_as<int64_t>()[1] = 0;
  row("attention with key lengths", small, options,
      [](int64_t b, int64_t, int64_t, int64_t j) { return b == 0 && j < 3 ? 0 : kHidden; });
  options = {};
  options.mask = empty({2, 1, 3, 4}, DType::boolean);
  for (int64_t i = 0; i < 24; ++i) options.mask.data_as<bool>()[i] = i % 3 != 0 && i / 4 != 4;
  row("attention, masked", small, options, [](int64_t b, int64_t, int64_t i, int64_t j) {
    const int64_t at = (b * 3 + i) * 4 + j;
    return at % 3 != 0 && at / 4 != 4 ? 0 : kHidden;
  });

  rows.push_back({"attention with a bias",  // which has a gradient, so that everything is composed
                  {{{1, 2, 3, 2}}, {{1, 2, 4, 2}}, {{1, 2, 4, 2}}, {{2, 1, 4}}},
                  [](const Tensors& x) {
                    AttentionOptions with;
                    with.mask = x[3];
                    return scaled_dot_product_attention(x[0], x[1], x[2], with);
                  },
                  [](const Arrays& x) {
                    return attended(x[0], x[1], x[2], usual(2), [&](int64_t, int64_t h, int64_t, int64_t j) {
                      return x[3].values[static_cast<size_t>(h * 4 + j)];
                    });
                  }});
  rows.push_back({"selfAttention",
                  {{{2, 3, 12}}},
                  [](const Tensors& x) { return self_attention(x[0], 2, {}); },
                  [](const Arrays& x) { return self_attended(x[0], 2, none); }});
  rows.push_back({"selfAttention, causal",
                  {{{1, 4, 12}}},
                  [](const Tensors& x) {
                    AttentionOptions with;
                    with.causal = true;
                    return self_attention(x[0], 2, with);
                  },
                  [](const Arrays& x) { return self_attended(x[0], 2, causal); }});
  return rows;
}

}  // namespace tape::test
