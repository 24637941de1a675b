// Rows of views and copies.
#include "ops/reference.h"

namespace tape::test {

std::vector<Row> views_rows() {
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
          "view", {3, 4},
          [](const Tensor& x) {
            return view(contiguous(x), {2, -1});
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
  };
}

}  // namespace tape::test
