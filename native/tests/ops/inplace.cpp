// Rows of the in-place ops.
#include <algorithm>

#include "ops/reference.h"

namespace tape::test {

std::vector<Row> inplace_rows() {
  std::vector<Row> rows;
  const auto two = [&](const char* name, BinaryOp op, double (*f)(double, double), Draw right) {
    rows.push_back(
        {name,
         {{{3, 4}}, {{4}, right}},
         [op](const Tensors& x) { return on_copy(x[0], [&](const Tensor& c) { binary_(op, c, x[1]); }); },
         [f](const Arrays& x) { return map2(x[0], x[1], f); }});
  };
  two("add_", BinaryOp::add, b_add, Draw::any);
  two("sub_", BinaryOp::sub, b_sub, Draw::any);
  two("mul_", BinaryOp::mul, b_mul, Draw::any);
  two("div_", BinaryOp::div, b_div, Draw::positive);
  rows.push_back(scalar(
      "mul_ number",
      [](const Tensor& x) { return on_copy(x, [](const Tensor& c) { binary_(BinaryOp::mul, c, 1.5); }); },
      [](double x) { return x * 1.5; }));
  rows.push_back(scalar(
      "fill_", [](const Tensor& x) { return on_copy(x, [](const Tensor& c) { fill_(c, 3); }); },
      [](double) { return 3.0; }));
  rows.push_back({"copy_",
                  {{{3, 4}}, {{4}}},
                  [](const Tensors& x) { return on_copy(x[0], [&](const Tensor& c) { copy_(c, x[1]); }); },
                  [](const Arrays& x) { return map2(x[0], x[1], [](double, double b) { return b; }); }});
  // One row of a matrix is multiplied in place: the rest of the gradient must pass untouched.
  rows.push_back({"mul_ on a view",
                  {{{3, 4}}, {{4}}},
                  [](const Tensors& x) {
                    return on_copy(x[0],
                                   [&](const Tensor& c) { binary_(BinaryOp::mul, select(c, 0, 1), x[1]); });
                  },
                  [](const Arrays& x) {
                    Array out = x[0];
                    for (size_t i = 0; i < 4; ++i) out.values[4 + i] *= x[1].values[i];
                    return out;
                  }});
  // The view is read after its base was changed: it must see the new values and the new history.
  rows.push_back({"view of a base changed in place",
                  {{{3, 4}}},
                  [](const Tensors& x) {
                    Tensor base = clone(x[0]);
                    Tensor row = select(base, 0, 2);
                    binary_(BinaryOp::mul, base, 3);
                    return square(row);
                  },
                  [](const Arrays& x) {
                    Array out{{4}, {}};
                    for (size_t i = 0; i < 4; ++i)
                      out.values.push_back(9 * x[0].values[8 + i] * x[0].values[8 + i]);
                    return out;
                  }});
  const auto copied = [](std::function<void(const Tensor&, const Tensors&)> f) {
    return [f](const Tensors& x) { return on_copy(x[0], [&](const Tensor& c) { f(c, x); }); };
  };
  rows.push_back(
      {"clamp_",
       {{{3, 4}}},
       copied([](const Tensor& c, const Tensors&) { clamp_(c, -0.5, 1.2); }),
       [](const Arrays& x) { return map1(x[0], [](double v) { return std::clamp(v, -0.5, 1.2); }); }});
  rows.push_back(
      {"relu_", {{{3, 4}}}, copied([](const Tensor& c, const Tensors&) { relu_(c); }), [](const Arrays& x) {
         return map1(x[0], [](double v) { return v > 0 ? v : 0; });
       }});
  rows.push_back({"lerp_",
                  {{{3, 4}}, {{4}}},
                  copied([](const Tensor& c, const Tensors& x) { lerp_(c, x[1], 0.3); }),
                  [](const Arrays& x) {
                    return map2(x[0], x[1], [](double a, double b) { return a + 0.3 * (b - a); });
                  }});
  rows.push_back({"addcmul_",
                  {{{3, 4}}, {{4}}, {{3, 1}}},
                  copied([](const Tensor& c, const Tensors& x) { addcmul_(c, x[1], x[2], 0.7); }),
                  [](const Arrays& x) {
                    return map2(x[0], map2(x[1], x[2], b_mul),
                                [](double a, double b) { return a + 0.7 * b; });
                  }});
  rows.push_back({"addcdiv_",
                  {{{3, 4}}, {{4}}, {{3, 1}, Draw::positive}},
                  copied([](const Tensor& c, const Tensors& x) { addcdiv_(c, x[1], x[2], 0.7); }),
                  [](const Arrays& x) {
                    return map2(x[0], map2(x[1], x[2], b_div),
                                [](double a, double b) { return a + 0.7 * b; });
                  }});
  rows.push_back({"addcmul_ of itself",
                  {{{3, 4}}},
                  copied([](const Tensor& c, const Tensors&) { addcmul_(c, c, c, 0.5); }),
                  [](const Arrays& x) { return map1(x[0], [](double v) { return v + 0.5 * v * v; }); }});
  rows.push_back(
      {"maskedFill_",
       {{{3, 4}}, {{4}, Draw::flags}},
       copied([](const Tensor& c, const Tensors& x) { masked_fill_(c, x[1], 7); }),
       [](const Arrays& x) { return map2(x[0], x[1], [](double a, double m) { return m != 0 ? 7 : a; }); }});
  rows.push_back({"indexAdd_",
                  {{{3, 4}}, {{5}, Draw::labels}, {{5, 4}}},
                  copied([](const Tensor& c, const Tensors& x) { index_add_(c, 0, x[1], x[2]); }),
                  [](const Arrays& x) {
                    Array out = x[0];
                    for (size_t i = 0; i < 20; ++i)
                      out.values[static_cast<size_t>(x[1].values[i / 4]) * 4 + i % 4] += x[2].values[i];
                    return out;
                  }});
  rows.push_back({"scatterAdd_",
                  {{{3, 4}}, {{5, 4}, Draw::labels}, {{5, 4}}},
                  copied([](const Tensor& c, const Tensors& x) { scatter_add_(c, 0, x[1], x[2]); }),
                  [](const Arrays& x) {
                    Array out = x[0];
                    for (size_t i = 0; i < 20; ++i)
                      out.values[static_cast<size_t>(x[1].values[i]) * 4 + i % 4] += x[2].values[i];
                    return out;
                  }});
  return rows;
}

}  // namespace tape::test
