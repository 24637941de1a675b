#include "tape/ops/conv.h"

#include "call.h"

namespace tape::node {
namespace {

template <Tensor (*op)(const Tensor&, const Tensor&, const Tensor&, const ConvOptions&)>
Tensor conv_op(const Tensor& x, const Tensor& weight, const MaybeTensor& bias, const Dims& stride,
               const Dims& padding, const Dims& dilation, int64_t groups, bool same) {
  return op(x, weight, bias.tensor, {stride, padding, dilation, groups, same, {}});
}

template <Tensor (*op)(const Tensor&, const Tensor&, const Tensor&, const ConvOptions&)>
Tensor conv_transpose_op(const Tensor& x, const Tensor& weight, const MaybeTensor& bias, const Dims& stride,
                         const Dims& padding, const Dims& dilation, int64_t groups,
                         const Dims& output_padding) {
  return op(x, weight, bias.tensor, {stride, padding, dilation, groups, false, output_padding});
}

Tensor conv2d_op(const Tensor& x, const Tensor& weight, const MaybeTensor& bias, const Dims& stride,
                 const Dims& padding, const Dims& dilation, int64_t groups, bool same, bool fuse_relu) {
  return conv2d(x, weight, bias.tensor, {stride, padding, dilation, groups, same, {}}, fuse_relu);
}

}  // namespace

std::vector<Binding> conv_bindings() {
  return {
      bind<conv_op<conv1d>>("conv1d"),
      bind<conv2d_op>("conv2d"),
      bind<conv_transpose_op<conv_transpose1d>>("convTranspose1d"),
      bind<conv_transpose_op<conv_transpose2d>>("convTranspose2d"),
  };
}

}  // namespace tape::node
