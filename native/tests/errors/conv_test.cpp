// Refusals of the convolutions, word by word.
#include "helpers.h"

namespace tape::test {
namespace {

Tensor f32(const Dims& shape) { return full(shape, 1, DType::float32); }

struct Refusal {
  Tensor (*op)(const Tensor&, const Tensor&, const Tensor&, const ConvOptions&);
  Dims x, weight, bias;
  ConvOptions options;
  std::string message;
};

Tensor two(const Tensor& x, const Tensor& w, const Tensor& b, const ConvOptions& o) {
  return conv2d(x, w, b, o);
}

const Refusal refusals[] = {
    {two,
     {8, 4, 32, 32},
     {16, 3, 3, 3},
     {},
     {},
     "[conv2d] weight expects 3 input channels, got 4 (input 8x4x32x32)"},
    {two,
     {8, 0, 8, 8},
     {6, 0, 3, 3},
     {},
     {},
     "[conv2d] there must be at least one channel, got none (input 8x0x8x8, weight 6x0x3x3)"},
    {two,
     {8, 4, 8, 8},
     {6, 1, 3, 3},
     {},
     {.groups = 3},
     "[conv2d] weight expects 1 input channels in each of 3 groups, got 4 in all (input 8x4x8x8)"},
    {two,
     {8, 4, 8, 8},
     {5, 2, 3, 3},
     {},
     {.groups = 2},
     "[conv2d] the 5 output channels of weight 5x2x3x3 cannot be divided into 2 groups"},
    {two,
     {1, 1, 4, 9},
     {1, 1, 3, 3},
     {},
     {.dilation = {2}},
     "[conv2d] the kernel reaches over 5x5, more than the padded input of 4x9 (input 1x1x4x9, weight "
     "1x1x3x3), use a smaller kernel or more padding"},
    {conv1d,
     {1, 1, 4},
     {1, 1, 7},
     {},
     {.padding = {1}},
     "[conv1d] the kernel reaches over 7, more than the padded input of 6 (input 1x1x4, weight 1x1x7), use a "
     "smaller kernel or more padding"},
    {two, {4, 9}, {1, 1, 3, 3}, {}, {}, "[conv2d] input must be [N, C, H, W] or [C, H, W], got 4x9"},
    {two, {1, 1, 4, 9}, {1, 3, 3}, {}, {}, "[conv2d] weight must be [out, in / groups, KH, KW], got 1x3x3"},
    {two, {1, 1, 4, 9}, {2, 1, 3, 3}, {3}, {}, "[conv2d] bias must have 2 elements, got 3 (weight 2x1x3x3)"},
    {two, {1, 1, 4, 9}, {2, 1, 3, 3}, {}, {.stride = {0}}, "[conv2d] stride must be at least 1, got 0"},
    {two, {1, 1, 4, 9}, {2, 1, 3, 3}, {}, {.padding = {-1}}, "[conv2d] padding must be at least 0, got -1"},
    {two,
     {1, 1, 4, 9},
     {2, 1, 3, 3},
     {},
     {.stride = {1, 2, 3}},
     "[conv2d] stride needs 1 or 2 numbers, got 3"},
    {two, {1, 1, 4, 9}, {2, 1, 3, 3}, {}, {.groups = 0}, "[conv2d] groups must be at least 1, got 0"},
    {two, {1, 1, 4, 9}, {2, 1, 0, 3}, {}, {}, "[conv2d] weight has an empty kernel, got 2x1x0x3"},
    {two,
     {1, 1, 4, 9},
     {2, 1, 3, 3},
     {},
     {.stride = {2}, .same = true},
     "[conv2d] padding 'same' needs stride 1, got 2"},
    {conv_transpose2d,
     {1, 3, 4, 4},
     {2, 1, 3, 3},
     {},
     {},
     "[convTranspose2d] weight expects 2 input channels, got 3 (input 1x3x4x4)"},
    {conv_transpose2d,
     {1, 3, 4, 4},
     {3, 0, 3, 3},
     {},
     {},
     "[convTranspose2d] there must be at least one channel, got none (input 1x3x4x4, weight 3x0x3x3)"},
    {conv_transpose2d,
     {1, 3, 4, 4},
     {3, 1, 3, 3},
     {},
     {.groups = 2},
     "[convTranspose2d] the 3 input channels cannot be divided into 2 groups"},
    {conv_transpose1d,
     {1, 2, 4},
     {2, 3, 3},
     {2},
     {},
     "[convTranspose1d] bias must have 3 elements, got 2 (weight 2x3x3)"},
    {conv_transpose1d,
     {1, 2, 4},
     {2, 3, 3},
     {},
     {.stride = {2}, .output_padding = {2}},
     "[convTranspose1d] outputPadding must be smaller than stride or dilation, got 2 (stride 2, dilation 1)"},
    {conv_transpose1d,
     {1, 2, 1},
     {2, 3, 3},
     {},
     {.padding = {3}},
     "[convTranspose1d] the output would have a size of -3 (input 1x2x1, weight 2x3x3, padding 3), use less "
     "padding"},
};

}  // namespace

TEST_CASE("errors: convolutions say which sizes do not fit") {
  for (const Refusal& refusal : refusals)
    CHECK(message_of([&] {
            refusal.op(f32(refusal.x), f32(refusal.weight),
                       refusal.bias.empty() ? Tensor() : f32(refusal.bias), refusal.options);
          }) == refusal.message);
  CHECK(message_of([] {
          conv2d(full({1, 1, 3, 3}, 0, DType::int64), f32({1, 1, 2, 2}), {});
        }) == "[conv2d] needs a floating tensor, got int64 1x1x3x3, convert it with to('float32')");
}

}  // namespace tape::test
