// What cuDNN is asked for a convolution, and which of its answers is taken: no call of the library is here.
#pragma once
#include <optional>
#include <string>

#include "cudnn_api.h"
#include "tape/backend.h"

namespace tape::cuda {

enum class ConvPass : int32_t { forward, input_gradient, weight_gradient };

/// One convolution of one kind. Its bytes are a key.
struct ConvKey {
  ConvShape shape;
  ConvPass pass;
  int32_t type;  // DType
  int32_t tf32, deterministic;
};

/// The numbers of the descriptors: images are channels-last, and so are weights, [out, height, width, in /
/// groups].
struct ConvNumbers {
  int type;
  int images, in_channels, out_channels, group_channels, groups;
  int in[2], out[2], kernel[2], pad[2], stride[2], dilation[2];
};

/// The convolution as the library knows it, or nothing where it knows none like it: other dtypes, padding
/// that differs at both ends where that matters, sizes past 31 bits, nothing to compute.
std::optional<ConvNumbers> cudnn_form(DType dtype, const ConvShape& shape);

/// Whether weights lie as the library wants them already.
bool weights_lie_channels_last(const ConvShape& shape);

/// The first that works within `most_bytes` of workspace, repeats its sums where that is asked for, and does
/// not round its factors where `exact`; the library lists the fastest first. Null when there is none.
const CudnnPerformance* choose(const CudnnPerformance* results, int count, size_t most_bytes,
                               bool deterministic, bool exact);

/// Places of the parts of one call's scratch memory, each aligned to 256 bytes.
struct ConvRoom {
  size_t weights, workspace, bytes;
};
ConvRoom room_of(const ConvShape& shape, DType dtype, size_t workspace);

}  // namespace tape::cuda
