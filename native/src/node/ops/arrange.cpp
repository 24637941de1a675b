#include "tape/ops/arrange.h"

#include "call.h"

namespace tape::node {
namespace {

std::vector<Tensor> split_sizes(const Tensor& x, const std::vector<int64_t>& sizes, int64_t dim) {
  return split(x, sizes, dim);
}
std::vector<Tensor> split_size(const Tensor& x, int64_t size, int64_t dim) { return split(x, size, dim); }

}  // namespace

std::vector<Binding> arrange_bindings() {
  return {
      bind<cat>("cat"),
      bind<stack>("stack"),
      bind<split_size>("split"),
      bind<split_sizes>("splitSizes", "split"),
      bind<chunk>("chunk"),
      bind<unbind>("unbind"),
      bind<repeat>("repeat"),
      bind<tile>("tile"),
      bind<flip>("flip"),
      bind<roll>("roll"),
      bind<tril>("tril"),
      bind<triu>("triu"),
      bind<diagonal>("diagonal"),
      bind<movedim>("movedim"),
      bind<unflatten>("unflatten"),
      bind<unfold>("unfold"),
  };
}

}  // namespace tape::node
