// Padding and upsampling.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

enum class PadMode : uint8_t { constant, reflect, replicate, circular };
enum class InterpolateMode : uint8_t { nearest, linear, bilinear };

/// Places added before and after the last dimension, then before and after the one in front of it, and so
/// on; negative numbers take places away. `constant` works on any dimensions; the other modes on the last
/// one of [N, C, L] or [C, L], or the last two of [N, C, H, W] or [C, H, W].
Tensor pad(const Tensor& x, const Dims& amounts, PadMode mode = PadMode::constant, double value = 0);

/// What interpolate makes of the size of x: either `size`, or each size times its scale, rounded down.
struct InterpolateOptions {
  Dims size{};              // one for each spatial dimension, or one for all
  double scale_height = 0;  // 0 when `size` is given; the height of a signal is not used
  double scale_width = 0;
  InterpolateMode mode = InterpolateMode::nearest;
  bool align_corners = false;  // linear ones: the corner places of input and output coincide
};

/// x [N, C, L] (nearest, linear) or [N, C, H, W] (nearest, bilinear) in another size.
Tensor interpolate(const Tensor& x, const InterpolateOptions& options);

}  // namespace tape
