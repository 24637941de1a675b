// Pooling over windows of images.
#pragma once
#include "tape/view.h"

namespace tape {

/// Windows along one spatial dimension: regular ones, or with `adaptive` those that cut `in` places into
/// `out` nearly equal parts (kernel is then the longest, the rest is unused).
struct PoolAxis {
  int64_t in, out, kernel, stride, pad, dilation;
  bool adaptive;
};

struct PoolShape {
  int64_t batch, channels;
  PoolAxis height, width;
  bool channels_last;      // the layout of both images: [N, H, W, C], otherwise [N, C, H, W]
  bool count_include_pad;  // averages divide by the padded window's size
};

/// `index` holds for each output which tap of its window was greatest, row * width.kernel + column: one
/// byte each, or int32 when `wide`.
struct PoolKernels {
  // NaN counts as the greatest; the first of equals wins.
  void (*max)(DType dtype, const PoolShape& shape, void* out, void* index, bool wide, const void* in);
  // in_grad[p] = sum of out_grad over the windows whose greatest was p.
  void (*max_gradient)(DType dtype, const PoolShape& shape, void* in_grad, const void* index, bool wide,
                       const void* out_grad);
  // out[o] = in[the place o's greatest was taken from]: the adjoint of max_gradient.
  void (*max_gather)(DType dtype, const PoolShape& shape, void* out, const void* index, bool wide,
                     const void* in);
  void (*average)(DType dtype, const PoolShape& shape, void* out, const void* in);
  void (*average_gradient)(DType dtype, const PoolShape& shape, void* in_grad, const void* out_grad);
};

}  // namespace tape
