#include "tape/ops/inplace.h"

#include "call.h"

namespace tape::node {
namespace {

template <BinaryOp op>
void binary_tensors_(const Tensor& self, const Tensor& other) {
  binary_(op, self, other);
}
template <BinaryOp op>
void binary_number_(const Tensor& self, double other) {
  binary_(op, self, other);
}

}  // namespace

std::vector<Binding> inplace_bindings() {
  return {
      bind<binary_tensors_<BinaryOp::add>>("add_"),
      bind<binary_tensors_<BinaryOp::sub>>("sub_"),
      bind<binary_tensors_<BinaryOp::mul>>("mul_"),
      bind<binary_tensors_<BinaryOp::div>>("div_"),
      bind<binary_number_<BinaryOp::add>>("addScalar_", "add_"),
      bind<binary_number_<BinaryOp::sub>>("subScalar_", "sub_"),
      bind<binary_number_<BinaryOp::mul>>("mulScalar_", "mul_"),
      bind<binary_number_<BinaryOp::div>>("divScalar_", "div_"),
      bind<copy_>("copy_"),
      bind<fill_>("fill_"),
      bind<clamp_>("clamp_"),
      bind<relu_>("relu_"),
      bind<lerp_>("lerp_"),
      bind<addcmul_>("addcmul_"),
      bind<addcdiv_>("addcdiv_"),
      bind<masked_fill_>("maskedFill_"),
      bind<index_add_>("indexAdd_"),
      bind<scatter_add_>("scatterAdd_"),
      bind<uniform_>("uniform_"),
      bind<normal_>("normal_"),
  };
}

}  // namespace tape::node
