#include "tape/ops/statistics.h"

#include "call.h"

namespace tape::node {
namespace {

std::vector<Tensor> max_along_op(const Tensor& x, int64_t dim, bool keepdim) {
  const Extreme found = max_along(x, dim, keepdim);
  return {found.values, found.indices};
}
std::vector<Tensor> min_along_op(const Tensor& x, int64_t dim, bool keepdim) {
  const Extreme found = min_along(x, dim, keepdim);
  return {found.values, found.indices};
}
Tensor cumsum_op(const Tensor& x, int64_t dim) { return cumsum(x, dim); }

}  // namespace

std::vector<Binding> statistics_bindings() {
  return {
      bind<var>("var"),
      bind<stddev>("std"),
      bind<prod>("prod"),
      bind<logsumexp>("logsumexp"),
      bind<norm>("norm"),
      bind<count_nonzero>("countNonzero"),
      bind<any>("any"),
      bind<all>("all"),
      bind<cumsum_op>("cumsum"),
      bind<max_along_op>("maxAlong", "max"),
      bind<min_along_op>("minAlong", "min"),
  };
}

}  // namespace tape::node
