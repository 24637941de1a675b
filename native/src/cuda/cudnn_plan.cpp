#include "cudnn_plan.h"

#include <algorithm>

namespace tape::cuda {
namespace {

size_t rounded(size_t bytes) { return (bytes + 255) / 256 * 256; }

}  // namespace

std::optional<ConvNumbers> cudnn_form(DType dtype, const ConvShape& s) {
  if (dtype != DType::float32 && dtype != DType::bfloat16) return {};
  ConvNumbers n{};
  n.type = dtype == DType::float32 ? Cudnn::kFloat : Cudnn::kBFloat16;
  // The library counts elements of an image tensor in 31 bits.
  const int64_t most = (int64_t{1} << 31) - 1;
  const int64_t in = s.batch * s.in_channels * s.in[0] * s.in[1];
  const int64_t out = s.batch * s.out_channels * s.out[0] * s.out[1];
  if (in <= 0 || out <= 0 || in > most || out > most) return {};
  n.images = static_cast<int>(s.batch);
  n.in_channels = static_cast<int>(s.in_channels);
  n.out_channels = static_cast<int>(s.out_channels);
  n.groups = static_cast<int>(s.groups);
  n.group_channels = static_cast<int>(s.in_channels / s.groups);
  for (int d = 0; d < 2; ++d) {
    // The library pads both ends alike. What is padded behind counts only where it makes another place.
    const int64_t reach = s.dilation[d] * (s.kernel[d] - 1) + 1;
    const int64_t places = s.in[d] + 2 * s.pad_begin[d] - reach;
    if (s.pad_begin[d] < 0 || places < 0 || places / s.stride[d] + 1 != s.out[d]) return {};
    for (const int64_t value : {s.kernel[d], s.pad_begin[d], s.stride[d], s.dilation[d]})
      if (value > most) return {};
    n.in[d] = static_cast<int>(s.in[d]);
    n.out[d] = static_cast<int>(s.out[d]);
    n.kernel[d] = static_cast<int>(s.kernel[d]);
    n.pad[d] = static_cast<int>(s.pad_begin[d]);
    n.stride[d] = static_cast<int>(s.stride[d]);
    n.dilation[d] = static_cast<int>(s.dilation[d]);
  }
  return n;
}

bool weights_lie_channels_last(const ConvShape& s) {
  return s.in_channels == s.groups || s.kernel[0] * s.kernel[1] == 1;
}

const CudnnPerformance* choose(const CudnnPerformance* results, int count, size_t most_bytes,
                               bool deterministic, bool exact) {
  const auto* const end = results + count;
  const auto* const found = std::find_if(results, end, [&](const CudnnPerformance& one) {
    return one.status == Cudnn::kSuccess && one.memory <= most_bytes &&
           (!deterministic || one.deterministic == 1) &&
           (!exact || one.math == Cudnn::kDefault || one.math == Cudnn::kFma);
  });
  return found == end ? nullptr : found;
}

ConvRoom room_of(const ConvShape& s, DType dtype, size_t workspace) {
  const int64_t weights = s.out_channels * (s.in_channels / s.groups) * s.kernel[0] * s.kernel[1];
  ConvRoom room{};
  room.workspace = weights_lie_channels_last(s) ? 0 : rounded(static_cast<size_t>(weights) * size_of(dtype));
  room.bytes = room.workspace + rounded(workspace);
  return room;
}

}  // namespace tape::cuda
