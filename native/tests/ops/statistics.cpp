// Rows of the statistics.
#include <algorithm>
#include <cmath>

#include "ops/reference.h"

namespace tape::test {
namespace {

double spread_of(const std::vector<double>& x, double correction) {
  const double mean = average(x);
  double sum = 0;
  for (double value : x) sum += (value - mean) * (value - mean);
  return sum / (static_cast<double>(x.size()) - correction);
}
double variance(const std::vector<double>& x) { return spread_of(x, 1); }
double population_variance(const std::vector<double>& x) { return spread_of(x, 0); }
double deviation(const std::vector<double>& x) { return std::sqrt(variance(x)); }
double product_of(const std::vector<double>& x) {
  double product = 1;
  for (double value : x) product *= value;
  return product;
}
double log_total(const std::vector<double>& x) {
  double sum = 0;
  for (double value : x) sum += std::exp(value);
  return std::log(sum);
}
template <int power>
double length_of(const std::vector<double>& x) {
  double sum = 0;
  for (double value : x) sum += std::pow(std::fabs(value), power);
  return std::pow(sum, 1.0 / power);
}
double greatest_size(const std::vector<double>& x) {
  double best = 0;
  for (double value : x) best = std::max(best, std::fabs(value));
  return best;
}
double how_many(const std::vector<double>& x) {
  return static_cast<double>(std::count_if(x.begin(), x.end(), [](double v) { return v > 0; }));
}
double is_any(const std::vector<double>& x) { return how_many(x) > 0; }
double is_all(const std::vector<double>& x) { return how_many(x) == static_cast<double>(x.size()); }

/// The op over everything and over each of three dimensions.
void over_dims(std::vector<Row>& rows, const std::string& name,
               std::function<Tensor(const Tensor&, const Dims&)> op, double (*f)(const std::vector<double>&),
               bool differentiable = true, Draw draw = Draw::any) {
  for (int dim = -1; dim < 3; ++dim)
    rows.push_back({name + " " + (dim < 0 ? "all" : std::to_string(dim)),
                    {{{2, 3, 4}, draw}},
                    [op, dim](const Tensors& x) { return op(x[0], dim < 0 ? Dims{} : Dims{dim}); },
                    [f, dim](const Arrays& x) { return fold(x[0], dim, f); },
                    differentiable,
                    true,
                    2e-6,
                    Sizes::any});
}

Array running_sum(const Array& a, int dim, bool reverse) {
  Array out = a;
  for (int64_t i = 0; i < numel_of(a.shape); ++i) {
    Dims position = place(a.shape, i);
    const int64_t here = position[dim], size = a.shape[dim];
    double sum = 0;
    for (int64_t k = reverse ? here : 0; k < (reverse ? size : here + 1); ++k) {
      position[dim] = k;
      sum += a.values[static_cast<size_t>(flat(a.shape, position))];
    }
    out.values[static_cast<size_t>(i)] = sum;
  }
  return out;
}

}  // namespace

std::vector<Row> statistics_rows() {
  std::vector<Row> rows;
  over_dims(
      rows, "var", [](const Tensor& x, const Dims& d) { return var(x, d); }, variance);
  over_dims(
      rows, "var of a population", [](const Tensor& x, const Dims& d) { return var(x, d, 0); },
      population_variance);
  over_dims(
      rows, "std", [](const Tensor& x, const Dims& d) { return stddev(x, d); }, deviation);
  over_dims(
      rows, "prod", [](const Tensor& x, const Dims& d) { return prod(x, d); }, product_of);
  over_dims(
      rows, "logsumexp", [](const Tensor& x, const Dims& d) { return logsumexp(x, d); }, log_total);
  over_dims(
      rows, "norm", [](const Tensor& x, const Dims& d) { return norm(x, 2, d); }, length_of<2>);
  over_dims(
      rows, "norm 1", [](const Tensor& x, const Dims& d) { return norm(x, 1, d); }, length_of<1>);
  over_dims(
      rows, "norm 3", [](const Tensor& x, const Dims& d) { return norm(x, 3, d); }, length_of<3>);
  over_dims(
      rows, "norm infinite", [](const Tensor& x, const Dims& d) { return norm(x, INFINITY, d); },
      greatest_size);
  over_dims(
      rows, "norm 0", [](const Tensor& x, const Dims& d) { return norm(relu(x), 0, d); }, how_many, false);
  over_dims(
      rows, "countNonzero", [](const Tensor& x, const Dims& d) { return count_nonzero(relu(x), d); },
      how_many, false);
  over_dims(
      rows, "any", [](const Tensor& x, const Dims& d) { return any(relu(x), d); }, is_any, false);
  over_dims(
      rows, "all", [](const Tensor& x, const Dims& d) { return all(relu(x), d); }, is_all, false);
  // A zero or two: division cannot give the product of the others.
  rows.push_back({"prod with zeros",
                  {{{3, 4}}},
                  [](const Tensors& x) { return prod(relu(x[0]), {1}); },
                  [](const Arrays& x) {
                    return fold(map1(x[0], [](double v) { return std::max(v, 0.0); }), 1, product_of);
                  }});
  for (int dim = 0; dim < 3; ++dim)
    for (bool reverse : {false, true})
      rows.push_back({"cumsum " + std::to_string(dim) + (reverse ? " from the end" : ""),
                      {{{2, 3, 4}}},
                      [dim, reverse](const Tensors& x) { return cumsum(x[0], dim, reverse); },
                      [dim, reverse](const Arrays& x) { return running_sum(x[0], dim, reverse); }});
  for (int dim = 0; dim < 3; ++dim) {
    rows.push_back({"maxAlong " + std::to_string(dim),
                    {{{2, 3, 4}}},
                    [dim](const Tensors& x) { return max_along(x[0], dim).values; },
                    [dim](const Arrays& x) { return fold(x[0], dim, greatest); }});
    rows.push_back({"minAlong " + std::to_string(dim),
                    {{{2, 3, 4}}},
                    [dim](const Tensors& x) { return min_along(x[0], dim).values; },
                    [dim](const Arrays& x) { return fold(x[0], dim, least); }});
  }
  rows.push_back({"maxAlong position, kept",
                  {{{2, 3, 4}}},
                  [](const Tensors& x) { return max_along(x[0], 1, true).indices; },
                  [](const Arrays& x) {
                    Array out = fold(x[0], 1, where_greatest);
                    out.shape = {2, 1, 4};
                    return out;
                  },
                  false});
  for (Row& row : rows) {
    row.float32_tolerance = 1e-5;
    // Of one element, var with a correction has no value and std no derivative; the greatest of nothing is
    // refused.
    if (row.name.rfind("var", 0) == 0 || row.name.rfind("std", 0) == 0) row.sizes = Sizes::fixed;
    if (row.name.rfind("norm infinite", 0) == 0) row.sizes = Sizes::not_empty;
    if (row.name.rfind("cumsum", 0) == 0 && row.name.find('0') != std::string::npos) row.sizes = Sizes::any;
  }
  return rows;
}

}  // namespace tape::test
