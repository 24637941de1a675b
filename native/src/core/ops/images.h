// Channels-last images: logical [N, C, spatial...] with the channels of a place side by side in memory.
// A batch of signals [N, C, L] has the same layout with one spatial dimension.
#pragma once
#include "support.h"

namespace tape {

Dims channels_last_strides(const Dims& shape);
/// Lies in memory as channels-last does; strides of dimensions of size 1 do not matter.
bool is_channels_last(const Tensor& x);
/// Uninitialised, of `like`'s dtype on its device.
Tensor empty_channels_last(const Dims& shape, const Tensor& like);
/// `x` itself when it is channels-last, otherwise a copy (recorded).
Tensor channels_last(const Tensor& x);
/// `x` itself when it is contiguous or channels-last, otherwise a contiguous copy (recorded).
Tensor dense_image(const Tensor& x);
/// Uninitialised, of `shape`, in the layout `x` has.
Tensor empty_image(const Tensor& x, const Dims& shape);

/// The size a window sees of dimension `d` of the spatial ones: 1 for the height of a 1-d signal.
/// Spatial dimension 0 is height, 1 is width.
inline int64_t spatial_size(const Tensor& x, int d) {
  const int at = x.rank() - 2 + d;
  return at >= 2 ? x.size(at) : 1;
}
/// [batch, channels, sizes...] in `like`'s rank.
inline Dims image_shape(int rank, int64_t batch, int64_t channels, int64_t height, int64_t width) {
  return rank == 4 ? Dims{batch, channels, height, width} : Dims{batch, channels, width};
}
/// `list` (one number, or one for each spatial dimension) as height and width; `height_of_1d` stands in
/// for the height of a signal. Error naming `what` when a number is below `least`.
void read_pair(const char* where, const char* what, const Dims& list, int spatial, int64_t fallback,
               int64_t height_of_1d, int64_t least, int64_t (&pair)[2]);
/// `3x3`, or `3` for a signal.
std::string pair_text(int spatial, int64_t height, int64_t width);

}  // namespace tape
