// Refusals of padding and upsampling, word by word.
#include "helpers.h"

namespace tape::test {

TEST_CASE("errors: pad and interpolate say which sizes do not fit") {
  const auto padded = [](const Dims& shape, const Dims& amounts, PadMode mode = PadMode::constant) {
    return message_of([&] { pad(full(shape, 1, DType::float32), amounts, mode); });
  };
  const auto resized = [](const Dims& shape, const InterpolateOptions& options) {
    return message_of([&] { interpolate(full(shape, 1, DType::float32), options); });
  };
  CHECK(padded({2, 3}, {1}) ==
        "[pad] needs a number before and after each of at most 2 dimensions, got 1 numbers (input 2x3)");
  CHECK(padded({3}, {1, 1, 1, 1}) ==
        "[pad] needs a number before and after each of at most 1 dimensions, got 4 numbers (input 3)");
  CHECK(padded({2, 3}, {-2, -2}) == "[pad] dimension 1 would have a size of -1 (input 2x3), take less away");
  CHECK(padded({1, 2, 3}, {3, 0}, PadMode::reflect) ==
        "[pad] reflect padding of 3 is more than the 2 a size of 3 allows (input 1x2x3)");
  CHECK(padded({1, 2, 3}, {4, 0}, PadMode::circular) ==
        "[pad] circular padding of 4 is more than the 3 a size of 3 allows (input 1x2x3)");
  CHECK(padded({1, 2, 3}, {-3, 0}, PadMode::replicate) ==
        "[pad] the output would have a size of 0 (input 1x2x3), take less away");
  CHECK(
      padded({3}, {1, 1}, PadMode::reflect) ==
      "[pad] reflect takes 2 numbers for [N, C, L] or [C, L], 4 for [N, C, H, W] or [C, H, W], got 2 for 3");
  CHECK(message_of([] {
          pad(full({2}, 1, DType::int64), {1, 1}, PadMode::constant, 0.5);
        }) == "[pad] the number 0.5 does not fit dtype int64, convert the tensor with to('float32')");
  CHECK(resized({1, 2, 3, 3}, {}) == "[interpolate] needs either size or scaleFactor");
  CHECK(resized({1, 2, 3, 3}, {.size = {2}, .scale_height = 2, .scale_width = 2}) ==
        "[interpolate] needs either size or scaleFactor");
  CHECK(resized({1, 2, 3}, {.size = {2}, .mode = InterpolateMode::bilinear}) ==
        "[interpolate] bilinear needs [N, C, H, W], got 1x2x3");
  CHECK(resized({1, 2, 3, 3}, {.size = {2}, .mode = InterpolateMode::linear}) ==
        "[interpolate] linear needs [N, C, L], got 1x2x3x3");
  CHECK(resized({1, 3}, {.size = {2}}) == "[interpolate] nearest needs [N, C, L] or [N, C, H, W], got 1x3");
  CHECK(resized({1, 2, 3}, {.size = {2}, .align_corners = true}) ==
        "[interpolate] alignCorners belongs to linear and bilinear, not nearest");
  CHECK(resized({1, 2, 3}, {.size = {0}}) == "[interpolate] size must be at least 1, got 0");
  CHECK(resized({1, 2, 3}, {.scale_width = -1}) == "[interpolate] scaleFactor must be positive, got -1");
  CHECK(resized({1, 2, 3}, {.scale_width = 0.25}) ==
        "[interpolate] scaleFactor 0.25 leaves nothing of a size of 3");
  CHECK(resized({1, 2, 0}, {.size = {2}}) ==
        "[interpolate] cannot resize an image without places, got 1x2x0");
}

}  // namespace tape::test
