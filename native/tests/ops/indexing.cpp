// Rows of picking by index.
#include "ops/reference.h"

namespace tape::test {

std::vector<Row> indexing_rows() {
  return {
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

}  // namespace tape::test
