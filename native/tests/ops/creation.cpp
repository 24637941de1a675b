// Rows of making tensors.
#include <cmath>

#include "ops/reference.h"

namespace tape::test {

std::vector<Row> creation_rows() {
  const auto made = [](const char* name, std::function<Tensor(DType)> make, Dims shape,
                       std::function<double(Dims)> value) {
    // The input only says which dtype is wanted.
    return Row{name,
               {{{1}}},
               [make](const Tensors& x) { return make(x[0].dtype()); },
               [shape, value](const Arrays&) {
                 Array out{shape, {}};
                 for (int64_t i = 0; i < numel_of(shape); ++i) out.values.push_back(value(place(shape, i)));
                 return out;
               },
               false};
  };
  return {
      made(
          "full",
          [](DType dtype) {
            return full({2, 3}, 1.5, dtype);
          },
          {2, 3}, [](Dims) { return 1.5; }),
      made(
          "arange", [](DType dtype) { return arange(2, 4.1, 0.5, dtype); }, {5},
          [](Dims p) { return 2 + 0.5 * static_cast<double>(p[0]); }),
      made(
          "arange down", [](DType) { return arange(3, -2, -2, DType::int64); }, {3},
          [](Dims p) { return 3 - 2 * static_cast<double>(p[0]); }),
      made(
          "linspace", [](DType dtype) { return linspace(-1, 1, 5, dtype); }, {5},
          [](Dims p) { return -1 + 0.5 * static_cast<double>(p[0]); }),
      made(
          "linspace of one", [](DType dtype) { return linspace(3, 7, 1, dtype); }, {1},
          [](Dims) { return 3.0; }),
      made(
          "eye", [](DType dtype) { return eye(2, 3, dtype); }, {2, 3},
          [](Dims p) { return double(p[0] == p[1]); }),
      {"fullLike",
       {{{2, 3}}},
       [](const Tensors& x) { return full_like(x[0], 2.5, x[0].dtype()); },
       [](const Arrays& x) { return map1(x[0], [](double) { return 2.5; }); },
       false},
  };
}

}  // namespace tape::test
