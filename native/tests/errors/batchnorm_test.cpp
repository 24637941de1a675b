// Refusals of batch normalisation, word by word.
#include "helpers.h"

namespace tape::test {

TEST_CASE("errors: batchNorm says what does not fit") {
  const auto f32 = [](const Dims& shape) { return full(shape, 1, DType::float32); };
  const BatchNormOptions training{.training = true};
  CHECK(message_of([&] { batch_norm(f32({4}), {}, {}, {}, {}, training); }) ==
        "[batchNorm] input must be [N, C], [N, C, L] or [N, C, H, W], got 4");
  CHECK(
      message_of([&] {
        batch_norm(f32({1, 3}), {}, {}, {}, {}, training);
      }) ==
      "[batchNorm] training needs more than one value in each channel, got 1 (input 1x3), use a larger batch "
      "or evaluation");
  CHECK(message_of([&] {
          batch_norm(f32({2, 3}), {}, {}, {}, {}, {});
        }) ==
        "[batchNorm] evaluation uses the running statistics, pass runningMean and runningVar or training");
  CHECK(message_of([&] {
          batch_norm(f32({2, 3}), f32({3}), {}, {}, {}, training);
        }) == "[batchNorm] needs both runningMean and runningVar or neither");
  CHECK(message_of([&] {
          batch_norm(f32({2, 3, 4, 4}), {}, {}, f32({4}), {}, training);
        }) == "[batchNorm] weight must have 3 elements, one for each channel, got 4 (input 2x3x4x4)");
  CHECK(message_of([&] {
          batch_norm(f32({2, 3}), f32({3}), full({3}, 1, DType::float64), {}, {}, {});
        }) == "[batchNorm] dtypes differ: float32 and float64, convert one with to()");
  CHECK(message_of([&] {
          batch_norm(full({2, 3}, 1, DType::int64), {}, {}, {}, {}, training);
        }) == "[batchNorm] needs a floating tensor, got int64 2x3, convert it with to('float32')");
}

}  // namespace tape::test
