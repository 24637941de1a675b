#include "tape/ops/linear.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor linear_op(const Tensor& x, const Tensor& weight, const MaybeTensor& bias, bool fuse_relu) {
  return linear(x, weight, bias.tensor, fuse_relu);
}

}  // namespace

std::vector<Binding> linear_bindings() {
  return {
      bind<matmul>("matmul"),
      bind<linear_op>("linear"),
  };
}

}  // namespace tape::node
