#include "tape/ops/masked.h"

#include "call.h"

namespace tape::node {

std::vector<Binding> masked_bindings() {
  return {
      bind<lengths_mask>("lengthsMask"),
      bind<masked_mean>("maskedMean"),
      bind<masked_max>("maskedMax"),
  };
}

}  // namespace tape::node
