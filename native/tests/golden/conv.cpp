#include "golden/golden.h"

namespace tape::test {

using Tensors = std::vector<Tensor>;

GoldenOps conv_golden() {
  const auto bias = [](const Tensors& x) { return x.size() > 2 ? x[2] : Tensor(); };
  const auto conv1 = [bias](ConvOptions o) {
    return [=](const Tensors& x) { return Tensors{conv1d(x[0], x[1], bias(x), o)}; };
  };
  const auto conv2 = [bias](ConvOptions o, bool relu = false) {
    return [=](const Tensors& x) { return Tensors{conv2d(x[0], x[1], bias(x), o, relu)}; };
  };
  const auto transposed1 = [bias](ConvOptions o) {
    return [=](const Tensors& x) { return Tensors{conv_transpose1d(x[0], x[1], bias(x), o)}; };
  };
  const auto transposed2 = [bias](ConvOptions o) {
    return [=](const Tensors& x) { return Tensors{conv_transpose2d(x[0], x[1], bias(x), o)}; };
  };
  return {
      {"conv1d", conv1({.stride = {2}, .padding = {1}})},
      {"conv1d_same", conv1({.dilation = {3}, .same = true})},
      {"conv2d", conv2({.padding = {1}})},
      {"conv2d_same", conv2({.same = true})},
      {"conv2d_strided", conv2({.stride = {2, 1}, .padding = {1, 2}, .dilation = {2, 1}})},
      {"conv2d_groups", conv2({.groups = 2})},
      {"conv2d_depthwise", conv2({.padding = {1}, .groups = 16})},
      {"conv2d_pointwise", conv2({})},
      {"conv2d_relu", conv2({}, true)},
      {"conv_transpose1d", transposed1({.stride = {3}, .padding = {1}, .output_padding = {2}})},
      {"conv_transpose2d",
       transposed2({.stride = {2}, .padding = {1}, .groups = 2, .output_padding = {1, 0}})},
      {"conv_transpose2d_dilated", transposed2({.dilation = {2}})},
  };
}

}  // namespace tape::test
