// Rows of the losses.
#include <cmath>

#include "ops/reference.h"

namespace tape::test {
namespace {

/// -sum over classes of p * value, for each place of x [B, C, ..]; see ClassLoss for p. `mean` is weighted.
Array class_losses(const Array& x, const Array& labels, const std::vector<double>& weight, int64_t ignored,
                   double smoothing, Reduction reduction) {
  const int64_t classes = x.shape[1], inner = numel_of(x.shape) / (x.shape[0] * classes);
  Array out{labels.shape, {}};
  double counted = 0;
  for (int64_t i = 0; i < numel_of(labels.shape); ++i) {
    const auto label = static_cast<int64_t>(labels.values[static_cast<size_t>(i)]);
    const auto weight_of = [&](int64_t c) { return weight.empty() ? 1.0 : weight[static_cast<size_t>(c)]; };
    double loss = 0;
    for (int64_t c = 0; c < classes && label != ignored; ++c) {
      const double p = (c == label ? (1 - smoothing) * weight_of(c) : 0.0) +
                       smoothing / static_cast<double>(classes) * weight_of(c);
      loss -= p * x.values[static_cast<size_t>((i / inner * classes + c) * inner + i % inner)];
    }
    if (label != ignored) counted += weight_of(label);
    out.values.push_back(loss);
  }
  if (reduction == Reduction::none) return out;
  return {{}, {total(out.values) / (reduction == Reduction::mean ? counted : 1)}};
}

Row classes(const char* name, bool logits, Dims shape, Dims labels, ClassLossOptions options,
            bool weighted = false) {
  std::vector<Input> inputs{{shape}, {labels, Draw::labels}};
  const std::vector<double> weight = weighted ? std::vector<double>{0.5, 1.5, 0.25} : std::vector<double>{};
  return {name, inputs,
          [=](const Tensors& x) {
            ClassLossOptions given = options;
            if (weighted) {
              given.weight = empty({3}, DType::float64);
              std::copy(weight.begin(), weight.end(), given.weight.data_as<double>());
              given.weight = to(to(given.weight, x[0].dtype()), x[0].device());
            }
            return logits ? cross_entropy(x[0], x[1], given) : nll_loss(x[0], x[1], given);
          },
          [=](const Arrays& x) {
            return class_losses(logits ? softmaxed(x[0], 1, true) : x[0], x[1], weight, options.ignore_index,
                                options.label_smoothing, options.reduction);
          }};
}

using PointOp = Tensor (*)(const Tensor&, const Tensor&, Reduction);

/// Three rows: a value for each element, their mean and their sum.
void points(std::vector<Row>& rows, const std::string& name, PointOp op, double (*f)(double, double),
            Draw target = Draw::any) {
  const std::vector<Input> inputs{{{3, 4}}, {{3, 4}, target}};
  rows.push_back({name + " none", inputs, [op](const Tensors& x) { return op(x[0], x[1], Reduction::none); },
                  [f](const Arrays& x) { return map2(x[0], x[1], f); }});
  rows.push_back({name + " mean", inputs, [op](const Tensors& x) { return op(x[0], x[1], Reduction::mean); },
                  [f](const Arrays& x) { return fold(map2(x[0], x[1], f), -1, average); }});
  rows.push_back({name + " sum", inputs, [op](const Tensors& x) { return op(x[0], x[1], Reduction::sum); },
                  [f](const Arrays& x) { return fold(map2(x[0], x[1], f), -1, total); }});
}

double binary_entropy(double x, double t) { return (1 - t) * x + std::log1p(std::exp(-x)); }

}  // namespace

std::vector<Row> loss_rows() {
  std::vector<Row> rows;
  const Reduction none = Reduction::none, mean = Reduction::mean, sum = Reduction::sum;
  rows.push_back(classes("crossEntropy none", true, {5, 3}, {5}, {none, {}, -100, 0}));
  rows.push_back(classes("crossEntropy mean", true, {5, 3}, {5}, {mean, {}, -100, 0}));
  rows.push_back(classes("crossEntropy sum", true, {5, 3}, {5}, {sum, {}, -100, 0}));
  rows.push_back(classes("crossEntropy weighted", true, {6, 3}, {6}, {mean, {}, -100, 0}, true));
  rows.push_back(classes("crossEntropy ignoring", true, {6, 3}, {6}, {mean, {}, 1, 0}));
  rows.push_back(classes("crossEntropy smoothed", true, {4, 3}, {4}, {mean, {}, -100, 0.1}));
  rows.push_back(classes("crossEntropy with everything", true, {6, 3}, {6}, {mean, {}, 2, 0.2}, true));
  rows.push_back(classes("crossEntropy of images", true, {2, 3, 2, 2}, {2, 2, 2}, {none, {}, 0, 0.2}, true));
  rows.push_back(classes("crossEntropy of sequences", true, {2, 3, 4}, {2, 4}, {mean, {}, -100, 0}));
  rows.push_back(classes("crossEntropy of one row", true, {1, 3}, {1}, {mean, {}, -100, 0}));
  rows.push_back({"crossEntropy with probabilities",
                  {{{4, 3}}, {{4, 3}, Draw::unit}},
                  [](const Tensors& x) { return cross_entropy(x[0], x[1], Reduction::mean); },
                  [](const Arrays& x) {
                    Array losses = map2(softmaxed(x[0], 1, true), x[1], b_mul);
                    return Array{{}, {-total(losses.values) / 4}};
                  }});
  rows.push_back(classes("nllLoss", false, {5, 3}, {5}, {mean, {}, -100, 0}));
  rows.push_back(classes("nllLoss with everything", false, {2, 3, 4}, {2, 4}, {mean, {}, 1, 0}, true));
  rows.push_back(classes("nllLoss none", false, {2, 3, 2}, {2, 2}, {none, {}, 2, 0}));

  points(rows, "mseLoss", mse_loss, [](double x, double t) { return (x - t) * (x - t); });
  points(rows, "l1Loss", l1_loss, [](double x, double t) { return std::fabs(x - t); });
  points(
      rows, "huberLoss",
      [](const Tensor& x, const Tensor& t, Reduction r) { return huber_loss(x, t, r, 1.3); },
      [](double x, double t) {
        const double d = std::fabs(x - t);
        return d < 1.3 ? d * d / 2 : 1.3 * (d - 0.65);
      });
  points(
      rows, "smoothL1Loss",
      [](const Tensor& x, const Tensor& t, Reduction r) { return smooth_l1_loss(x, t, r, 0.7); },
      [](double x, double t) {
        const double d = std::fabs(x - t);
        return d < 0.7 ? d * d / 1.4 : d - 0.35;
      });
  points(
      rows, "bceWithLogits",
      [](const Tensor& x, const Tensor& t, Reduction r) { return bce_with_logits(x, t, {}, {}, r); },
      binary_entropy, Draw::unit);
  points(
      rows, "klDiv", [](const Tensor& x, const Tensor& t, Reduction r) { return kl_div(x, t, r, false); },
      [](double x, double t) { return t * (std::log(t) - x); }, Draw::positive);
  points(
      rows, "klDiv of log target",
      [](const Tensor& x, const Tensor& t, Reduction r) { return kl_div(x, t, r, true); },
      [](double x, double t) { return std::exp(t) * (t - x); });
  rows.push_back({"bceWithLogits weighted",
                  {{{3, 4}}, {{3, 4}, Draw::unit}},
                  [](const Tensors& x) {
                    const Tensor weight = full({3, 1}, 0.3, x[0].dtype(), x[0].device());
                    const Tensor positive = full({4}, 2.5, x[0].dtype(), x[0].device());
                    return bce_with_logits(x[0], x[1], weight, positive, Reduction::mean);
                  },
                  [](const Arrays& x) {
                    const Array losses = map2(x[0], x[1], [](double v, double t) {
                      return 0.3 * ((1 - t) * v + (1 + 1.5 * t) * std::log1p(std::exp(-v)));
                    });
                    return fold(losses, -1, average);
                  }});
  rows.push_back(
      {"cosineSimilarity",
       {{{3, 4}}, {{3, 4}}},
       [](const Tensors& x) { return cosine_similarity(x[0], x[1], 1, 1e-8); },
       [](const Arrays& x) {
         const auto inner = [&](const Array& a, const Array& b) { return fold(map2(a, b, b_mul), 1, total); };
         const Array lengths = map2(inner(x[0], x[0]), inner(x[1], x[1]),
                                    [](double a, double b) { return std::sqrt(a) * std::sqrt(b); });
         return map2(inner(x[0], x[1]), lengths, b_div);
       }});
  return rows;
}

}  // namespace tape::test
