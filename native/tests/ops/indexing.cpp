// Rows of picking and placing by index, and of sorting.
#include <algorithm>

#include "ops/reference.h"

namespace tape::test {
namespace {

/// Element of `index` at p, as a position.
int64_t at(const Array& index, const Dims& p) {
  return static_cast<int64_t>(index.values[static_cast<size_t>(flat(index.shape, p))]);
}

/// x with `combine(old, new)` at every place that index and source name along `dim`.
Array placed(const Array& x, int dim, const Array& index, const Array& source,
             double (*combine)(double, double)) {
  Array out = x;
  for (int64_t i = 0; i < numel_of(index.shape); ++i) {
    Dims p = place(index.shape, i);
    p[dim] = at(index, place(index.shape, i));
    double& target = out.values[static_cast<size_t>(flat(out.shape, p))];
    target = combine(target, source.values[static_cast<size_t>(i)]);
  }
  return out;
}
double replace(double, double b) { return b; }

/// The values of each line along `dim` in order; the first `take` of them.
Array ordered(const Array& x, int dim, int64_t take, bool descending) {
  Dims shape = x.shape;
  shape[dim] = take;
  return pick(x, shape, [&](Dims p) {
    std::vector<std::pair<double, int64_t>> line;
    Dims q = p;
    for (int64_t k = 0; k < x.shape[dim]; ++k) {
      q[dim] = k;
      line.push_back({x.values[static_cast<size_t>(flat(x.shape, q))], k});
    }
    std::stable_sort(line.begin(), line.end(), [&](const auto& a, const auto& b) {
      return descending ? a.first > b.first : a.first < b.first;
    });
    p[dim] = line[static_cast<size_t>(p[dim])].second;
    return p;
  });
}

Row slices(const char* name, Dims in, int dim, Dims out) {
  return {name,
          {{in}, {{5}, Draw::labels}},
          [dim](const Tensors& x) { return index_select(x[0], dim, x[1]); },
          [dim, out](const Arrays& x) {
            return pick(x[0], out, [&](Dims p) {
              p[dim] = static_cast<int64_t>(x[1].values[static_cast<size_t>(p[dim])]);
              return p;
            });
          }};
}

}  // namespace

std::vector<Row> indexing_rows() {
  std::vector<Row> rows = {
      slices("indexSelect rows", {3, 4}, 0, {5, 4}),
      slices("indexSelect columns", {4, 3}, 1, {4, 5}),
      slices("indexSelect in the middle", {2, 3, 2}, 1, {2, 5, 2}),
      {"indexAdd",
       {{{2, 3, 2}}, {{4}, Draw::labels}, {{2, 4, 2}}},
       [](const Tensors& x) { return index_add(x[0], 1, x[1], x[2]); },
       [](const Arrays& x) {
         Array index = x[2];
         for (int64_t i = 0; i < 16; ++i)
           index.values[static_cast<size_t>(i)] = x[1].values[static_cast<size_t>(place(index.shape, i)[1])];
         return placed(x[0], 1, index, x[2], b_add);
       }},
      {"takeAlongDim",
       {{{3, 4}}, {{2, 1}, Draw::labels}},
       [](const Tensors& x) { return take_along_dim(x[0], x[1], 0); },
       [](const Arrays& x) {
         return pick(x[0], {2, 4}, [&](Dims p) { return Dims{at(x[1], {p[0], 0}), p[1]}; });
       }},
      {"scatter",
       {{{3, 4}}, {{1, 4}, Draw::labels}, {{1, 4}}},
       [](const Tensors& x) { return scatter(x[0], 0, x[1], x[2]); },
       [](const Arrays& x) { return placed(x[0], 0, x[1], x[2], replace); }},
      {"scatter a number",
       {{{3, 4}}, {{2, 3}, Draw::labels}},
       [](const Tensors& x) { return scatter(x[0], 1, x[1], 7); },
       [](const Arrays& x) {
         return placed(x[0], 1, x[1], {{2, 3}, std::vector<double>(6, 7.0)}, replace);
       }},
      {"maskedSelect",
       {{{3, 4}}},
       [](const Tensors& x) { return masked_select(x[0], compare(CompareOp::gt, x[0], 0)); },
       [](const Arrays& x) {
         Array out{{0}, {}};
         for (double value : x[0].values)
           if (value > 0) out.values.push_back(value);
         out.shape = {static_cast<int64_t>(out.values.size())};
         return out;
       }},
      {"nonzero",
       {{{3, 4}}},
       [](const Tensors& x) { return nonzero(relu(x[0])); },
       [](const Arrays& x) {
         Array out{{0, 2}, {}};
         for (int64_t i = 0; i < 12; ++i) {
           if (x[0].values[static_cast<size_t>(i)] <= 0) continue;
           for (int64_t p : place({3, 4}, i)) out.values.push_back(static_cast<double>(p));
         }
         out.shape[0] = static_cast<int64_t>(out.values.size()) / 2;
         return out;
       },
       false},
      {"oneHot",
       {{{2, 3}, Draw::labels}},
       [](const Tensors& x) { return one_hot(x[0], 4); },
       [](const Arrays& x) {
         Array out{{2, 3, 4}, {}};
         for (double value : x[0].values)
           for (int k = 0; k < 4; ++k) out.values.push_back(k == static_cast<int>(value));
         return out;
       },
       false},
      {"argsort",
       {{{3, 4}}},
       [](const Tensors& x) { return gather(x[0], 1, argsort(x[0], 1, true)); },
       [](const Arrays& x) { return ordered(x[0], 1, 4, true); }},
      {"topk",
       {{{3, 5}}},
       [](const Tensors& x) { return topk(x[0], 2).values; },
       [](const Arrays& x) { return ordered(x[0], 1, 2, true); }},
      {"topk smallest, over rows",
       {{{4, 3}}},
       [](const Tensors& x) { return topk(x[0], 3, 0, false).values; },
       [](const Arrays& x) { return ordered(x[0], 0, 3, false); }},
  };
  for (int dim = 0; dim < 3; ++dim) {
    rows.push_back({"gather " + std::to_string(dim),
                    {{{3, 3, 3}}, {{2, 3, 2}, Draw::labels}},
                    [dim](const Tensors& x) { return gather(x[0], dim, x[1]); },
                    [dim](const Arrays& x) {
                      return pick(x[0], {2, 3, 2}, [&](Dims p) {
                        Dims q = p;
                        q[dim] = at(x[1], p);
                        return q;
                      });
                    }});
    rows.push_back({"scatterAdd " + std::to_string(dim),
                    {{{3, 3, 3}}, {{2, 3, 2}, Draw::labels}, {{2, 3, 2}}},
                    [dim](const Tensors& x) { return scatter_add(x[0], dim, x[1], x[2]); },
                    [dim](const Arrays& x) { return placed(x[0], dim, x[1], x[2], b_add); }});
    rows.push_back({"sort " + std::to_string(dim),
                    {{{2, 3, 4}}},
                    [dim](const Tensors& x) { return sort(x[0], dim, dim == 1).values; },
                    [dim](const Arrays& x) { return ordered(x[0], dim, x[0].shape[dim], dim == 1); }});
  }
  return rows;
}

}  // namespace tape::test
