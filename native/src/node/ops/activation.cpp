#include "tape/ops/activation.h"

#include "call.h"

namespace tape::node {

std::vector<Binding> activation_bindings() {
  return {
      bind<gelu>("gelu"),
      bind<silu>("silu"),
      bind<mish>("mish"),
      bind<leaky_relu>("leakyRelu"),
      bind<elu>("elu"),
      bind<selu>("selu"),
      bind<softplus>("softplus"),
      bind<log_sigmoid>("logSigmoid"),
      bind<hardtanh>("hardtanh"),
      bind<relu6>("relu6"),
      bind<hardsigmoid>("hardsigmoid"),
      bind<hardswish>("hardswish"),
  };
}

}  // namespace tape::node
