// Convolutions. Results are channels-last: logical [N, C, H, W] whose channels lie side by side in memory.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// One number for each spatial dimension, or one for all of them; empty means the default.
struct ConvOptions {
  Dims stride{};    // default 1
  Dims padding{};   // zeros on both sides, default 0
  Dims dilation{};  // default 1
  int64_t groups = 1;
  bool same = false;      // pad so that the output has the input's size; stride must be 1
  Dims output_padding{};  // transposed only: rows added at the end of the output, default 0
};

/// x [N, C, L], weight [O, C / groups, K], bias [O]; x [C, L] is one image without a batch.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options = {});
/// x [N, C, H, W], weight [O, C / groups, KH, KW]; then relu when asked (one fused kernel).
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options = {},
              bool fuse_relu = false);
/// x [N, C, L], weight [C, O / groups, K]: the gradient of conv1d in its input.
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvOptions& options = {});
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvOptions& options = {});

}  // namespace tape
