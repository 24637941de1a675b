// Refusals of the poolings, word by word.
#include "helpers.h"

namespace tape::test {

TEST_CASE("errors: poolings say which sizes do not fit") {
  const auto of = [](const Dims& shape, const Dims& kernel, const PoolOptions& options = {}) {
    return message_of([&] { max_pool2d(full(shape, 1, DType::float32), kernel, options); });
  };
  CHECK(
      of({1, 1, 4, 9}, {5}) ==
      "[maxPool2d] the kernel reaches over 5, more than the padded input of 4 (input 1x1x4x9), use a smaller "
      "kernel or more padding");
  CHECK(of({4, 9}, {2}) == "[maxPool2d] input must be [N, C, H, W] or [C, H, W], got 4x9");
  CHECK(of({1, 1, 4, 9}, {2}, {.padding = {2}}) ==
        "[maxPool2d] padding must be at most half of the kernel's reach, got 2 for 2");
  CHECK(of({1, 1, 4, 9}, {0}) == "[maxPool2d] kernelSize must be at least 1, got 0");
  CHECK(of({1, 1, 4, 9}, {2}, {.stride = {0}}) == "[maxPool2d] stride must be at least 1, got 0");
  CHECK(of({1, 1, 4, 9}, {2, 2, 2}) == "[maxPool2d] kernelSize needs 1 or 2 numbers, got 3");
  CHECK(of({1, 1, 4, 9}, {}) == "[maxPool2d] needs the kernel's size");
  CHECK(message_of([] {
          adaptive_avg_pool2d(full({1, 1, 0, 3}, 1, DType::float32), {1});
        }) == "[adaptiveAvgPool2d] cannot pool an image without places, got 1x1x0x3");
  CHECK(message_of([] {
          adaptive_max_pool1d(full({1, 1, 3}, 1, DType::float32), {-2});
        }) == "[adaptiveMaxPool1d] outputSize must be at least -1, got -2");
  CHECK(message_of([] {
          avg_pool1d(full({1, 1, 3}, 1, DType::int64), {2});
        }) == "[avgPool1d] needs a floating tensor, got int64 1x1x3, convert it with to('float32')");
}

}  // namespace tape::test
