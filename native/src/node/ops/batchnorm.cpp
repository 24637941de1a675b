#include "tape/ops/batchnorm.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor batch_norm_op(const Tensor& x, const MaybeTensor& running_mean, const MaybeTensor& running_variance,
                     const MaybeTensor& weight, const MaybeTensor& bias, bool training, double momentum,
                     double eps) {
  return batch_norm(x, running_mean.tensor, running_variance.tensor, weight.tensor, bias.tensor,
                    {training, momentum, eps});
}

}  // namespace

std::vector<Binding> batchnorm_bindings() { return {bind<batch_norm_op>("batchNorm")}; }

}  // namespace tape::node
