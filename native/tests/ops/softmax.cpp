// Rows of softmax.
#include "ops/reference.h"

namespace tape::test {

std::vector<Row> softmax_rows() {
  std::vector<Row> rows;
  for (int dim = 0; dim < 3; ++dim) {
    rows.push_back({"softmax " + std::to_string(dim),
                    {{{2, 3, 4}}},
                    [dim](const Tensors& x) { return softmax(x[0], dim); },
                    [dim](const Arrays& x) { return softmaxed(x[0], dim, false); }});
    rows.push_back({"logSoftmax " + std::to_string(dim),
                    {{{2, 3, 4}}},
                    [dim](const Tensors& x) { return log_softmax(x[0], dim); },
                    [dim](const Arrays& x) { return softmaxed(x[0], dim, true); }});
  }
  return rows;
}

}  // namespace tape::test
