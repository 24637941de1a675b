#include "op_table.h"

#include <algorithm>
#include <cmath>

namespace tape::test {
namespace {

using Arrays = std::vector<Array>;
using Tensors = std::vector<Tensor>;

Array map1(const Array& a, double (*f)(double)) {
  Array out = a;
  for (double& value : out.values) value = f(value);
  return out;
}

Array map2(const Array& a, const Array& b, double (*f)(double, double)) {
  Array out{broadcast_shapes("reference", a.shape, b.shape), {}};
  for (int64_t i = 0; i < numel_of(out.shape); ++i)
    out.values.push_back(f(a.at(out.shape, i), b.at(out.shape, i)));
  return out;
}

/// Position in each dimension of flat index `index`.
Dims place(const Dims& shape, int64_t index) {
  Dims position = shape;
  for (int d = shape.size() - 1; d >= 0; --d) {
    position[d] = index % shape[d];
    index /= shape[d];
  }
  return position;
}
int64_t flat(const Dims& shape, const Dims& position) {
  int64_t index = 0;
  for (int d = 0; d < shape.size(); ++d) index = index * shape[d] + position[d];
  return index;
}

/// Folds dimension `dim` (-1: all) of `a` with f over the list of its values.
Array fold(const Array& a, int dim, double (*f)(const std::vector<double>&)) {
  if (dim < 0) return {{}, {f(a.values)}};
  Array out{a.shape, {}};
  out.shape.erase(dim);
  for (int64_t i = 0; i < numel_of(out.shape); ++i) {
    Dims position = place(out.shape, i);
    position.insert(dim, 0);
    std::vector<double> line;
    for (int64_t k = 0; k < a.shape[dim]; ++k) {
      position[dim] = k;
      line.push_back(a.values[static_cast<size_t>(flat(a.shape, position))]);
    }
    out.values.push_back(f(line));
  }
  return out;
}
double total(const std::vector<double>& x) {
  double sum = 0;
  for (double value : x) sum += value;
  return sum;
}
double average(const std::vector<double>& x) { return total(x) / static_cast<double>(x.size()); }
double greatest(const std::vector<double>& x) { return *std::max_element(x.begin(), x.end()); }
double least(const std::vector<double>& x) { return *std::min_element(x.begin(), x.end()); }
double where_greatest(const std::vector<double>& x) {
  return static_cast<double>(std::max_element(x.begin(), x.end()) - x.begin());
}

/// Picks elements by position: `shape` of the result, and for each of its positions one of the input.
Array pick(const Array& a, const Dims& shape, const std::function<Dims(Dims)>& from) {
  Array out{shape, {}};
  for (int64_t i = 0; i < numel_of(shape); ++i)
    out.values.push_back(a.values[static_cast<size_t>(flat(a.shape, from(place(shape, i))))]);
  return out;
}

Array product(const Array& a, const Array& b) {
  const int ra = a.shape.size(), rb = b.shape.size();
  const int64_t rows = a.shape[ra - 2], depth = a.shape[ra - 1], cols = b.shape[rb - 1];
  Dims lead_a, lead_b;
  for (int d = 0; d + 2 < ra; ++d) lead_a.push_back(a.shape[d]);
  for (int d = 0; d + 2 < rb; ++d) lead_b.push_back(b.shape[d]);
  Array out{broadcast_shapes("reference", lead_a, lead_b), {}};
  const Dims lead = out.shape;
  const int64_t batches = numel_of(lead), na = numel_of(lead_a), nb = numel_of(lead_b);
  out.shape.push_back(rows);
  out.shape.push_back(cols);
  // The rows of the table broadcast a whole batch or none of it.
  for (int64_t batch = 0; batch < batches; ++batch)
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < cols; ++j) {
        double sum = 0;
        for (int64_t k = 0; k < depth; ++k)
          sum += a.values[static_cast<size_t>(((na == 1 ? 0 : batch) * rows + i) * depth + k)] *
                 b.values[static_cast<size_t>(((nb == 1 ? 0 : batch) * depth + k) * cols + j)];
        out.values.push_back(sum);
      }
  return out;
}

Array transposed(const Array& a) {
  return pick(a, {a.shape[1], a.shape[0]}, [](Dims p) { return Dims{p[1], p[0]}; });
}

Array softmaxed(const Array& a, int dim, bool log) {
  Array out = a;
  for (int64_t i = 0; i < numel_of(a.shape); ++i) {
    Dims position = place(a.shape, i);
    double sum = 0;
    for (int64_t k = 0; k < a.shape[dim]; ++k) {
      position[dim] = k;
      sum += std::exp(a.values[static_cast<size_t>(flat(a.shape, position))]);
    }
    const double value = a.values[static_cast<size_t>(i)] - std::log(sum);
    out.values[static_cast<size_t>(i)] = log ? value : std::exp(value);
  }
  return out;
}

Array cross_entropies(const Arrays& in) {
  const Array log_p = softmaxed(in[0], 1, true);
  Array out{{in[0].shape[0]}, {}};
  for (int64_t r = 0; r < in[0].shape[0]; ++r)
    out.values.push_back(-log_p.values[static_cast<size_t>(r * in[0].shape[1]) +
                                       static_cast<size_t>(in[1].values[static_cast<size_t>(r)])]);
  return out;
}

Row unary(const char* name, Tensor (*op)(const Tensor&), double (*f)(double), Draw draw = Draw::any) {
  return {name,
          {{{3, 4}, draw}},
          [op](const Tensors& x) { return op(x[0]); },
          [f](const Arrays& x) { return map1(x[0], f); }};
}

Row scalar(const char* name, std::function<Tensor(const Tensor&)> op, double (*f)(double),
           Draw draw = Draw::any) {
  return {name,
          {{{3, 4}, draw}},
          [op](const Tensors& x) { return op(x[0]); },
          [f](const Arrays& x) { return map1(x[0], f); }};
}

/// The op on equal shapes and on every kind of broadcasting.
void binary(std::vector<Row>& rows, const std::string& name, Tensor (*op)(const Tensor&, const Tensor&),
            double (*f)(double, double), Draw left = Draw::any, Draw right = Draw::any) {
  const std::vector<std::pair<Dims, Dims>> shapes = {{{3, 4}, {3, 4}}, {{3, 4}, {4}},       {{3, 1}, {1, 4}},
                                                     {{}, {2, 3}},     {{2, 1, 3}, {4, 1}}, {{2, 3}, {}}};
  for (const auto& [a, b] : shapes)
    rows.push_back({name + " " + to_string(a) + " with " + to_string(b),
                    {{a, left}, {b, right}},
                    [op](const Tensors& x) { return op(x[0], x[1]); },
                    [f](const Arrays& x) { return map2(x[0], x[1], f); }});
}

void compare_rows(std::vector<Row>& rows, const char* name, CompareOp op, double (*f)(double, double)) {
  rows.push_back({name,
                  {{{3, 4}, Draw::any}, {{4}, Draw::any}},
                  [op](const Tensors& x) { return compare(op, x[0], x[1]); },
                  [f](const Arrays& x) { return map2(x[0], x[1], f); },
                  false});
}

double b_add(double a, double b) { return a + b; }
double b_sub(double a, double b) { return a - b; }
double b_mul(double a, double b) { return a * b; }
double b_div(double a, double b) { return a / b; }
double b_pow(double a, double b) { return std::pow(a, b); }
double b_max(double a, double b) { return std::max(a, b); }
double b_min(double a, double b) { return std::min(a, b); }

/// Runs an in-place op on a copy, so that the table can differentiate it.
template <class F>
Tensor on_copy(const Tensor& x, F f) {
  Tensor copy = clone(x);
  f(copy);
  return copy;
}

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
  return rows;
}

std::vector<Row> view_rows() {
  const auto one = [](const char* name, Dims in, std::function<Tensor(const Tensor&)> op, Dims out,
                      std::function<Dims(Dims)> from) {
    return Row{name,
               {{in}},
               [op](const Tensors& x) { return op(x[0]); },
               [out, from](const Arrays& x) { return pick(x[0], out, from); }};
  };
  const auto regroup = [](Dims p) { return place({3, 4}, flat({2, 6}, p)); };
  const auto same = [](Dims p) { return p; };
  return {
      one(
          "reshape", {3, 4},
          [](const Tensor& x) {
            return reshape(x, {2, -1});
          },
          {2, 6}, regroup),
      one(
          "flatten", {3, 4}, [](const Tensor& x) { return flatten(x, 0, -1); }, {12},
          [](Dims p) {
            return place({3, 4}, p[0]);
          }),
      one(
          "transpose", {3, 4}, [](const Tensor& x) { return transpose(x, 0, -1); }, {4, 3},
          [](Dims p) {
            return Dims{p[1], p[0]};
          }),
      one(
          "permute", {2, 3, 4},
          [](const Tensor& x) {
            return permute(x, {2, 0, 1});
          },
          {4, 2, 3},
          [](Dims p) {
            return Dims{p[1], p[2], p[0]};
          }),
      one(
          "narrow", {3, 4}, [](const Tensor& x) { return narrow(x, 1, 1, 2); }, {3, 2},
          [](Dims p) {
            return Dims{p[0], p[1] + 1};
          }),
      one(
          "select", {3, 4}, [](const Tensor& x) { return select(x, 0, -1); }, {4},
          [](Dims p) {
            return Dims{2, p[0]};
          }),
      one(
          "expand", {3, 1},
          [](const Tensor& x) {
            return expand(x, {2, -1, 4});
          },
          {2, 3, 4},
          [](Dims p) {
            return Dims{p[1], 0};
          }),
      one(
          "squeeze", {3, 1, 4}, [](const Tensor& x) { return squeeze(x, 1); }, {3, 4},
          [](Dims p) {
            return Dims{p[0], 0, p[1]};
          }),
      one(
          "squeeze all", {1, 3, 1}, [](const Tensor& x) { return squeeze(x); }, {3},
          [](Dims p) {
            return Dims{0, p[0], 0};
          }),
      one(
          "unsqueeze", {3, 4}, [](const Tensor& x) { return unsqueeze(x, -1); }, {3, 4, 1},
          [](Dims p) {
            return Dims{p[0], p[1]};
          }),
      one(
          "clone", {3, 4}, [](const Tensor& x) { return clone(x); }, {3, 4}, same),
      one(
          "contiguous", {3, 4}, [](const Tensor& x) { return contiguous(transpose(x, 0, 1)); }, {4, 3},
          [](Dims p) {
            return Dims{p[1], p[0]};
          }),
      one(
          "asStrided", {3, 4},
          [](const Tensor& x) {
            return as_strided(contiguous(x), {2, 2}, {4, 1}, 1);
          },
          {2, 2},
          [](Dims p) {
            return Dims{p[0], p[1] + 1};
          }),
      one(
          "asStrided repeated", {3, 4},
          [](const Tensor& x) {
            return as_strided(contiguous(x), {3, 2}, {0, 1}, 4);
          },
          {3, 2},
          [](Dims p) {
            return Dims{1, p[1]};
          }),
      one(
          "to and back", {3, 4}, [](const Tensor& x) { return to(to(x, DType::float64), x.dtype()); }, {3, 4},
          same),
      {"indexSelect rows",
       {{{3, 4}}, {{5}, Draw::labels}},
       [](const Tensors& x) { return index_select(x[0], 0, x[1]); },
       [](const Arrays& x) {
         return pick(x[0], {5, 4}, [&](Dims p) {
           return Dims{int64_t(x[1].values[static_cast<size_t>(p[0])]), p[1]};
         });
       }},
      {"indexSelect columns",
       {{{4, 3}}, {{5}, Draw::labels}},
       [](const Tensors& x) { return index_select(x[0], 1, x[1]); },
       [](const Arrays& x) {
         return pick(x[0], {4, 5}, [&](Dims p) {
           return Dims{p[0], int64_t(x[1].values[static_cast<size_t>(p[1])])};
         });
       }},
  };
}

std::vector<Row> reduction_rows() {
  std::vector<Row> rows;
  const auto three = [&](const char* name, Tensor (*op)(const Tensor&, const Dims&, bool),
                         double (*f)(const std::vector<double>&), bool differentiable) {
    for (int dim = -1; dim < 3; ++dim)
      rows.push_back({std::string(name) + " " + (dim < 0 ? "all" : std::to_string(dim)),
                      {{{2, 3, 4}}},
                      [op, dim](const Tensors& x) { return op(x[0], dim < 0 ? Dims{} : Dims{dim}, false); },
                      [f, dim](const Arrays& x) { return fold(x[0], dim, f); },
                      differentiable});
  };
  three("sum", sum, total, true);
  three("mean", mean, average, true);
  three("max", max, greatest, true);
  three("min", min, least, true);
  three("argmax", argmax, where_greatest, false);
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

std::vector<Row> network_rows() {
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
  for (int dim = 0; dim < 3; ++dim) {
    rows.push_back({"softmax " + std::to_string(dim),
                    {{{2, 3, 4}}},
                    [dim](const Tensors& x) { return softmax(x[0], dim); },
                    [dim](const Arrays& x) { return softmaxed(x[0], dim, false); }});
    rows.push_back({"logSoftmax " + std::to_string(dim),
                    {{{2, 3, 4}}},
                    [dim](const Tensors& x) { return log_softmax(x[0], dim); },
                    [dim](const Arrays& x) { return softmaxed(x[0], dim, true); }});
  }
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
  rows.push_back({"dropout in evaluation",
                  {{{3, 4}}},
                  [](const Tensors& x) { return dropout(x[0], 0.5, false); },
                  [](const Arrays& x) { return x[0]; }});
  return rows;
}

}  // namespace

double Array::at(const Dims& full_shape, int64_t index) const {
  const Dims position = place(full_shape, index);
  const int lead = full_shape.size() - shape.size();
  int64_t here = 0;
  for (int d = 0; d < shape.size(); ++d) here = here * shape[d] + (shape[d] == 1 ? 0 : position[lead + d]);
  return values[static_cast<size_t>(here)];
}

const std::vector<Row>& op_table() {
  static const std::vector<Row> table = [] {
    std::vector<Row> all;
    for (auto part : {elementwise_rows(), inplace_rows(), view_rows(), reduction_rows(), network_rows()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return table;
}

}  // namespace tape::test
