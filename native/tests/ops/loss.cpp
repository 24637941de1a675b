// Rows of the losses.
#include "ops/reference.h"

namespace tape::test {
namespace {

Array cross_entropies(const Arrays& in) {
  const Array log_p = softmaxed(in[0], 1, true);
  Array out{{in[0].shape[0]}, {}};
  for (int64_t r = 0; r < in[0].shape[0]; ++r)
    out.values.push_back(-log_p.values[static_cast<size_t>(r * in[0].shape[1]) +
                                       static_cast<size_t>(in[1].values[static_cast<size_t>(r)])]);
  return out;
}

}  // namespace

std::vector<Row> loss_rows() {
  std::vector<Row> rows;
  rows.push_back({"crossEntropy none",
                  {{{5, 3}}, {{5}, Draw::labels}},
                  [](const Tensors& x) { return cross_entropy(x[0], x[1], Reduction::none); },
                  cross_entropies});
  rows.push_back({"crossEntropy mean",
                  {{{5, 3}}, {{5}, Draw::labels}},
                  [](const Tensors& x) { return cross_entropy(x[0], x[1], Reduction::mean); },
                  [](const Arrays& x) { return fold(cross_entropies(x), -1, average); }});
  rows.push_back({"crossEntropy sum",
                  {{{5, 3}}, {{5}, Draw::labels}},
                  [](const Tensors& x) { return cross_entropy(x[0], x[1], Reduction::sum); },
                  [](const Arrays& x) { return fold(cross_entropies(x), -1, total); }});
  rows.push_back({"mseLoss mean",
                  {{{3, 4}}, {{3, 4}}},
                  [](const Tensors& x) { return mse_loss(x[0], x[1], Reduction::mean); },
                  [](const Arrays& x) {
                    return fold(map1(map2(x[0], x[1], b_sub), [](double v) { return v * v; }), -1, average);
                  }});
  return rows;
}

}  // namespace tape::test
