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
