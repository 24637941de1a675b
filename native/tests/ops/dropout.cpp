// Rows of dropout.
#include "ops/reference.h"
#include "tape/random.h"

namespace tape::test {

std::vector<Row> dropout_rows() {
  std::vector<Row> rows;
  rows.push_back({"dropout in evaluation",
                  {{{3, 4}}},
                  [](const Tensors& x) { return dropout(x[0], 0.5, false); },
                  [](const Arrays& x) { return x[0]; }});
  rows.push_back({"dropout",
                  {{{3, 7}}},
                  [](const Tensors& x) {
                    manual_seed(7);
                    return dropout(x[0], 0.25, true);
                  },
                  [](const Arrays& x) {
                    Array out = x[0];
                    for (size_t i = 0; i < out.values.size(); ++i) {
                      const bool kept = (philox(7, i / 4).v[i % 4] >> 8) >= 0.25 * 16777216;
                      out.values[i] *= kept ? 1 / 0.75 : 0;
                    }
                    return out;
                  }});
  return rows;
}

}  // namespace tape::test
