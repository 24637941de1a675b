#include "tape/ops/elementwise.h"

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
using Unary = Tensor (*)(const Tensor&);
using Binary = Tensor (*)(const Tensor&, const Tensor&);
using WithNumber = Tensor (*)(const Tensor&, double);

}  // namespace

std::vector<Binding> elementwise_bindings() {
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
  };
}

}  // namespace tape::node
