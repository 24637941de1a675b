#include "tape/ops/indexing.h"

#include "call.h"

namespace tape::node {

std::vector<Binding> indexing_bindings() {
  return {
      bind<index_select>("indexSelect"),
  };
}

}  // namespace tape::node
