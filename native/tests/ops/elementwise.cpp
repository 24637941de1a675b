// Rows of the elementwise ops.
#include <cmath>

#include "ops/reference.h"

namespace tape::test {
namespace {

/// The op on equal shapes and on every kind of broadcasting.
void binary(std::vector<Row>& rows, const std::string& name, Tensor (*op)(const Tensor&, const Tensor&),
            double (*f)(double, double), Draw left = Draw::any, Draw right = Draw::any) {
  const std::vector<std::pair<Dims, Dims>> shapes = {{{3, 4}, {3, 4}}, {{3, 4}, {4}},       {{3, 1}, {1, 4}},
                                                     {{}, {2, 3}},     {{2, 1, 3}, {4, 1}}, {{2, 3}, {}}};
  for (const auto& [a, b] : shapes)
    rows.push_back({name + " " + to_string(a) + " with " + to_string(b),
                    {{a, left}, {b, right}},
                    [op](const Tensors& x) { return op(x[0], x[1]); },
                    [f](const Arrays& x) { return map2(x[0], x[1], f); },
                    true,
                    true,
                    2e-6,
                    Sizes::any});
}

void compare_rows(std::vector<Row>& rows, const char* name, CompareOp op, double (*f)(double, double)) {
  rows.push_back({name,
                  {{{3, 4}, Draw::any}, {{4}, Draw::any}},
                  [op](const Tensors& x) { return compare(op, x[0], x[1]); },
                  [f](const Arrays& x) { return map2(x[0], x[1], f); },
                  false,
                  false,
                  2e-6,
                  Sizes::any});
}

}  // namespace

std::vector<Row> elementwise_rows() {
  std::vector<Row> rows = {
      unary("neg", neg, [](double x) { return -x; }),
      unary("exp", exp, [](double x) { return std::exp(x); }),
      unary(
          "log", log, [](double x) { return std::log(x); }, Draw::positive),
      unary(
          "sqrt", sqrt, [](double x) { return std::sqrt(x); }, Draw::positive),
      unary("abs", abs, [](double x) { return std::fabs(x); }),
      unary("square", square, [](double x) { return x * x; }),
      unary("relu", relu, [](double x) { return x > 0 ? x : 0; }),
      unary("tanh", tanh, [](double x) { return std::tanh(x); }),
      unary("sigmoid", sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }),
      unary("sign", sign, [](double x) { return x > 0   ? 1.0
                                                : x < 0 ? -1.0
                                                        : 0.0; }),
      scalar(
          "add number", [](const Tensor& x) { return add(x, 1.5); }, [](double x) { return x + 1.5; }),
      scalar(
          "sub number", [](const Tensor& x) { return sub(x, 1.5); }, [](double x) { return x - 1.5; }),
      scalar(
          "rsub number", [](const Tensor& x) { return rsub(x, 1.5); }, [](double x) { return 1.5 - x; }),
      scalar(
          "mul number", [](const Tensor& x) { return mul(x, 1.5); }, [](double x) { return x * 1.5; }),
      scalar(
          "div number", [](const Tensor& x) { return div(x, 1.5); }, [](double x) { return x / 1.5; }),
      scalar(
          "pow 2", [](const Tensor& x) { return pow(x, 2); }, [](double x) { return x * x; }),
      scalar(
          "pow 3", [](const Tensor& x) { return pow(x, 3); }, [](double x) { return x * x * x; }),
      scalar(
          "pow 0", [](const Tensor& x) { return pow(x, 0); }, [](double) { return 1.0; }),
      scalar(
          "pow -1.5", [](const Tensor& x) { return pow(x, -1.5); },
          [](double x) { return std::pow(x, -1.5); }, Draw::positive),
  };
  for (Row& row : rows) row.float32_tolerance = 5e-6;
  binary(rows, "add", add, b_add);
  binary(rows, "sub", sub, b_sub);
  binary(rows, "mul", mul, b_mul);
  binary(rows, "div", div, b_div, Draw::any, Draw::positive);
  binary(rows, "pow", pow, b_pow, Draw::positive, Draw::any);
  binary(rows, "maximum", maximum, b_max);
  binary(rows, "minimum", minimum, b_min);
  compare_rows(rows, "eq", CompareOp::eq, [](double a, double b) { return double(a == b); });
  compare_rows(rows, "ne", CompareOp::ne, [](double a, double b) { return double(a != b); });
  compare_rows(rows, "lt", CompareOp::lt, [](double a, double b) { return double(a < b); });
  compare_rows(rows, "le", CompareOp::le, [](double a, double b) { return double(a <= b); });
  compare_rows(rows, "gt", CompareOp::gt, [](double a, double b) { return double(a > b); });
  compare_rows(rows, "ge", CompareOp::ge, [](double a, double b) { return double(a >= b); });
  rows.push_back({"where",
                  {{{3, 4}, Draw::flags}, {{4}}, {{3, 1}}},
                  [](const Tensors& x) { return where(x[0], x[1], x[2]); },
                  [](const Arrays& x) {
                    Array out{{3, 4}, {}};
                    for (int64_t i = 0; i < 12; ++i)
                      out.values.push_back(x[0].at(out.shape, i) != 0 ? x[1].at(out.shape, i)
                                                                      : x[2].at(out.shape, i));
                    return out;
                  }});
  return rows;
}

}  // namespace tape::test
