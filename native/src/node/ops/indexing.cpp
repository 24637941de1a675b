#include "tape/ops/indexing.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor scatter_tensor(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source) {
  return scatter(x, dim, index, source);
}
Tensor scatter_number(const Tensor& x, int64_t dim, const Tensor& index, double value) {
  return scatter(x, dim, index, value);
}
std::vector<Tensor> sort_op(const Tensor& x, int64_t dim, bool descending) {
  const Sorted sorted = sort(x, dim, descending);
  return {sorted.values, sorted.indices};
}
std::vector<Tensor> topk_op(const Tensor& x, int64_t count, int64_t dim, bool largest) {
  const Sorted sorted = topk(x, count, dim, largest);
  return {sorted.values, sorted.indices};
}

}  // namespace

std::vector<Binding> indexing_bindings() {
  return {
      bind<index_select>("indexSelect"),
      bind<index_add>("indexAdd"),
      bind<gather>("gather"),
      bind<take_along_dim>("takeAlongDim"),
      bind<scatter_tensor>("scatter"),
      bind<scatter_number>("scatterScalar", "scatter"),
      bind<scatter_add>("scatterAdd"),
      bind<masked_select>("maskedSelect"),
      bind<nonzero>("nonzero"),
      bind<one_hot>("oneHot"),
      bind<sort_op>("sort"),
      bind<argsort>("argsort"),
      bind<topk_op>("topk"),
  };
}

}  // namespace tape::node
