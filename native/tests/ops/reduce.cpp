// Rows of the reductions.
#include <algorithm>

#include "ops/reference.h"

namespace tape::test {

namespace {

double where_least(const std::vector<double>& x) {
  return static_cast<double>(std::min_element(x.begin(), x.end()) - x.begin());
}

}  // namespace

std::vector<Row> reduce_rows() {
  std::vector<Row> rows;
  const auto three = [&](const char* name, Tensor (*op)(const Tensor&, const Dims&, bool),
                         double (*f)(const std::vector<double>&), bool differentiable, Sizes sizes) {
    for (int dim = -1; dim < 3; ++dim)
      rows.push_back({std::string(name) + " " + (dim < 0 ? "all" : std::to_string(dim)),
                      {{{2, 3, 4}}},
                      [op, dim](const Tensors& x) { return op(x[0], dim < 0 ? Dims{} : Dims{dim}, false); },
                      [f, dim](const Arrays& x) { return fold(x[0], dim, f); },
                      differentiable,
                      true,
                      2e-6,
                      sizes});
  };
  three("sum", sum, total, true, Sizes::any);
  three("mean", mean, average, true, Sizes::any);
  three("amax", amax, greatest, true, Sizes::not_empty);
  three("amin", amin, least, true, Sizes::not_empty);
  three("argmax", argmax, where_greatest, false, Sizes::not_empty);
  three("argmin", argmin, where_least, false, Sizes::not_empty);
  rows.push_back({"sum of two dims, kept",
                  {{{2, 3, 4}}},
                  [](const Tensors& x) {
                    return sum(x[0], {0, 2}, true);
                  },
                  [](const Arrays& x) {
                    Array out = fold(fold(x[0], 2, total), 0, total);
                    out.shape = {1, 3, 1};
                    return out;
                  }});
  return rows;
}

}  // namespace tape::test
