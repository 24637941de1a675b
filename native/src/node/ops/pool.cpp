#include "tape/ops/pool.h"

#include "call.h"

namespace tape::node {
namespace {

using Pool = Tensor (*)(const Tensor&, const Dims&, const PoolOptions&);

template <Pool op>
Tensor max_op(const Tensor& x, const Dims& kernel, const Dims& stride, const Dims& padding,
              const Dims& dilation, bool ceil_mode) {
  return op(x, kernel, {stride, padding, dilation, ceil_mode, true});
}

template <Pool op>
Tensor average_op(const Tensor& x, const Dims& kernel, const Dims& stride, const Dims& padding,
                  bool ceil_mode, bool count_include_pad) {
  return op(x, kernel, {stride, padding, {}, ceil_mode, count_include_pad});
}

}  // namespace

std::vector<Binding> pool_bindings() {
  return {
      bind<max_op<max_pool1d>>("maxPool1d"),          bind<max_op<max_pool2d>>("maxPool2d"),
      bind<average_op<avg_pool1d>>("avgPool1d"),      bind<average_op<avg_pool2d>>("avgPool2d"),
      bind<adaptive_max_pool1d>("adaptiveMaxPool1d"), bind<adaptive_max_pool2d>("adaptiveMaxPool2d"),
      bind<adaptive_avg_pool1d>("adaptiveAvgPool1d"), bind<adaptive_avg_pool2d>("adaptiveAvgPool2d"),
  };
}

}  // namespace tape::node
