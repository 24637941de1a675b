#include "golden/golden.h"

namespace tape::test {

using Tensors = std::vector<Tensor>;

GoldenOps pad_golden() {
  using Mode = InterpolateMode;
  const auto padded = [](Dims amounts, PadMode mode, double value = 0) {
    return [=](const Tensors& x) { return Tensors{pad(x[0], amounts, mode, value)}; };
  };
  const auto resized = [](InterpolateOptions options) {
    return [=](const Tensors& x) { return Tensors{interpolate(x[0], options)}; };
  };
  return {
      {"pad_constant", padded({1, 2, -1, 1}, PadMode::constant, 0.5)},
      {"pad_reflect_1d", padded({3, 2}, PadMode::reflect)},
      {"pad_reflect_2d", padded({1, 2, 2, 0}, PadMode::reflect)},
      {"pad_replicate_1d", padded({3, 2}, PadMode::replicate)},
      {"pad_replicate_2d", padded({1, 2, 2, 0}, PadMode::replicate)},
      {"pad_circular_1d", padded({3, 2}, PadMode::circular)},
      {"pad_circular_2d", padded({1, 2, 2, 0}, PadMode::circular)},
      {"interpolate_nearest_1d", resized({.size = {7}})},
      {"interpolate_nearest_2d", resized({.size = {5, 3}})},
      {"interpolate_nearest_scale", resized({.scale_height = 2.3, .scale_width = 2.3})},
      {"interpolate_linear", resized({.size = {7}, .mode = Mode::linear})},
      {"interpolate_linear_scale", resized({.scale_width = 1.7, .mode = Mode::linear})},
      {"interpolate_bilinear", resized({.size = {5, 3}, .mode = Mode::bilinear})},
      {"interpolate_bilinear_scale",
       resized({.scale_height = 2, .scale_width = 1.6, .mode = Mode::bilinear})},
      {"interpolate_bilinear_aligned",
       resized({.size = {5, 7}, .mode = Mode::bilinear, .align_corners = true})},
  };
}

}  // namespace tape::test
