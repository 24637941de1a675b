// Rows of dropout.
#include "ops/reference.h"

namespace tape::test {

std::vector<Row> dropout_rows() {
  std::vector<Row> rows;
  rows.push_back({"dropout in evaluation",
                  {{{3, 4}}},
                  [](const Tensors& x) { return dropout(x[0], 0.5, false); },
                  [](const Arrays& x) { return x[0]; }});
  return rows;
}

}  // namespace tape::test
