// Rows of the matrix products.
#include <algorithm>
#include <cmath>

#include "doctest/doctest.h"
#include "ops/reference.h"

namespace tape::test {

std::vector<Row> linear_rows() {
  std::vector<Row> rows;
  const auto mat = [&](const char* name, Dims a, Dims b) {
    rows.push_back({name,
                    {{a}, {b}},
                    [](const Tensors& x) { return matmul(x[0], x[1]); },
                    [](const Arrays& x) { return product(x[0], x[1]); },
                    true,
                    true,
                    2e-6,
                    Sizes::any});
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
                  [](const Tensors& x) { return linear(x[0], x[1], x[2], Activation::relu); },
                  [](const Arrays& x) {
                    return map1(map2(product(x[0], transposed(x[1])), x[2], b_add),
                                [](double v) { return v > 0 ? v : 0; });
                  }});
  rows.push_back({"linear of a batch of sequences",
                  {{{2, 3, 5}}, {{4, 5}}, {{4}}},
                  [](const Tensors& x) { return linear(x[0], x[1], x[2]); },
                  [](const Arrays& x) { return map2(product(x[0], transposed(x[1])), x[2], b_add); }});
  const auto activated = [&](const char* name, Activation activation, double (*f)(double)) {
    rows.push_back(
        {name,
         {{{3, 5}}, {{4, 5}}, {{4}}},
         [activation](const Tensors& x) { return linear(x[0], x[1], x[2], activation); },
         [f](const Arrays& x) { return map1(map2(product(x[0], transposed(x[1])), x[2], b_add), f); }});
    rows.back().float32_tolerance = 1e-5;
  };
  activated("linear with tanh", Activation::tanh, [](double v) { return std::tanh(v); });
  activated("linear with sigmoid", Activation::sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); });
  activated("linear with gelu", Activation::gelu,
            [](double v) { return 0.5 * v * std::erfc(-v * std::sqrt(0.5)); });
  activated("linear with silu", Activation::silu, [](double v) { return v / (1 + std::exp(-v)); });
  rows.push_back({"bmm",
                  {{{2, 3, 5}}, {{2, 5, 4}}},
                  [](const Tensors& x) { return bmm(x[0], x[1]); },
                  [](const Arrays& x) { return product(x[0], x[1]); }});
  rows.push_back({"addmm",
                  {{{4}}, {{3, 5}}, {{5, 4}}},
                  [](const Tensors& x) { return addmm(x[0], x[1], x[2], 0.5, 2); },
                  [](const Arrays& x) {
                    return map2(x[0], product(x[1], x[2]),
                                [](double c, double p) { return 0.5 * c + 2 * p; });
                  }});
  rows.push_back({"baddbmm",
                  {{{2, 1, 4}}, {{2, 3, 5}}, {{2, 5, 4}}},
                  [](const Tensors& x) { return baddbmm(x[0], x[1], x[2]); },
                  [](const Arrays& x) { return map2(x[0], product(x[1], x[2]), b_add); }});
  rows.push_back({"dot",
                  {{{5}}, {{5}}},
                  [](const Tensors& x) { return dot(x[0], x[1]); },
                  [](const Arrays& x) { return fold(map2(x[0], x[1], b_mul), -1, total); }});
  rows.push_back({"mv",
                  {{{3, 5}}, {{5}}},
                  [](const Tensors& x) { return mv(x[0], x[1]); },
                  [](const Arrays& x) { return fold(map2(x[0], x[1], b_mul), 1, total); }});
  rows.push_back({"outer",
                  {{{3}}, {{4}}},
                  [](const Tensors& x) { return outer(x[0], x[1]); },
                  [](const Arrays& x) {
                    Array column = x[0];
                    column.shape = {3, 1};
                    return map2(column, x[1], b_mul);
                  }});
  for (Row& row : rows)
    if (row.name.rfind("linear", 0) == 0) row.sizes = Sizes::any;
  return rows;
}

TEST_CASE("matmul: a tall product of deep operands, as the gradient of a weight is, into any rows") {
  const Tensor gradient = randn({800, 310}, DType::float64), x = randn({800, 100}, DType::float64);
  const Tensor exact = matmul(transpose(gradient, 0, 1), x);
  const Tensor got = matmul(transpose(to(gradient, DType::float32), 0, 1), to(x, DType::float32));
  double worst = 0;
  for (int64_t i = 0; i < exact.numel(); ++i)
    worst = std::max(worst, std::fabs(exact.data_as<double>()[i] - got.data_as<float>()[i]));
  CHECK(worst < 1e-3);  // sums of 800 products, some 28 in size
}

}  // namespace tape::test
