#include "tape/ops/softmax.h"

#include "call.h"

namespace tape::node {

std::vector<Binding> softmax_bindings() {
  return {
      bind<softmax>("softmax"),
      bind<log_softmax>("logSoftmax"),
  };
}

}  // namespace tape::node
