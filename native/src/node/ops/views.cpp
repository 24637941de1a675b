#include "tape/ops/views.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor squeeze_all(const Tensor& x) { return squeeze(x); }
Tensor squeeze_dim(const Tensor& x, int64_t dim) { return squeeze(x, dim); }

}  // namespace

std::vector<Binding> views_bindings() {
  return {
      bind<reshape>("reshape"),
      bind<view>("view"),
      bind<transpose>("transpose"),
      bind<permute>("permute"),
      bind<narrow>("narrow"),
      bind<select>("select"),
      bind<expand>("expand"),
      bind<squeeze_all>("squeeze"),
      bind<squeeze_dim>("squeezeDim", "squeeze"),
      bind<unsqueeze>("unsqueeze"),
      bind<flatten>("flatten"),
      bind<contiguous>("contiguous"),
      bind<clone>("clone"),
      bind<to>("to"),
  };
}

}  // namespace tape::node
