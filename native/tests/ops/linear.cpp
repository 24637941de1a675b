// Rows of the matrix products.
#include "ops/reference.h"

namespace tape::test {

std::vector<Row> linear_rows() {
  std::vector<Row> rows;
  const auto mat = [&](const char* name, Dims a, Dims b) {
    rows.push_back({name,
                    {{a}, {b}},
                    [](const Tensors& x) { return matmul(x[0], x[1]); },
                    [](const Arrays& x) { return product(x[0], x[1]); }});
  };
  mat("matmul", {3, 5}, {5, 4});
  mat("matmul of one row", {1, 5}, {5, 4});
  mat("matmul batched", {2, 3, 5}, {2, 5, 4});
  mat("matmul batch with matrix", {2, 3, 5}, {5, 4});
  mat("matmul matrix with batch", {3, 5}, {2, 5, 4});
  rows.push_back({"matmul vectors",
                  {{{5}}, {{5}}},
                  [](const Tensors& x) { return matmul(x[0], x[1]); },
                  [](const Arrays& x) { return fold(map2(x[0], x[1], b_mul), -1, total); }});
  rows.push_back({"linear",
                  {{{3, 5}}, {{4, 5}}, {{4}}},
                  [](const Tensors& x) { return linear(x[0], x[1], x[2]); },
                  [](const Arrays& x) { return map2(product(x[0], transposed(x[1])), x[2], b_add); }});
  rows.push_back({"linear without bias",
                  {{{3, 5}}, {{4, 5}}},
                  [](const Tensors& x) { return linear(x[0], x[1], {}); },
                  [](const Arrays& x) { return product(x[0], transposed(x[1])); }});
  rows.push_back({"linear with relu",
                  {{{3, 5}}, {{4, 5}}, {{4}}},
                  [](const Tensors& x) { return linear(x[0], x[1], x[2], true); },
                  [](const Arrays& x) {
                    return map1(map2(product(x[0], transposed(x[1])), x[2], b_add),
                                [](double v) { return v > 0 ? v : 0; });
                  }});
  rows.push_back({"linear of a batch of sequences",
                  {{{2, 3, 5}}, {{4, 5}}, {{4}}},
                  [](const Tensors& x) { return linear(x[0], x[1], x[2]); },
                  [](const Arrays& x) { return map2(product(x[0], transposed(x[1])), x[2], b_add); }});
  return rows;
}

}  // namespace tape::test
