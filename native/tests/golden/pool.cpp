#include "golden/golden.h"

namespace tape::test {

using Tensors = std::vector<Tensor>;

GoldenOps pool_golden() {
  using Regular = Tensor (*)(const Tensor&, const Dims&, const PoolOptions&);
  using Adaptive = Tensor (*)(const Tensor&, const Dims&);
  const auto regular = [](Regular op, Dims kernel, PoolOptions options) {
    return [=](const Tensors& x) { return Tensors{op(x[0], kernel, options)}; };
  };
  const auto adaptive = [](Adaptive op, Dims size) {
    return [=](const Tensors& x) { return Tensors{op(x[0], size)}; };
  };
  const PoolOptions padded{.stride = {2}, .padding = {1}};
  const PoolOptions ceiled{.stride = {2}, .padding = {1}, .ceil_mode = true};
  return {
      {"max_pool1d", regular(max_pool1d, {3}, padded)},
      {"max_pool2d", regular(max_pool2d, {2}, {})},
      {"max_pool2d_overlapping", regular(max_pool2d, {3}, padded)},
      {"max_pool2d_dilated",
       regular(max_pool2d, {2, 3}, {.stride = {2, 1}, .padding = {0, 1}, .dilation = {3, 1}})},
      {"max_pool2d_ceil", regular(max_pool2d, {3}, ceiled)},
      {"max_pool2d_ties", regular(max_pool2d, {3}, {.stride = {1}})},
      {"avg_pool1d", regular(avg_pool1d, {3}, padded)},
      {"avg_pool2d", regular(avg_pool2d, {3}, padded)},
      {"avg_pool2d_ceil", regular(avg_pool2d, {3}, ceiled)},
      {"avg_pool2d_no_pad",
       regular(avg_pool2d, {3, 2},
               {.stride = {2}, .padding = {1}, .ceil_mode = true, .count_include_pad = false})},
      {"adaptive_avg_pool1d", adaptive(adaptive_avg_pool1d, {3})},
      {"adaptive_avg_pool2d", adaptive(adaptive_avg_pool2d, {3, -1})},
      {"adaptive_max_pool1d", adaptive(adaptive_max_pool1d, {3})},
      {"adaptive_max_pool2d", adaptive(adaptive_max_pool2d, {3, 4})},
  };
}

}  // namespace tape::test
