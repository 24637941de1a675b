#include "tape/ops/dropout.h"

#include "call.h"

namespace tape::node {

std::vector<Binding> dropout_bindings() {
  return {
      bind<dropout>("dropout"),
  };
}

}  // namespace tape::node
