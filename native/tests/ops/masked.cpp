// Rows of padded sequences. Their lengths are 1 + a label.
#include <algorithm>

#include "ops/reference.h"

namespace tape::test {
namespace {

/// Folds the true steps of each sequence of x [B, T, D].
Array fold_steps(const Arrays& x, double (*f)(const std::vector<double>&)) {
  const Dims shape = x[0].shape;
  Array out{{shape[0], shape[2]}, {}};
  for (int64_t b = 0; b < shape[0]; ++b)
    for (int64_t d = 0; d < shape[2]; ++d) {
      std::vector<double> line;
      for (int64_t t = 0; t < 1 + static_cast<int64_t>(x[1].values[static_cast<size_t>(b)]); ++t)
        line.push_back(x[0].values[static_cast<size_t>(flat(shape, {b, t, d}))]);
      out.values.push_back(f(line));
    }
  return out;
}

}  // namespace

std::vector<Row> masked_rows() {
  return {
      {"maskedMean",
       {{{4, 3, 2}}, {{4}, Draw::labels}},
       [](const Tensors& x) { return masked_mean(x[0], add(x[1], 1)); },
       [](const Arrays& x) { return fold_steps(x, average); }},
      {"maskedMax",
       {{{4, 3, 2}}, {{4}, Draw::labels}},
       [](const Tensors& x) { return masked_max(x[0], add(x[1], 1)); },
       [](const Arrays& x) { return fold_steps(x, greatest); }},
      {"lengthsMask",
       {{{4}, Draw::labels}},
       [](const Tensors& x) { return lengths_mask(x[0], 3); },
       [](const Arrays& x) {
         Array out{{4, 3}, {}};
         for (double length : x[0].values)
           for (int t = 0; t < 3; ++t) out.values.push_back(t < length);
         return out;
       },
       false},
  };
}

}  // namespace tape::test
