// Rows of table lookups.
#include "ops/reference.h"

namespace tape::test {

std::vector<Row> embedding_rows() {
  const auto reference = [](const Arrays& x) {
    Dims shape = x[1].shape;
    shape.push_back(x[0].shape[1]);
    return pick(x[0], shape, [&](Dims p) {
      const int64_t column = p.back();
      p.erase(p.size() - 1);
      return Dims{int64_t(x[1].values[static_cast<size_t>(flat(x[1].shape, p))]), column};
    });
  };
  const auto plain = [](const Tensors& x) { return embedding(x[1], x[0]); };
  return {
      {"embedding", {{{3, 4}}, {{2, 5}, Draw::labels}}, plain, reference},
      {"embedding of one number", {{{3, 1}}, {{}, Draw::labels}}, plain, reference},
      {"embedding of nothing", {{{3, 4}}, {{0}, Draw::labels}}, plain, reference},
  };
}

}  // namespace tape::test
