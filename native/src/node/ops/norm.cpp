#include "tape/ops/norm.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor layer_norm_op(const Tensor& x, const Dims& shape, const MaybeTensor& weight, const MaybeTensor& bias,
                     double eps) {
  return layer_norm(x, shape, weight.tensor, bias.tensor, eps);
}

Tensor rms_norm_op(const Tensor& x, const Dims& shape, const MaybeTensor& weight, double eps) {
  return rms_norm(x, shape, weight.tensor, eps);
}

Tensor group_norm_op(const Tensor& x, int64_t groups, const MaybeTensor& weight, const MaybeTensor& bias,
                     double eps) {
  return group_norm(x, groups, weight.tensor, bias.tensor, eps);
}

}  // namespace

std::vector<Binding> norm_bindings() {
  return {
      bind<layer_norm_op>("layerNorm"),
      bind<rms_norm_op>("rmsNorm"),
      bind<group_norm_op>("groupNorm"),
  };
}

}  // namespace tape::node
