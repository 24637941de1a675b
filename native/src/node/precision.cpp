// Entry points of mixed precision.
#include "tape/precision.h"

#include "call.h"

namespace tape::node {
namespace {

/// 0 (float32) turns it off; returns what it was.
int32_t set_autocast_op(DType dtype) { return static_cast<int32_t>(set_autocast(dtype)); }
int32_t autocast_dtype_op() { return static_cast<int32_t>(autocast_dtype()); }

}  // namespace

std::vector<Binding> precision_bindings() {
  return {
      bind<set_autocast_op>("setAutocast", "autocast"),
      bind<autocast_dtype_op>("autocastDtype", "autocast"),
  };
}

}  // namespace tape::node
