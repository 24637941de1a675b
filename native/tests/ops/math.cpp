// Rows of the mathematical functions.
#include <algorithm>
#include <cmath>

#include "ops/reference.h"

namespace tape::test {
namespace {

double modulo(double a, double b) { return a - b * std::floor(a / b); }

Row three(const char* name, Tensor (*op)(const Tensor&, const Tensor&, const Tensor&),
          double (*f)(double, double, double), Draw last = Draw::any) {
  return {name,
          {{{3, 4}}, {{4}}, {{3, 1}, last}},
          [op](const Tensors& x) { return op(x[0], x[1], x[2]); },
          [f](const Arrays& x) {
            Array out{{3, 4}, {}};
            for (int64_t i = 0; i < 12; ++i)
              out.values.push_back(f(x[0].at(out.shape, i), x[1].at(out.shape, i), x[2].at(out.shape, i)));
            return out;
          }};
}

Row logic(const char* name, Tensor (*op)(const Tensor&, const Tensor&), double (*f)(double, double)) {
  return {name,
          {{{3, 4}, Draw::flags}, {{4}, Draw::flags}},
          [op](const Tensors& x) { return op(x[0], x[1]); },
          [f](const Arrays& x) { return map2(x[0], x[1], f); },
          false};
}

Row two(const char* name, Tensor (*op)(const Tensor&, const Tensor&), double (*f)(double, double),
        Draw right) {
  return {name,
          {{{3, 4}}, {{4}, right}},
          [op](const Tensors& x) { return op(x[0], x[1]); },
          [f](const Arrays& x) { return map2(x[0], x[1], f); }};
}

/// Questions about x / 0, which is infinite, and 0 / 0.
Row question(const char* name, Tensor (*op)(const Tensor&), double (*f)(double)) {
  Row row = unary(name, op, f);
  row.apply = [op](const Tensors& x) { return op(div(x[0], relu(x[0]))); };
  row.reference = [f](const Arrays& x) {
    Array out = x[0];
    for (double& value : out.values) value = f(value / std::max(value, 0.0));
    return out;
  };
  row.differentiable = false;
  return row;
}

}  // namespace

std::vector<Row> math_rows() {
  std::vector<Row> rows = {
      unary("reciprocal", reciprocal, [](double x) { return 1 / x; }),
      unary(
          "rsqrt", rsqrt, [](double x) { return 1 / std::sqrt(x); }, Draw::positive),
      unary(
          "log1p", log1p, [](double x) { return std::log1p(x); }, Draw::positive),
      unary("expm1", expm1, [](double x) { return std::expm1(x); }),
      unary(
          "log2", log2, [](double x) { return std::log2(x); }, Draw::positive),
      unary("exp2", exp2, [](double x) { return std::exp2(x); }),
      unary("sin", sin, [](double x) { return std::sin(x); }),
      unary("cos", cos, [](double x) { return std::cos(x); }),
      unary(
          "tan", tan, [](double x) { return std::tan(x); }, Draw::unit),
      unary("atan", atan, [](double x) { return std::atan(x); }),
      unary("erf", erf, [](double x) { return std::erf(x); }),
      unary("floor", floor, [](double x) { return std::floor(x); }),
      unary("ceil", ceil, [](double x) { return std::ceil(x); }),
      unary("round", round, [](double x) { return std::nearbyint(x); }),
      unary("trunc", trunc, [](double x) { return std::trunc(x); }),
      question("isnan", isnan, [](double x) { return double(std::isnan(x)); }),
      question("isinf", isinf, [](double x) { return double(std::isinf(x)); }),
      question("isfinite", isfinite, [](double x) { return double(std::isfinite(x)); }),
      two("remainder", remainder, modulo, Draw::positive),
      two(
          "fmod", fmod, [](double a, double b) { return std::fmod(a, b); }, Draw::positive),
      two(
          "floorDivide", floor_divide, [](double a, double b) { return std::floor(a / b); }, Draw::positive),
      two(
          "atan2", atan2, [](double a, double b) { return std::atan2(a, b); }, Draw::any),
      scalar(
          "remainder number", [](const Tensor& x) { return remainder(x, -0.7); },
          [](double x) { return modulo(x, -0.7); }),
      scalar(
          "fmod number", [](const Tensor& x) { return fmod(x, -0.7); },
          [](double x) { return std::fmod(x, -0.7); }),
      scalar(
          "floorDivide number", [](const Tensor& x) { return floor_divide(x, -0.7); },
          [](double x) { return std::floor(x / -0.7); }),
      scalar(
          "clamp", [](const Tensor& x) { return clamp(x, -0.5, 1.2); },
          [](double x) { return std::clamp(x, -0.5, 1.2); }),
      scalar(
          "clamp below only", [](const Tensor& x) { return clamp(x, 0.3, kNoBound); },
          [](double x) { return std::max(x, 0.3); }),
      three(
          "clamp by tensors",
          [](const Tensor& x, const Tensor& low, const Tensor& high) { return clamp(x, low, high); },
          [](double x, double low, double high) { return std::min(std::max(x, low), high); }),
      three(
          "lerp", [](const Tensor& a, const Tensor& b, const Tensor& w) { return lerp(a, b, w); },
          [](double a, double b, double w) { return a + w * (b - a); }),
      three(
          "lerp number", [](const Tensor& a, const Tensor& b, const Tensor&) { return lerp(a, b, 0.3); },
          [](double a, double b, double) { return a + 0.3 * (b - a); }),
      three(
          "addcmul", [](const Tensor& x, const Tensor& a, const Tensor& b) { return addcmul(x, a, b, 0.7); },
          [](double x, double a, double b) { return x + 0.7 * a * b; }),
      three(
          "addcdiv", [](const Tensor& x, const Tensor& a, const Tensor& b) { return addcdiv(x, a, b, 0.7); },
          [](double x, double a, double b) { return x + 0.7 * a / b; }, Draw::positive),
      logic("logicalAnd", logical_and, [](double a, double b) { return double(a != 0 && b != 0); }),
      logic("logicalOr", logical_or, [](double a, double b) { return double(a != 0 || b != 0); }),
      logic("logicalXor", logical_xor, [](double a, double b) { return double(a != b); }),
      scalar(
          "logicalNot", [](const Tensor& x) { return logical_not(compare(CompareOp::gt, x, 0)); },
          [](double x) { return double(!(x > 0)); }),
      {"maskedFill",
       {{{3, 4}}, {{4}, Draw::flags}},
       [](const Tensors& x) { return masked_fill(x[0], x[1], 7); },
       [](const Arrays& x) { return map2(x[0], x[1], [](double a, double m) { return m != 0 ? 7 : a; }); }},
      {"where with a number",
       {{{3, 4}}, {{4}, Draw::flags}},
       [](const Tensors& x) { return where(x[1], x[0], 7); },
       [](const Arrays& x) { return map2(x[0], x[1], [](double a, double m) { return m != 0 ? a : 7; }); }},
  };
  for (Row& row : rows) {
    row.float32_tolerance = 5e-6;
    if (row.name == "logicalNot") row.differentiable = false;
  }
  return rows;
}

}  // namespace tape::test
