// Rows of normalisation.
#include <cmath>

#include "ops/reference.h"

namespace tape::test {
namespace {

/// Normalises runs of `run` neighbouring elements; element i is then scaled by weight[unit(i)].
Array normalised(const Arrays& x, int64_t run, double eps, bool centred,
                 const std::function<int64_t(int64_t)>& unit) {
  Array out = x[0];
  const auto count = static_cast<double>(run);
  for (int64_t begin = 0; begin < numel_of(out.shape); begin += run) {
    double mean = 0, variance = 0;
    const auto element = [&](int64_t i) -> double& { return out.values[static_cast<size_t>(begin + i)]; };
    for (int64_t i = 0; i < run && centred; ++i) mean += element(i) / count;
    for (int64_t i = 0; i < run; ++i) variance += (element(i) - mean) * (element(i) - mean) / count;
    for (int64_t i = 0; i < run; ++i) {
      const auto at = static_cast<size_t>(unit(begin + i));
      element(i) = (element(i) - mean) / std::sqrt(variance + eps);
      if (x.size() > 1) element(i) *= x[1].values[at];
      if (x.size() > 2) element(i) += x[2].values[at];
    }
  }
  return out;
}

Row layer(const char* name, std::vector<Input> inputs, Dims shape) {
  return {name, inputs,
          [shape](const Tensors& x) {
            return layer_norm(x[0], shape, x.size() > 1 ? x[1] : Tensor(), x.size() > 2 ? x[2] : Tensor(),
                              1e-5);
          },
          [shape](const Arrays& x) {
            const int64_t run = numel_of(shape);
            return normalised(x, run, 1e-5, true, [run](int64_t i) { return i % run; });
          }};
}

Row group(const char* name, std::vector<Input> inputs, int64_t groups) {
  return {name, inputs,
          [groups](const Tensors& x) {
            return group_norm(x[0], groups, x.size() > 1 ? x[1] : Tensor(), x.size() > 2 ? x[2] : Tensor(),
                              1e-5);
          },
          [groups](const Arrays& x) {
            const Dims shape = x[0].shape;
            const int64_t inner = numel_of(shape) / std::max<int64_t>(1, shape[0] * shape[1]);
            return normalised(x, shape[1] / groups * inner, 1e-5, true,
                              [=](int64_t i) { return i / inner % shape[1]; });
          }};
}

}  // namespace

std::vector<Row> norm_rows() {
  std::vector<Row> rows;
  rows.push_back(layer("layerNorm", {{{4, 5}}, {{5}}, {{5}}}, {5}));
  rows.push_back(layer("layerNorm without bias", {{{3, 5}}, {{5}}}, {5}));
  rows.push_back(layer("layerNorm plain", {{{2, 2, 5}}}, {5}));
  rows.push_back(layer("layerNorm over two dimensions", {{{3, 2, 3}}, {{2, 3}}, {{2, 3}}}, {2, 3}));
  rows.push_back(layer("layerNorm of one element", {{{3, 1}}, {{1}}, {{1}}}, {1}));
  rows.push_back(layer("layerNorm of nothing", {{{0, 4}}, {{4}}, {{4}}}, {4}));
  rows.push_back(
      {"rmsNorm",
       {{{4, 5}}, {{5}}},
       [](const Tensors& x) { return rms_norm(x[0], {5}, x[1], 1e-6); },
       [](const Arrays& x) { return normalised(x, 5, 1e-6, false, [](int64_t i) { return i % 5; }); }});
  rows.push_back(
      {"rmsNorm plain, of a batch of sequences",
       {{{2, 2, 3}}},
       [](const Tensors& x) { return rms_norm(x[0], {3}, {}, 1e-6); },
       [](const Arrays& x) { return normalised(x, 3, 1e-6, false, [](int64_t i) { return i % 3; }); }});
  rows.push_back(group("groupNorm", {{{2, 4, 3}}, {{4}}, {{4}}}, 2));
  rows.push_back(group("groupNorm of images, plain", {{{2, 2, 2, 3}}}, 1));
  rows.push_back(group("groupNorm each channel alone", {{{2, 3, 4}}, {{3}}}, 3));
  rows.push_back(group("groupNorm of nothing", {{{0, 4, 3}}, {{4}}, {{4}}}, 2));
  return rows;
}

}  // namespace tape::test
