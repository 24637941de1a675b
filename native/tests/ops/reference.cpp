#include "ops/reference.h"

#include <algorithm>
#include <cmath>

namespace tape::test {

double Array::at(const Dims& full_shape, int64_t index) const {
  const Dims position = place(full_shape, index);
  const int lead = full_shape.size() - shape.size();
  int64_t here = 0;
  for (int d = 0; d < shape.size(); ++d) here = here * shape[d] + (shape[d] == 1 ? 0 : position[lead + d]);
  return values[static_cast<size_t>(here)];
}

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

double b_add(double a, double b) { return a + b; }
double b_sub(double a, double b) { return a - b; }
double b_mul(double a, double b) { return a * b; }
double b_div(double a, double b) { return a / b; }
double b_pow(double a, double b) { return std::pow(a, b); }
double b_max(double a, double b) { return std::max(a, b); }
double b_min(double a, double b) { return std::min(a, b); }

Row unary(const char* name, Tensor (*op)(const Tensor&), double (*f)(double), Draw draw) {
  return {name,
          {{{3, 4}, draw}},
          [op](const Tensors& x) { return op(x[0]); },
          [f](const Arrays& x) { return map1(x[0], f); },
          true,
          true,
          2e-6,
          Sizes::any};
}

Row scalar(const char* name, std::function<Tensor(const Tensor&)> op, double (*f)(double), Draw draw) {
  return {name,
          {{{3, 4}, draw}},
          [op](const Tensors& x) { return op(x[0]); },
          [f](const Arrays& x) { return map1(x[0], f); },
          true,
          true,
          2e-6,
          Sizes::any};
}

}  // namespace tape::test
