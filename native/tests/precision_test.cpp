// 16-bit products, ops that compute in float32 for them, and autocast.
#include "tape/precision.h"

#include <cmath>

#include "helpers.h"
#include "tape/checkpoint.h"
#include "tape/optim.h"
#include "tape/random.h"

namespace tape::test {
namespace {

struct Region {
  explicit Region(DType dtype) : before(set_autocast(dtype)) {}
  ~Region() { set_autocast(before); }
  DType before;
};

Tensor rounded(const Tensor& x, DType dtype) { return to(to(x, dtype), x.dtype()); }

}  // namespace

TEST_CASE("precision: 16-bit products are float32 products of what was rounded, rounded once") {
  manual_seed(1);
  // Small and large, so that the plain and the library's product are both met; operands as they lie and
  // turned.
  for (const int64_t n : {3, 33}) {
    for (const DType dtype : {DType::bfloat16, DType::float16}) {
      const Tensor x = to(randn({n, n + 1}, DType::float32), dtype),
                   b = to(randn({n}, DType::float32), dtype);
      const Tensor w = to(randn({n, n + 1}, DType::float32), dtype);
      const Tensor fx = to(x, DType::float32), fw = to(w, DType::float32), fb = to(b, DType::float32);
      const auto same = [&](const Tensor& got, const Tensor& expected) {
        REQUIRE(got.dtype() == dtype);
        const auto left = values_of(got), right = values_of(expected);
        REQUIRE(left.size() == right.size());
        // One unit in the last place: a native kernel may add in another order.
        for (size_t i = 0; i < left.size(); ++i)
          CHECK(left[i] == doctest::Approx(right[i]).epsilon(dtype == DType::bfloat16 ? 0.008 : 0.001));
      };
      same(linear(x, w, b), linear(fx, fw, fb));
      same(linear(x, w, b, Activation::relu), linear(fx, fw, fb, Activation::relu));
      same(linear(x, w, {}), linear(fx, fw, {}));
      same(matmul(x, transpose(w, 0, 1)), matmul(fx, transpose(fw, 0, 1)));
      same(matmul(transpose(w, 0, 1), x), matmul(transpose(fw, 0, 1), fx));
      same(matmul(unsqueeze(x, 0), expand(unsqueeze(transpose(w, 0, 1), 0), {2, n + 1, n})),
           matmul(unsqueeze(fx, 0), expand(unsqueeze(transpose(fw, 0, 1), 0), {2, n + 1, n})));
    }
  }
  CHECK(matmul(empty({0, 3}, DType::bfloat16), empty({3, 2}, DType::bfloat16)).numel() == 0);
  CHECK(values_of(matmul(empty({1, 0}, DType::bfloat16), empty({0, 2}, DType::bfloat16))) ==
        std::vector<double>{0, 0});
}

TEST_CASE("precision: ops without a 16-bit kernel compute in float32 and round the result") {
  manual_seed(2);
  const Tensor x = to(randn({4, 6}, DType::float32), DType::bfloat16), fx = to(x, DType::float32);
  const Tensor labels = make({4}, {0, 5, 2, 2}, DType::int64);
  const auto same = [&](const Tensor& got, const Tensor& expected) {
    CHECK(got.dtype() == DType::bfloat16);
    CHECK(values_of(got) == values_of(rounded(expected, DType::bfloat16)));
  };
  same(sum(x, {1}), sum(fx, {1}));
  same(mean(x), mean(fx));
  same(amax(x, {0}), amax(fx, {0}));
  same(softmax(x, 1), softmax(fx, 1));
  same(log_softmax(x, 0), log_softmax(fx, 0));
  same(layer_norm(x, {6}, {}, {}, 1e-5), layer_norm(fx, {6}, {}, {}, 1e-5));
  same(cross_entropy(x, labels, Reduction::mean), cross_entropy(fx, labels, Reduction::mean));
  CHECK(values_of(argmax(x, {1})) == values_of(argmax(fx, {1})));
  CHECK(norms({x})[0] == norms({fx})[0]);
  same(index_select(x, 0, labels.numel() ? make({2}, {3, 1}, DType::int64) : labels),
       index_select(fx, 0, make({2}, {3, 1}, DType::int64)));
}

TEST_CASE("precision: bfloat16 convolutions and their gradients against float64") {
  manual_seed(4);
  struct Case {
    int64_t in, out, size, kernel, stride, groups;
  };
  // Few and many channels, strided, pointwise, grouped and depthwise: what a library takes and what it does
  // not.
  for (const Case& c : {Case{3, 8, 9, 3, 1, 1}, Case{16, 32, 8, 3, 1, 1}, Case{16, 32, 9, 3, 2, 1},
                        Case{32, 16, 7, 1, 1, 1}, Case{8, 8, 6, 3, 1, 2}, Case{6, 6, 5, 3, 1, 6}}) {
    CAPTURE(c.in);
    CAPTURE(c.kernel);
    CAPTURE(c.groups);
    ConvOptions options;
    options.stride = {c.stride};
    options.padding = {c.kernel / 2};
    options.groups = c.groups;
    const auto half = [](const Tensor& x) {
      const Tensor low = to(x, DType::bfloat16);
      low.set_requires_grad(true);
      return low;
    };
    const auto wide = [](const Tensor& x) {
      const Tensor exact = to(detach(x), DType::float64);
      exact.set_requires_grad(true);
      return exact;
    };
    const Tensor x = half(randn({4, c.in, c.size, c.size}, DType::float32)),
                 b = half(randn({c.out}, DType::float32));
    const Tensor w = half(mul(randn({c.out, c.in / c.groups, c.kernel, c.kernel}, DType::float32), 0.2));
    const Tensor fx = wide(x), fw = wide(w), fb = wide(b);
    const Tensor y = conv2d(x, w, b, options, true), fy = conv2d(fx, fw, fb, options, true);
    const Tensor seed = to(randn(y.shape(), DType::float32), DType::bfloat16);
    backward({y}, {seed}, false, false);
    backward({fy}, {to(seed, DType::float64)}, false, false);
    const Tensor z = conv_transpose2d(to(detach(y), DType::bfloat16), detach(w), {}, options);
    const Tensor fz = conv_transpose2d(to(detach(y), DType::float64), detach(fw), {}, options);
    const auto near = [](const Tensor& got, const Tensor& expected) {
      CHECK(got.dtype() == DType::bfloat16);
      const auto a = values_of(got), b = values_of(expected);
      REQUIRE(a.size() == b.size());
      double largest = 0;
      for (const double value : b) largest = std::max(largest, std::abs(value));
      // Rounded once to 8 bits; a sum that nearly vanishes keeps the errors of its parts.
      for (size_t i = 0; i < a.size(); ++i)
        CHECK(std::abs(a[i] - b[i]) <= 0.004 * std::abs(b[i]) + 1e-3 * largest);
    };
    near(y, fy);
    near(x.grad(), fx.grad());
    near(w.grad(), fw.grad());
    near(b.grad(), fb.grad());
    near(z, fz);
  }
}

TEST_CASE("precision: a bfloat16 image stays one through batch norm, in either layout") {
  manual_seed(6);
  for (const bool last : {false, true}) {
    Tensor x = to(add(mul(randn({4, 20, 5, 6}, DType::float32), 3), 2), DType::bfloat16);
    if (last) x = transpose(contiguous(transpose(x, 1, 3)), 1, 3);  // channels lie side by side
    x.set_requires_grad(true);
    const Tensor weight = randn({20}, DType::float32), bias = randn({20}, DType::float32);
    const Tensor seed = to(randn(x.shape(), DType::float32), DType::bfloat16);
    const auto wide = [](const Tensor& t) {
      const Tensor exact = to(detach(t), DType::float64);
      exact.set_requires_grad(true);
      return exact;
    };
    const Tensor fx = wide(x), fw = wide(weight), fb = wide(bias);
    for (const Tensor& leaf : {weight, bias}) leaf.set_requires_grad(true);
    BatchNormOptions options;
    options.training = true;
    const Tensor mean = full({20}, 0, DType::float32), variance = full({20}, 1, DType::float32);
    const Tensor exact_mean = full({20}, 0, DType::float64), exact_variance = full({20}, 1, DType::float64);
    const Tensor y = batch_norm(x, mean, variance, weight, bias, options);
    const Tensor fy = batch_norm(fx, exact_mean, exact_variance, fw, fb, options);
    CHECK(y.dtype() == DType::bfloat16);
    backward({y}, {seed}, false, false);
    backward({fy}, {to(seed, DType::float64)}, false, false);
    CHECK(x.grad().dtype() == DType::bfloat16);
    CHECK(weight.grad().dtype() == DType::float32);
    const auto near = [](const Tensor& got, const Tensor& expected, double epsilon) {
      const auto a = values_of(got), b = values_of(expected);
      for (size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i] - b[i]) <= epsilon * (std::abs(b[i]) + 0.1));
    };
    near(y, fy, 0.005);
    near(x.grad(), fx.grad(), 0.005);
    near(weight.grad(), fw.grad(), 1e-4);
    near(bias.grad(), fb.grad(), 1e-4);
    near(mean, exact_mean, 1e-5);
    near(variance, exact_variance, 1e-5);
    // Second order goes through plain ops.
    const Tensor first =
        grad({sum(mul(batch_norm(x, {}, {}, weight, bias, options), seed))}, {x}, {}, true, true, false)[0];
    CHECK(first.dtype() == DType::bfloat16);
    CHECK(grad({sum(mul(first, first))}, {weight}, {}, false, false, false)[0].dtype() == DType::float32);
  }
  CHECK(message_of([] {
          batch_norm(full({2, 1}, 1, DType::bfloat16), full({1}, 0, DType::bfloat16),
                     full({1}, 1, DType::bfloat16), {}, {}, {});
        }) == "[batchNorm] runningMean must be float32 for a bfloat16 input, got bfloat16");
}

TEST_CASE("precision: gradients of 16-bit tensors are 16-bit") {
  const Tensor x = variable({2, 2}, {1, 2, 3, 4}, DType::bfloat16);
  backward({sum(mul(softmax(x, 1), x))}, {}, false, false);
  const Tensor fx = variable({2, 2}, {1, 2, 3, 4}, DType::float32);
  backward({sum(mul(softmax(fx, 1), fx))}, {}, false, false);
  CHECK(x.grad().dtype() == DType::bfloat16);
  const auto got = values_of(x.grad()), expected = values_of(fx.grad());
  for (size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(0.02));
  const Tensor table = variable({3, 2}, {1, 2, 3, 4, 5, 6}, DType::bfloat16);
  backward({sum(index_select(table, 0, make({3}, {1, 1, 0}, DType::int64)))}, {}, false, false);
  CHECK(values_of(table.grad()) == std::vector<double>{1, 1, 2, 2, 0, 0});
}

TEST_CASE("autocast: products in 16 bits, sums in float32, mixed operands in the wider type") {
  const Tensor x = make({2, 2}, {1, 2, 3, 4}, DType::float32);
  const Tensor w = make({2, 2}, {0.1, -1, 2, 0.3}, DType::float32);
  {
    Region region(DType::bfloat16);
    CHECK(autocast_dtype() == DType::bfloat16);
    const Tensor y = matmul(x, w);
    CHECK(y.dtype() == DType::bfloat16);
    CHECK(values_of(y) == values_of(matmul(to(x, DType::bfloat16), to(w, DType::bfloat16))));
    CHECK(linear(x, w, {}).dtype() == DType::bfloat16);
    CHECK(relu(y).dtype() == DType::bfloat16);
    for (const Tensor& wide :
         {sum(y), mean(y), exp(y), log(abs(y)), pow(y, 2), softmax(y, 1), log_softmax(y, 1),
          layer_norm(y, {2}, {}, {}, 1e-5), mse_loss(y, x, Reduction::mean), add(y, x), mul(x, y),
          where(compare(CompareOp::gt, y, x), y, x), maximum(y, x)})
      CHECK(wide.dtype() == DType::float32);
    CHECK(amax(y).dtype() == DType::bfloat16);
    const Tensor total = clone(x);
    binary_(BinaryOp::add, total, y);
    CHECK(total.dtype() == DType::float32);
    // float64 and integers are not touched.
    CHECK(matmul(to(x, DType::float64), to(w, DType::float64)).dtype() == DType::float64);
    CHECK(to(x, DType::int64).dtype() == DType::int64);
  }
  CHECK(autocast_dtype() == DType::float32);
  CHECK(matmul(x, w).dtype() == DType::float32);
  CHECK(message_of([&] { add(x, to(x, DType::bfloat16)); }) ==
        "[add] dtypes differ: float32 and bfloat16, convert one with to()");
  CHECK(message_of([&] { set_autocast(DType::int64); }) ==
        "[autocast] runs in bfloat16 or float16, got int64");
}

TEST_CASE("autocast: a weight is cast once per region and gets a float32 gradient") {
  const int64_t tensors = memory_stats().live_tensors, nodes = memory_stats().live_nodes;
  {
    const Tensor w = variable({2, 2}, {0.5, -1, 2, 0.25}, DType::float32);
    const Tensor x = make({1, 2}, {1, 3}, DType::float32);
    {
      Region region(DType::bfloat16);
      CHECK(autocast_lowered(w).ref() == autocast_lowered(w).ref());
      const Tensor y = linear(linear(x, w, {}), w, {});
      backward({sum(y)}, {}, false, false);
      CHECK(w.grad().dtype() == DType::float32);
      const Tensor before = autocast_lowered(w);
      {
        GradMode mode(false);
        binary_(BinaryOp::mul, w, 2);
        CHECK_FALSE(autocast_lowered(w).requires_grad());
      }
      // Changed since: the kept cast is out of date.
      CHECK(values_of(autocast_lowered(w))[0] == 1);
      CHECK(values_of(before)[0] == 0.5);
    }
    const Tensor plain = variable({2, 2}, {0.5, -1, 2, 0.25}, DType::float32);
    backward({sum(linear(linear(x, plain, {}), plain, {}))}, {}, false, false);
    CHECK(values_of(w.grad()) == values_of(plain.grad()));  // all of it fits bfloat16
  }
  CHECK(memory_stats().live_tensors == tensors);
  CHECK(memory_stats().live_nodes == nodes);
}

TEST_CASE("autocast: recurrent ops and attention take float32 weights and answer in bfloat16") {
  manual_seed(4);
  const auto parameter = [](const Dims& shape) {
    const Tensor x = mul(randn(shape, DType::float32), 0.3);
    x.set_requires_grad(true);
    return x;
  };
  const Tensor x = randn({2, 3, 4}, DType::float32), lengths = make({2}, {3, 1}, DType::int64);
  const std::vector<Tensor> weights{parameter({20, 4}), parameter({20, 5}), parameter({20}), parameter({20})};
  const auto close = [](const Tensor& low, const Tensor& exact) {
    CHECK(low.dtype() == DType::bfloat16);
    const auto got = values_of(low), expected = values_of(exact);
    for (size_t i = 0; i < got.size(); ++i)
      CHECK(std::abs(got[i] - expected[i]) <= 0.02 * (1 + std::abs(expected[i])));
  };
  const RecurrentResult exact = recurrent(CellKind::lstm, x, lengths, {}, {}, weights);
  const Tensor state = randn({3, 5}, DType::float32), step = randn({3, 4}, DType::float32);
  const auto cell = [&] {
    return recurrent_cell(CellKind::lstm, step, state, state, weights[0], weights[1], weights[2], weights[3]);
  };
  const auto next = cell();
  const Tensor heads = randn({1, 2, 3, 4}, DType::float32);
  const Tensor attended = scaled_dot_product_attention(heads, heads, heads, {});
  const Tensor table = parameter({5, 4});

  Region region(DType::bfloat16);
  const RecurrentResult low = recurrent(CellKind::lstm, x, lengths, {}, {}, weights);
  close(low.output, exact.output);
  close(low.hidden, exact.hidden);
  close(low.cell, exact.cell);
  close(cell()[0], next[0]);
  close(cell()[1], next[1]);
  close(scaled_dot_product_attention(heads, heads, heads, {}), attended);
  // A look into a table is no product: the table's own dtype comes out.
  CHECK(embedding(make({2}, {1, 4}, DType::int64), table).dtype() == DType::float32);
  backward({sum(low.output)}, {}, false, false);
  for (const Tensor& weight : weights) CHECK(weight.grad().dtype() == DType::float32);
}

TEST_CASE("autocast: the second run of a checkpoint is in the same type as the first") {
  const Tensor x = make({1, 2}, {1, 3}, DType::float32);
  const auto gradient = [&](bool checkpointed) {
    const Tensor w = variable({2, 2}, {0.3, -1, 2, 0.7}, DType::float32);
    const auto f = [&](const std::vector<Tensor>& in) {
      return sum(tanh(matmul(tanh(matmul(in[0], w)), w)));
    };
    Tensor y;
    {
      Region region(DType::bfloat16);
      if (checkpointed) begin_checkpoint({x}, [&](const std::vector<Tensor>& in) { f(in); });
      y = f({x});
      if (checkpointed) end_checkpoint();
    }
    backward({y}, {}, false, false);
    CHECK(autocast_dtype() == DType::float32);
    return values_of(w.grad());
  };
  CHECK(gradient(true) == gradient(false));
}

TEST_CASE("autocast: a network trained in bfloat16 follows float32") {
  const auto train = [](DType dtype) {
    manual_seed(7);
    std::vector<Tensor> weights;
    for (const Dims& shape : {Dims{32, 20}, Dims{32}, Dims{3, 32}, Dims{3}}) {
      Tensor weight = empty(shape);
      uniform_(weight, -0.2, 0.2);
      weight.set_requires_grad(true);
      weights.push_back(weight);
    }
    const Tensor x = randn({64, 20}, DType::float32);
    const Tensor labels = argmax(matmul(x, randn({20, 3}, DType::float32)), {1});
    Optimizer optimizer(OptimizerKind::adam, weights, {.lr = 0.01});
    std::vector<double> losses;
    for (int step = 0; step < 60; ++step) {
      Region region(dtype);
      const Tensor hidden = linear(x, weights[0], weights[1], Activation::relu);
      const Tensor loss = cross_entropy(linear(hidden, weights[2], weights[3]), labels, Reduction::mean);
      REQUIRE(loss.dtype() == DType::float32);
      losses.push_back(values_of(loss)[0]);
      optimizer.zero_grad();
      backward({loss}, {}, false, false);
      optimizer.step();
    }
    return losses;
  };
  const auto exact = train(DType::float32), low = train(DType::bfloat16);
  CHECK(exact.back() < 0.3 * exact.front());
  for (size_t i = 0; i < exact.size(); ++i) CHECK(low[i] == doctest::Approx(exact[i]).epsilon(0.03));
  CHECK(low != exact);  // it did run in 16 bits
}

}  // namespace tape::test
