// Entry points of the ops: each is the C++ op under its JavaScript name.
#include "tape/ops.h"

#include "call.h"

namespace tape::node {
namespace {

template <CompareOp op>
Tensor compare_tensors(const Tensor& a, const Tensor& b) {
  return compare(op, a, b);
}
template <CompareOp op>
Tensor compare_number(const Tensor& a, double b) {
  return compare(op, a, b);
}
template <BinaryOp op>
void binary_tensors_(const Tensor& self, const Tensor& other) {
  binary_(op, self, other);
}
template <BinaryOp op>
void binary_number_(const Tensor& self, double other) {
  binary_(op, self, other);
}

Tensor linear_op(const Tensor& x, const Tensor& weight, const MaybeTensor& bias, bool fuse_relu) {
  return linear(x, weight, bias.tensor, fuse_relu);
}
Tensor squeeze_all(const Tensor& x) { return squeeze(x); }
Tensor squeeze_dim(const Tensor& x, int64_t dim) { return squeeze(x, dim); }

napi_value norms_op(Environment& environment, const std::vector<Tensor>& tensors) {
  for (size_t i = 0; i < tensors.size(); ++i)
    if (!tensors[i].defined()) fail(ErrorCode::value, "norms", "tensor ", i, " is missing");
  const std::vector<double> values = norms(tensors);
  void* data;
  napi_value buffer, array;
  napi_create_arraybuffer(environment.env, values.size() * sizeof(double), &data, &buffer);
  for (size_t i = 0; i < values.size(); ++i) static_cast<double*>(data)[i] = values[i];
  napi_create_typedarray(environment.env, napi_float64_array, values.size(), buffer, 0, &array);
  return array;
}

using Unary = Tensor (*)(const Tensor&);
using Binary = Tensor (*)(const Tensor&, const Tensor&);
using WithNumber = Tensor (*)(const Tensor&, double);

}  // namespace

std::vector<Binding> op_bindings() {
  return {
      bind<static_cast<Unary>(neg)>("neg"),
      bind<static_cast<Unary>(exp)>("exp"),
      bind<static_cast<Unary>(log)>("log"),
      bind<static_cast<Unary>(sqrt)>("sqrt"),
      bind<static_cast<Unary>(abs)>("abs"),
      bind<static_cast<Unary>(square)>("square"),
      bind<static_cast<Unary>(relu)>("relu"),
      bind<static_cast<Unary>(tanh)>("tanh"),
      bind<static_cast<Unary>(sigmoid)>("sigmoid"),
      bind<static_cast<Unary>(sign)>("sign"),
      bind<static_cast<Unary>(logical_not)>("logicalNot"),
      bind<static_cast<Binary>(add)>("add"),
      bind<static_cast<Binary>(sub)>("sub"),
      bind<static_cast<Binary>(mul)>("mul"),
      bind<static_cast<Binary>(div)>("div"),
      bind<static_cast<Binary>(pow)>("pow"),
      bind<static_cast<Binary>(maximum)>("maximum"),
      bind<static_cast<Binary>(minimum)>("minimum"),
      bind<static_cast<WithNumber>(add)>("addScalar", "add"),
      bind<static_cast<WithNumber>(sub)>("subScalar", "sub"),
      bind<static_cast<WithNumber>(rsub)>("rsub"),
      bind<static_cast<WithNumber>(mul)>("mulScalar", "mul"),
      bind<static_cast<WithNumber>(div)>("divScalar", "div"),
      bind<static_cast<WithNumber>(pow)>("powScalar", "pow"),
      bind<compare_tensors<CompareOp::eq>>("eq"),
      bind<compare_tensors<CompareOp::ne>>("ne"),
      bind<compare_tensors<CompareOp::lt>>("lt"),
      bind<compare_tensors<CompareOp::le>>("le"),
      bind<compare_tensors<CompareOp::gt>>("gt"),
      bind<compare_tensors<CompareOp::ge>>("ge"),
      bind<compare_number<CompareOp::eq>>("eqScalar", "eq"),
      bind<compare_number<CompareOp::ne>>("neScalar", "ne"),
      bind<compare_number<CompareOp::lt>>("ltScalar", "lt"),
      bind<compare_number<CompareOp::le>>("leScalar", "le"),
      bind<compare_number<CompareOp::gt>>("gtScalar", "gt"),
      bind<compare_number<CompareOp::ge>>("geScalar", "ge"),
      bind<where>("where"),
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
      bind<uniform_>("uniform_"),
      bind<normal_>("normal_"),
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
      bind<sum>("sum"),
      bind<mean>("mean"),
      bind<max>("max"),
      bind<min>("min"),
      bind<argmax>("argmax"),
      bind<norms_op>("norms"),
      bind<matmul>("matmul"),
      bind<linear_op>("linear"),
      bind<index_select>("indexSelect"),
      bind<softmax>("softmax"),
      bind<log_softmax>("logSoftmax"),
      bind<cross_entropy>("crossEntropy"),
      bind<mse_loss>("mseLoss"),
      bind<dropout>("dropout"),
  };
}

}  // namespace tape::node
