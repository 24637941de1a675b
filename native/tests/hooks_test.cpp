// Hooks, retained gradients, checkpoints, anomaly detection, backward inside backward.
#include <cmath>

#include "helpers.h"
#include "tape/anomaly.h"
#include "tape/checkpoint.h"
#include "tape/random.h"

namespace tape::test {

TEST_CASE("hooks: on results and leaves, in order, removable, with the gradient they return") {
  const Tensor x = variable({2}, {1, 2});
  const Tensor y = mul(x, 2);
  std::vector<double> seen;
  const auto watch = [&](const Tensor& g) {
    seen.push_back(values_of(g)[0]);
    return Tensor();
  };
  register_hook(y, watch);
  register_hook(y, [](const Tensor& g) { return mul(g, 10); });
  const auto last = register_hook(y, watch);
  register_hook(x, watch);
  backward({sum(y)}, {}, true, false);
  CHECK(seen == std::vector<double>{1, 10, 20});
  CHECK(values_of(x.grad()) == std::vector<double>{20, 20});
  last->removed = true;
  seen.clear();
  backward({sum(y)}, {}, false, false);
  CHECK(seen == std::vector<double>{1, 20});
}

TEST_CASE("hooks: of a wrong shape or on a tensor without gradients are refused") {
  const Tensor x = variable({2}, {1, 2});
  register_hook(x, [](const Tensor&) { return full({3}, 1, DType::float64); });
  CHECK(message_of([&] { backward({sum(x)}, {}, false, false); }) ==
        "[registerHook] the hook returned float64 3, expected float64 2");
  const Tensor plain = full({2}, 1, DType::float32);
  CHECK(message_of([&] { register_hook(plain, {}); }) ==
        "[registerHook] the tensor (float32 2) does not require gradients");
  CHECK(message_of([&] { retain_grad(plain); }) ==
        "[retainGrad] the tensor (float32 2) does not require gradients");
  CHECK(message_of([&] { register_post_accumulate_hook(mul(x, 2), {}); }) ==
        "[registerPostAccumulateGradHook] only leaves accumulate gradients, this is the result of mul, use "
        "registerHook");
}

TEST_CASE("hooks: after accumulation the leaf has its gradient") {
  const Tensor x = variable({2}, {1, 2});
  int calls = 0;
  register_post_accumulate_hook(x, [&](const Tensor& leaf) {
    ++calls;
    CHECK(values_of(leaf.grad())[0] == 3 * calls);
    return Tensor();
  });
  for (int i = 0; i < 2; ++i) backward({sum(mul(x, 3))}, {}, false, false);
  CHECK(calls == 2);
}

TEST_CASE("hooks: an exception leaves a graph that can be walked again") {
  const Tensor x = variable({2}, {1, 2});
  const Tensor y = mul(x, 2), z = sum(square(y));
  const auto hook = register_hook(y, [](const Tensor&) -> Tensor { throw std::runtime_error("stop"); });
  CHECK_THROWS_WITH(backward({z}, {}, true, false), "stop");
  hook->removed = true;
  backward({z}, {}, false, false);
  CHECK(values_of(x.grad()) == std::vector<double>{8, 16});
}

TEST_CASE("retain_grad: results keep their gradient, also those changed in place or gone") {
  const int64_t tensors = memory_stats().live_tensors, nodes = memory_stats().live_nodes;
  {
    const Tensor x = variable({2}, {1, 2});
    const Tensor y = mul(x, 2), gone = square(y);
    retain_grad(y);
    retain_grad(y);
    Tensor loss = sum(mul(gone, 3));
    {
      const Tensor other = mul(x, 5);
      retain_grad(other);
      loss = add(loss, sum(other));
    }
    backward({loss}, {}, true, false);
    CHECK(values_of(y.grad()) == std::vector<double>{12, 24});
    backward({loss}, {}, false, false);
    CHECK(values_of(y.grad()) == std::vector<double>{24, 48});

    const Tensor w = mul(x, 2);
    retain_grad(w);
    binary_(BinaryOp::mul, w, 4);
    backward({sum(square(w))}, {}, false, false);
    CHECK(values_of(w.grad()) == std::vector<double>{16, 32});  // of the changed value
  }
  CHECK(memory_stats().live_tensors == tensors);
  CHECK(memory_stats().live_nodes == nodes);
}

TEST_CASE("backward inside backward: on its own graph, on shared leaves, on the graph being walked") {
  const Tensor x = variable({1}, {3}), w = variable({1}, {2});
  const Tensor y = mul(x, w);
  const Tensor side = mul(x, 10), inner = square(y);
  bool inside = false;  // the inner one comes through y as well
  register_hook(y, [&](const Tensor& g) {
    if (inside) return Tensor();
    inside = true;
    backward({side}, {}, true, false);                                   // shares the leaf x
    const Tensor again = grad({inner}, {x}, {}, true, false, false)[0];  // passes through y's own node
    return add(g, again);
  });
  backward({mul(y, 1)}, {}, false, false);
  // Inside, d inner / dx = 2 y w = 24; then (1 + 24) w + 10.
  CHECK(values_of(x.grad()) == std::vector<double>{60});
  CHECK(values_of(w.grad()) == std::vector<double>{75});
}

TEST_CASE("checkpoint: the same gradients, memory of one block, random numbers repeated") {
  const auto block = [](const Tensor& x, const Tensor& w) { return dropout(tanh(matmul(x, w)), 0.5, true); };
  manual_seed(5);
  const Tensor x = randn({64, 64}, DType::float64);
  x.set_requires_grad(true);
  std::vector<Tensor> weights;
  for (int i = 0; i < 12; ++i) {
    weights.push_back(mul(randn({64, 64}, DType::float64), 0.2));
    weights.back().set_requires_grad(true);
  }
  const auto run = [&](bool checkpointed, std::vector<double>& out) {
    manual_seed(9);
    for (Tensor& w : weights) w.set_grad({});
    x.set_grad({});
    reset_peak_memory();
    const int64_t before = memory_stats().active;
    Tensor y = x;
    for (const Tensor& w : weights) {
      const Tensor input = y;
      const auto body = [&block, w](const std::vector<Tensor>& in) { block(block(block(in[0], w), w), w); };
      if (checkpointed) begin_checkpoint({input}, body);
      y = block(block(block(input, w), w), w);
      if (checkpointed) end_checkpoint();
    }
    const PhiloxState random = rng_state();
    backward({sum(y)}, {}, false, false);
    CHECK(rng_state().offset == random.offset);
    out = values_of(x.grad());
    const std::vector<double> last = values_of(weights[0].grad());
    out.insert(out.end(), last.begin(), last.end());
    return memory_stats().peak - before;
  };
  std::vector<double> plain, cheap;
  const int64_t all = run(false, plain), some = run(true, cheap);
  CHECK(plain == cheap);
  CHECK(some * 2 < all);
}

TEST_CASE("checkpoint: twice with retainGraph, createGraph, and what goes wrong") {
  const Tensor x = variable({2}, {0.5, 1});
  int runs = 0;
  const auto body = [&](const std::vector<Tensor>& in) {
    ++runs;
    return exp(square(in[0]));
  };
  const Tensor input = mul(x, 1);
  const auto make = [&] {
    begin_checkpoint({input}, [&](const std::vector<Tensor>& in) { body(in); });
    const Tensor y = body({input});
    end_checkpoint();
    return y;
  };
  const Tensor y = make();
  backward({sum(y)}, {}, true, false);
  backward({sum(y)}, {}, true, false);
  CHECK(runs == 3);
  const Tensor first = grad({sum(y)}, {x}, {}, true, true, false)[0];
  const Tensor second = grad({sum(first)}, {x}, {}, false, false, false)[0];
  for (int i = 0; i < 2; ++i) {
    const double v = i == 0 ? 0.5 : 1.0, e = std::exp(v * v);
    CHECK(values_of(first)[static_cast<size_t>(i)] == doctest::Approx(2 * v * e));
    CHECK(values_of(second)[static_cast<size_t>(i)] == doctest::Approx((2 + 4 * v * v) * e));
  }

  const Tensor z = make();
  binary_(BinaryOp::add, input, 1);
  CHECK(message_of([&] { backward({sum(z)}, {}, false, false); }) ==
        "[checkpoint] input 0 (float64 2) was changed in place: it is at version 1, expected version 0, "
        "change a clone() instead");
  // A function that does something else the second time.
  int odd = 0;
  const auto moody = [&](const Tensor& in) { return ++odd % 2 ? exp(in) : neg(in); };
  begin_checkpoint({x}, [&](const std::vector<Tensor>& in) { moody(in[0]); });
  const Tensor m = moody(x);
  end_checkpoint();
  CHECK(
      message_of([&] { backward({sum(m)}, {}, false, false); }) ==
      "[checkpoint] the second run of the function saved less than the first, it must do the same each time "
      "it is called");
  CHECK_FALSE(in_checkpoint());
}

TEST_CASE("anomaly: the first op that makes something not finite, forward and backward") {
  set_anomaly_enabled(true);
  const Tensor x = variable({3}, {-1, 0, 4});
  CHECK(message_of([&] { sqrt(x); }) ==
        "[anomaly] sqrt made 1 NaN in forward: output float64 3 (min 0 max 2 mean 1, 1 NaN, 0 inf), input 0 "
        "float64 3 (min -1 max 4 mean 1, 0 NaN, 0 inf)");
  const Tensor fine = make({2}, {1, -HUGE_VAL}, DType::float64);
  CHECK(message_of([&] { neg(fine); }) == "no error");  // an infinity that was there is passed on
  CHECK(message_of([&] { fill_(clone(x), HUGE_VAL); }) == "no error");

  const Tensor y = variable({2}, {0, 4});
  const Tensor root = sqrt(y);
  const std::string fault = message_of([&] { backward({sum(root)}, {}, false, false); });
  CHECK(
      fault.rfind("[anomaly] the derivative of sqrt made 1 inf: gradient of input 0 float64 2 (min 0.25 max "
                  "0.25 mean 0.25, 0 NaN, 1 inf), incoming gradient float64 2 (min 1 max 1 mean 1, 0 NaN, 0 "
                  "inf); the op is number ",
                  0) == 0);
  set_trace_source([] { return std::string("    at here"); });
  const Tensor traced = sqrt(y);
  CHECK(message_of([&] { backward({sum(traced)}, {}, false, false); }).find("recorded at\n    at here") !=
        std::string::npos);
  set_trace_source({});
  set_anomaly_enabled(false);
  CHECK(message_of([&] { backward({sum(sqrt(y))}, {}, false, false); }) == "no error");
}

TEST_CASE("in place: views of bases that lie in memory in any order") {
  const std::vector<double> numbers{1, 2, 3, 4, 5, 6};
  // A transposed base, a view of a view of it, and an operand with gradients.
  const Tensor a = variable({3, 2}, numbers), b = variable({2}, {10, 20});
  Tensor base;
  {
    GradMode mode(false);
    base = transpose(clone(a), 0, 1);  // 2x3, strides 1, 2
  }
  base = detach(base);
  const Tensor whole = mul(a, 1);
  copy_(base, transpose(whole, 0, 1));
  const Tensor column = select(narrow(base, 1, 1, 2), 1, 1);  // base[:, 2]
  binary_(BinaryOp::mul, column, b);
  CHECK(values_of(base) == std::vector<double>{1, 3, 50, 2, 4, 120});
  backward({sum(square(base))}, {}, false, false);
  CHECK(values_of(a.grad()) == std::vector<double>{2, 4, 6, 8, 2 * 50 * 10.0, 2 * 120 * 20.0});
  CHECK(values_of(b.grad()) == std::vector<double>{2 * 50 * 5.0, 2 * 120 * 6.0});
}

TEST_CASE("in place: a base with gaps, and one whose elements share memory") {
  const Tensor w = variable({2}, {3, 4});
  const Tensor gaps = detach(select(full({2, 3, 2}, 1, DType::float64), 2, 0));  // 2x3, strides 6, 2
  copy_(select(gaps, 1, 1), w);
  backward({sum(square(gaps))}, {}, false, false);
  CHECK(values_of(w.grad()) == std::vector<double>{6, 8});

  const Tensor wide = detach(expand(full({1, 2}, 1, DType::float64), {3, 2}));
  const Tensor row = select(wide, 0, 0);
  CHECK(message_of([&] { copy_(row, w); }) ==
        "[copy_] a view of an expanded tensor cannot be changed in place (base 3x2), use clone() first");
}

TEST_CASE("detach_ cuts a result off, and refuses views") {
  const Tensor x = variable({2}, {1, 2});
  const Tensor y = mul(x, 2);
  detach_(y);
  CHECK_FALSE(y.requires_grad());
  CHECK(message_of([&] { detach_(select(mul(x, 2), 0, 0)); }) ==
        "[detach_] a view cannot be cut off its base in place (shape scalar), use detach()");
}

TEST_CASE("tape: long chains through saved tensors, views, retained gradients and gradients of gradients") {
  const int64_t nodes = memory_stats().live_nodes, tensors = memory_stats().live_tensors;
  {
    // Each node holds the next by what it saved: exp saves its output, mul both inputs.
    const Tensor x = variable({1}, {1e-3});
    Tensor y = x, view = x;
    for (int i = 0; i < 50000; ++i) y = mul(y, x);
    for (int i = 0; i < 50000; ++i) view = reshape(view, {1});
    std::vector<Tensor> kept;
    Tensor z = x;
    for (int i = 0; i < 20000; ++i) {
      z = add(z, 1);
      retain_grad(z);
      if (i % 100 == 0) kept.push_back(z);
    }
    backward({add(add(y, view), z)}, {}, false, false);
    CHECK(values_of(kept[0].grad())[0] == 1);
    CHECK(values_of(x.grad())[0] == doctest::Approx(2));
    const Tensor top = full({1}, 0, DType::float32);
    Tensor link = top;
    for (int i = 0; i < 200000; ++i) {
      const Tensor next = full({1}, 0, DType::float32);
      link.set_grad(next);
      link = next;
    }
  }
  CHECK(memory_stats().live_nodes == nodes);
  CHECK(memory_stats().live_tensors == tensors);
}

TEST_CASE("tape: what was saved goes as backward goes") {
  const Tensor x = variable({1000}, std::vector<double>(1000, 0.5));
  Tensor y = x;
  std::vector<int64_t> active;
  for (int i = 0; i < 8; ++i) {
    y = exp(mul(y, 0.1));
    register_hook(y, [&](const Tensor&) {
      active.push_back(memory_stats().active);
      return Tensor();
    });
  }
  const Tensor loss = sum(y);
  y = Tensor();
  backward({loss}, {}, false, false);
  REQUIRE(active.size() == 8);
  for (size_t i = 2; i < 8; ++i) CHECK(active[i] < active[i - 1]);
}

}  // namespace tape::test
