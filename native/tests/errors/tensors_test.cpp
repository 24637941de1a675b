// Refusals of joining, cutting, picking, sorting, statistics and the in-place blends; values no row draws.
#include <cmath>

#include "errors/refusal.h"
#include "helpers.h"

namespace tape::test {
namespace {

Tensor f32(const Dims& shape) { return full(shape, 1, DType::float32); }
Tensor i64(const Dims& shape, double value = 0) { return full(shape, value, DType::int64); }
Tensor flags(const Dims& shape) { return full(shape, 1, DType::boolean); }

}  // namespace

TEST_CASE("errors: joining and cutting") {
  CHECK(message_of([] { cat({}, 0); }) == "[cat] got no tensors");
  CHECK(message_of([] {
          cat({f32({2, 3}), f32({2, 4})}, 0);
        }) == "[cat] tensor 1 is 2x4, tensor 0 is 2x3: they may differ along dim 0 only");
  CHECK(message_of([] {
          cat({f32({2}), i64({2})}, 0);
        }) == "[cat] dtypes differ: tensor 0 is float32, tensor 1 is int64, convert one with to()");
  CHECK(message_of([] { cat({f32({})}, 0); }) == "[cat] scalars cannot be joined, use stack()");
  CHECK(message_of([] {
          stack({f32({2}), f32({3})}, 0);
        }) == "[stack] tensor 1 is 3, tensor 0 is 2: all must have one shape");
  CHECK(message_of([] {
          split(f32({2, 5}), std::vector<int64_t>{2, 2}, 1);
        }) == "[split] the sizes add up to 4, but dimension 1 of 2x5 has 5");
  CHECK(message_of([] {
          split(f32({2, 5}), 0, 1);
        }) == "[split] the size of a piece must be positive, got 0");
  CHECK(message_of([] {
          chunk(f32({2, 5}), 0, 1);
        }) == "[chunk] the number of pieces must be positive, got 0");
  CHECK(message_of([] {
          chunk(f32({3, 0}), int64_t{1} << 31, 1);
        }) == "[chunk] makes at most 65535 pieces, asked for 2147483648 of 3x0");
  CHECK(message_of([] { unbind(f32({}), 0); }) == "[unbind] a scalar has no dimension to take apart");
  CHECK(message_of([] {
          repeat(f32({2, 3}), {2});
        }) == "[repeat] needs a count for each of the 2 dimensions of 2x3, got 1");
  CHECK(message_of([] { tile(f32({2}), {-1}); }) == "[repeat] count -1 is negative");
  CHECK(message_of([] { flip(f32({2, 3}), {0, -2}); }) == "[flip] dimension 0 appears twice");
  CHECK(message_of([] {
          roll(f32({2, 3}), {1, 1}, {0});
        }) == "[roll] needs a shift for each dimension, got 2 shifts and 1 dims");
  CHECK(message_of([] { tril(f32({2})); }) == "[tril] needs a matrix or a batch of them, got 2");
  CHECK(message_of([] {
          diagonal(f32({2, 2}), 0, 1, -1);
        }) == "[diagonal] needs two different dimensions, got 1 twice");
  CHECK(message_of([] {
          movedim(f32({2, 2}), {0, 1}, {0});
        }) == "[movedim] needs as many places as dimensions, got 2 and 1");
  CHECK(message_of([] {
          unflatten(f32({2, 6}), 1, {4, -1});
        }) == "[unflatten] cannot make 4x-1 of dimension 1 of 2x6");
  CHECK(message_of([] {
          unfold(f32({2, 6}), 1, 7, 1);
        }) == "[unfold] windows of 7, 1 apart, do not fit dimension 1 of 2x6");
}

TEST_CASE("errors: picking, placing, sorting") {
  CHECK(message_of([] {
          index_select(f32({2, 3}), 1, i64({2}, 3));
        }) == "[indexSelect] index 3 at position 0 is outside 0..2 (input 2x3, dim 1)");
  CHECK(message_of([] {
          gather(f32({2, 3}), 1, i64({2, 1}, -1));
        }) == "[gather] index -1 at position 0 is outside 0..2 (input 2x3, dim 1)");
  CHECK(message_of([] {
          gather(f32({2, 3}), 1, i64({3, 1}));
        }) ==
        "[gather] index 3x1 does not fit 2x3: the same number of dimensions, no larger except along dim 1");
  CHECK(message_of([] {
          gather(f32({2, 3}), 1, f32({2, 1}));
        }) == "[gather] index must be an int64 tensor, got float32 2x1, convert it with to('int64')");
  CHECK(message_of([] {
          take_along_dim(f32({2, 3}), i64({2}), 1);
        }) == "[takeAlongDim] input and index must have the same number of dimensions, got 2x3 and 2");
  CHECK(message_of([] {
          scatter(f32({2, 3}), 1, i64({2, 1}), f32({2, 2}));
        }) == "[scatter] source must have the shape of index, got 2x2 and 2x1");
  CHECK(message_of([] {
          scatter_add(f32({2, 3}), 0, i64({1, 3}, 2), f32({1, 3}));
        }) == "[scatterAdd] index 2 at position 0 is outside 0..1 (input 2x3, dim 0)");
  CHECK(message_of([] {
          index_add(f32({2, 3}), 0, i64({4}), f32({2, 3}));
        }) == "[indexAdd] source must be 4x3, got 2x3 (input 2x3, 4 indices along dim 0)");
  CHECK(message_of([] {
          index_add(f32({2, 3}), 0, i64({1}, 2), f32({1, 3}));
        }) == "[indexAdd] index 2 at position 0 is outside 0..1 (input 2x3, dim 0)");
  CHECK(message_of([] { masked_select(f32({2}), f32({2})); }) ==
        "[maskedSelect] the mask must be bool, got float32, compare it first");
  CHECK(message_of([] { one_hot(i64({2}, 3), 3); }) == "[oneHot] class 3 at position 0 is outside 0..2");
  CHECK(message_of([] { one_hot(i64({0})); }) ==
        "[oneHot] an empty index does not tell the number of classes, pass it");
  CHECK(message_of([] {
          topk(f32({2, 3}), 4);
        }) == "[topk] k must be between 0 and 3, got 4 (input 2x3, dim -1)");
}

TEST_CASE("errors: statistics and products") {
  CHECK(message_of([] { var(i64({2})); }) ==
        "[var] needs a floating tensor, got int64 2, convert it with to('float32')");
  CHECK(message_of([] { stddev(f32({2}), {1}); }) == "[std] dim must be between -1 and 0, got 1");
  CHECK(message_of([] { prod(f32({2, 3}), {0, 1}); }) == "[prod] takes one dimension or none, got 2");
  CHECK(message_of([] { norm(f32({2}), -1); }) == "[norm] p must not be negative, got -1");
  CHECK(message_of([] {
          max_along(f32({2, 0}), 1);
        }) == "[max] cannot take the max of nothing: shape 2x0 is empty where it is reduced");
  CHECK(message_of([] {
          bmm(f32({2, 3}), f32({3, 4}));
        }) == "[bmm] needs tensors of 3 and 3 dimensions, got 2x3 and 3x4");
  CHECK(message_of([] { bmm(f32({2, 3, 4}), f32({3, 4, 2})); }) == "[bmm] batches differ: 2x3x4 @ 3x4x2");
  CHECK(message_of([] {
          outer(f32({2, 3}), f32({3}));
        }) == "[outer] needs tensors of 1 and 1 dimensions, got 2x3 and 3");
  CHECK(message_of([] { linspace(0, 1, -1, DType::float32); }) ==
        "[linspace] the count must not be negative, got -1");
  CHECK(message_of([] { linspace(0, 1, 3, DType::int64); }) ==
        "[linspace] needs a floating dtype, got int64");
  CHECK(message_of([] { eye(-1, 2, DType::float32); }) == "[eye] sizes must not be negative, got -1 and 2");
}

TEST_CASE("errors: in-place blends") {
  CHECK(message_of([] {
          lerp_(f32({3}), f32({2, 3}), 0.5);
        }) == "[lerp_] cannot write a result of shape 2x3 into 3, its shape must broadcast to the tensor's");
  CHECK(message_of([] { addcmul_(f32({3}), f32({3}), i64({3}), 1); }) ==
        "[addcmul_] dtypes differ: float32 and int64, convert one with to()");
  CHECK(message_of([] { masked_fill_(f32({3}), flags({2}), 1); }) ==
        "[maskedFill_] the mask 2 does not broadcast to 3");
  CHECK(message_of([] {
          index_add_(f32({2, 3}), 0, i64({1}, 2), f32({1, 3}));
        }) == "[indexAdd_] index 2 at position 0 is outside 0..1 (input 2x3, dim 0)");
  CHECK(
      message_of([] {
        clamp_(variable({2}, {1, 2}), 0, 1);
      }) ==
      "[clamp_] a leaf that requires gradients cannot be changed in place (shape 2), do it inside noGrad()");
}

TEST_CASE("tensors: edges of joining, sorting and statistics") {
  // An empty 1-d tensor joins with anything; a channels-last image stays one.
  CHECK(to_string(cat({f32({0}), f32({2, 3})}, 1).shape()) == "2x3");
  const Tensor image = permute(f32({2, 4, 4, 3}), {0, 3, 1, 2});
  CHECK(cat({image, image}, 1).strides()[1] == 1);
  CHECK(cat({image, contiguous(image)}, 0).strides()[1] == 1);
  CHECK(split(f32({0, 3}), 2, 0).size() == 1);
  CHECK(chunk(f32({5, 3}), 4, 0).size() == 3);
  // Equal elements keep their order, NaN is the greatest.
  const Tensor x = make({5}, {2, NAN, 1, 2, 1});
  CHECK(values_of(sort(x).indices) == std::vector<double>{2, 4, 0, 3, 1});
  CHECK(values_of(sort(x, 0, true).indices) == std::vector<double>{1, 0, 3, 2, 4});
  CHECK(values_of(topk(x, 2, 0, false).indices) == std::vector<double>{2, 4});
  CHECK(values_of(max_along(x, 0).indices) == std::vector<double>{1});
  CHECK(values_of(sort(f32({})).indices) == std::vector<double>{0});
  // Nothing to go by.
  CHECK(std::isnan(values_of(var(f32({1})))[0]));
  CHECK(values_of(prod(f32({0})))[0] == 1);
  CHECK(values_of(logsumexp(f32({0})))[0] == -INFINITY);
  CHECK(values_of(all(f32({0})))[0] == 1);
  CHECK(values_of(any(f32({0})))[0] == 0);
  CHECK(values_of(logsumexp(make({2}, {-INFINITY, -INFINITY})))[0] == -INFINITY);
  CHECK(values_of(logsumexp(make({2}, {INFINITY, 0})))[0] == INFINITY);
  // A mean far from 0 costs no digits.
  const Tensor far = add(make({4}, {0, 1, 2, 3}, DType::float32), 1e6);
  CHECK(values_of(var(far))[0] == doctest::Approx(5.0 / 3).epsilon(1e-6));
  CHECK(values_of(cumsum(full({3}, 1, DType::boolean), 0)) == std::vector<double>{1, 2, 3});
  CHECK(prod(i64({3}, 2)).dtype() == DType::int64);
  CHECK(values_of(linspace(0, 1, 4, DType::float64)).back() == 1);
  CHECK(full_like(image, 2, DType::float32).strides() == image.strides());
}

TEST_CASE("tensors: pieces of a cut share memory, and a change in one is seen in history") {
  const Tensor x = variable({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  const Tensor y = mul(x, 1);
  const auto parts = split(y, 2, 1);
  binary_(BinaryOp::mul, parts[0], 3);
  backward({sum(y)}, {}, false, false);
  CHECK(values_of(x.grad()) == std::vector<double>{3, 3, 1, 1, 3, 3, 1, 1});
}

}  // namespace tape::test
