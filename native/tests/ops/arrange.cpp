// Rows of joining, cutting and rearranging.
#include "ops/reference.h"

namespace tape::test {
namespace {

/// One input of `in`; `from` says where each element of the result comes from.
Row moved(const char* name, Dims in, std::function<Tensor(const Tensor&)> op, Dims out,
          std::function<Dims(Dims)> from) {
  return {name,
          {{in}},
          [op](const Tensors& x) { return op(x[0]); },
          [out, from](const Arrays& x) { return pick(x[0], out, from); }};
}

Row triangle(const char* name, Tensor (*op)(const Tensor&, int64_t), int64_t diagonal, bool lower) {
  return {name,
          {{{2, 3, 4}}},
          [op, diagonal](const Tensors& x) { return op(x[0], diagonal); },
          [diagonal, lower](const Arrays& x) {
            Array out = x[0];
            for (int64_t i = 0; i < 24; ++i) {
              const Dims p = place(out.shape, i);
              const bool kept = lower ? p[2] - p[1] <= diagonal : p[2] - p[1] >= diagonal;
              if (!kept) out.values[static_cast<size_t>(i)] = 0;
            }
            return out;
          }};
}

}  // namespace

std::vector<Row> arrange_rows() {
  return {
      {"cat",
       {{{2, 3, 2}}, {{2, 1, 2}}, {{2, 2, 2}}},
       [](const Tensors& x) { return cat(x, 1); },
       [](const Arrays& x) {
         Array out{{2, 6, 2}, {}};
         for (int64_t i = 0; i < 24; ++i) {
           Dims p = place(out.shape, i);
           const size_t part = p[1] < 3 ? 0 : p[1] < 4 ? 1 : 2;
           p[1] -= part == 0 ? 0 : part == 1 ? 3 : 4;
           out.values.push_back(x[part].values[static_cast<size_t>(flat(x[part].shape, p))]);
         }
         return out;
       }},
      {"cat of images that lie channels last",
       {{{2, 3, 2, 2}}, {{2, 1, 2, 2}}},
       [](const Tensors& x) {
         Tensors images;
         for (const Tensor& image : x)
           images.push_back(permute(contiguous(permute(image, {0, 2, 3, 1})), {0, 3, 1, 2}));
         return cat(images, 1);
       },
       [](const Arrays& x) {
         Array out{{2, 4, 2, 2}, {}};
         for (int64_t i = 0; i < 32; ++i) {
           Dims p = place(out.shape, i);
           const size_t part = p[1] < 3 ? 0 : 1;
           if (part == 1) p[1] = 0;
           out.values.push_back(x[part].values[static_cast<size_t>(flat(x[part].shape, p))]);
         }
         return out;
       }},
      {"stack",
       {{{2, 3}}, {{2, 3}}},
       [](const Tensors& x) { return stack(x, 1); },
       [](const Arrays& x) {
         Array out{{2, 2, 3}, {}};
         for (int64_t i = 0; i < 12; ++i) {
           const Dims p = place(out.shape, i);
           out.values.push_back(x[static_cast<size_t>(p[1])].values[static_cast<size_t>(p[0] * 3 + p[2])]);
         }
         return out;
       }},
      moved(
          "split", {2, 5},
          [](const Tensor& x) {
            const auto parts = split(x, 2, 1);  // 2, 2, 1: the middle one is not used
            return cat({parts[2], mul(parts[0], 1)}, 1);
          },
          {2, 3},
          [](Dims p) {
            return Dims{p[0], p[1] == 0 ? 4 : p[1] - 1};
          }),
      moved(
          "split by sizes", {2, 5},
          [](const Tensor& x) {
            return split(x, std::vector<int64_t>{1, 0, 4}, -1)[2];
          },
          {2, 4},
          [](Dims p) {
            return Dims{p[0], p[1] + 1};
          }),
      moved(
          "chunk", {5, 2}, [](const Tensor& x) { return chunk(x, 2, 0)[1]; }, {2, 2},
          [](Dims p) {
            return Dims{p[0] + 3, p[1]};
          }),
      moved(
          "unbind", {2, 3, 2},
          [](const Tensor& x) {
            const auto parts = unbind(x, 1);
            return stack({parts[2], parts[0]}, 0);
          },
          {2, 2, 2},
          [](Dims p) {
            return Dims{p[1], p[0] == 0 ? 2 : 0, p[2]};
          }),
      moved(
          "repeat", {2, 3},
          [](const Tensor& x) {
            return repeat(x, {2, 3, 2});
          },
          {2, 6, 6},
          [](Dims p) {
            return Dims{p[1] % 2, p[2] % 3};
          }),
      moved(
          "tile", {2, 3}, [](const Tensor& x) { return tile(x, {2}); }, {2, 6},
          [](Dims p) {
            return Dims{p[0], p[1] % 3};
          }),
      moved(
          "flip", {2, 3, 2},
          [](const Tensor& x) {
            return flip(x, {0, -2});
          },
          {2, 3, 2},
          [](Dims p) {
            return Dims{1 - p[0], 2 - p[1], p[2]};
          }),
      moved(
          "roll", {3, 4},
          [](const Tensor& x) {
            return roll(x, {1, -1}, {0, 1});
          },
          {3, 4},
          [](Dims p) {
            return Dims{(p[0] + 2) % 3, (p[1] + 1) % 4};
          }),
      moved(
          "roll flat", {3, 4}, [](const Tensor& x) { return roll(x, {5}, {}); }, {3, 4},
          [](Dims p) {
            return place({3, 4}, (flat({3, 4}, p) + 7) % 12);
          }),
      triangle("tril", tril, 0, true),
      triangle("tril above", tril, 1, true),
      triangle("triu", triu, 0, false),
      triangle("triu below", triu, -1, false),
      moved(
          "diagonal", {3, 4}, [](const Tensor& x) { return diagonal(x); }, {3},
          [](Dims p) {
            return Dims{p[0], p[0]};
          }),
      moved(
          "diagonal below, of a batch", {2, 4, 3}, [](const Tensor& x) { return diagonal(x, -1, 1, 2); },
          {2, 3},
          [](Dims p) {
            return Dims{p[0], p[1] + 1, p[1]};
          }),
      moved(
          "movedim", {2, 3, 4}, [](const Tensor& x) { return movedim(x, {0}, {-1}); }, {3, 4, 2},
          [](Dims p) {
            return Dims{p[2], p[0], p[1]};
          }),
      moved(
          "unflatten", {2, 6},
          [](const Tensor& x) {
            return unflatten(x, 1, {2, -1});
          },
          {2, 2, 3},
          [](Dims p) {
            return Dims{p[0], p[1] * 3 + p[2]};
          }),
      moved(
          "unfold", {2, 7}, [](const Tensor& x) { return unfold(x, 1, 3, 2); }, {2, 3, 3},
          [](Dims p) {
            return Dims{p[0], p[1] * 2 + p[2]};
          }),
  };
}

}  // namespace tape::test
