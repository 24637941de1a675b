#include "tape/ops/pad.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor interpolate_op(const Tensor& x, const Dims& size, double scale_height, double scale_width,
                      InterpolateMode mode, bool align_corners) {
  return interpolate(x, {size, scale_height, scale_width, mode, align_corners});
}

}  // namespace

std::vector<Binding> pad_bindings() {
  return {
      bind<pad>("pad"),
      bind<interpolate_op>("interpolate"),
  };
}

}  // namespace tape::node
