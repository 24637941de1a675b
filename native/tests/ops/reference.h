// Plain loops in double: what the op table compares with. And the few shapes most rows have.
#pragma once
#include "op_table.h"

namespace tape::test {

using Arrays = std::vector<Array>;
using Tensors = std::vector<Tensor>;

Array map1(const Array& a, double (*f)(double));
Array map2(const Array& a, const Array& b, double (*f)(double, double));
/// Position in each dimension of flat index `index`.
Dims place(const Dims& shape, int64_t index);
int64_t flat(const Dims& shape, const Dims& position);
/// Folds dimension `dim` (-1: all) of `a` with f over the list of its values.
Array fold(const Array& a, int dim, double (*f)(const std::vector<double>&));
double total(const std::vector<double>& x);
double average(const std::vector<double>& x);
double greatest(const std::vector<double>& x);
double least(const std::vector<double>& x);
double where_greatest(const std::vector<double>& x);
/// Picks elements by position: `shape` of the result, and for each of its positions one of the input.
Array pick(const Array& a, const Dims& shape, const std::function<Dims(Dims)>& from);
Array product(const Array& a, const Array& b);
Array transposed(const Array& a);
Array softmaxed(const Array& a, int dim, bool log);
double b_add(double a, double b);
double b_sub(double a, double b);
double b_mul(double a, double b);
double b_div(double a, double b);
double b_pow(double a, double b);
double b_max(double a, double b);
double b_min(double a, double b);

/// A row of one input, 3x4.
Row unary(const char* name, Tensor (*op)(const Tensor&), double (*f)(double), Draw draw = Draw::any);
Row scalar(const char* name, std::function<Tensor(const Tensor&)> op, double (*f)(double),
           Draw draw = Draw::any);

/// Runs an in-place op on a copy, so that the table can differentiate it.
template <class F>
Tensor on_copy(const Tensor& x, F f) {
  Tensor copy = clone(x);
  f(copy);
  return copy;
}

}  // namespace tape::test
