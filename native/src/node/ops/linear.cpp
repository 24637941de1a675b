#include "tape/ops/linear.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor linear_op(const Tensor& x, const Tensor& weight, const MaybeTensor& bias, Activation activation) {
  return linear(x, weight, bias.tensor, activation);
}

}  // namespace

std::vector<Binding> linear_bindings() {
  return {
      bind<matmul>("matmul"), bind<bmm>("bmm"), bind<addmm>("addmm"), bind<baddbmm>("baddbmm"),
      bind<dot>("dot"),       bind<mv>("mv"),   bind<outer>("outer"), bind<linear_op>("linear"),
  };
}

}  // namespace tape::node
