#include "tape/ops/loss.h"

#include "call.h"

namespace tape::node {

std::vector<Binding> loss_bindings() {
  return {
      bind<cross_entropy>("crossEntropy"),
      bind<mse_loss>("mseLoss"),
  };
}

}  // namespace tape::node
