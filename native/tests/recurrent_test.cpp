// Recurrent layers: what holds between a batch and its sequences, whatever the kernels do.
#include <cmath>

#include "helpers.h"
#include "tape/info.h"
#include "tape/precision.h"
#include "tape/random.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;

/// A layer stack with inputs of its own, all requiring gradients.
struct Stack {
  CellKind kind;
  int64_t batch, steps, input, hidden, layers;
  bool bidirectional;
  DType dtype;
  Tensor x, hidden0, cell0;
  Tensors weights;

  Stack(CellKind kind, int64_t batch, int64_t steps, int64_t input, int64_t hidden, int64_t layers,
        bool bidirectional, DType dtype)
      : kind(kind),
        batch(batch),
        steps(steps),
        input(input),
        hidden(hidden),
        layers(layers),
        bidirectional(bidirectional),
        dtype(dtype) {
    manual_seed(5);
    const int64_t directions = bidirectional ? 2 : 1, rows = gate_count(kind) * hidden;
    const auto draw = [&](const Dims& shape, double scale) {
      Tensor out = to(mul(randn(shape, DType::float64), scale), dtype);
      out.set_requires_grad(true);
      return out;
    };
    x = draw({batch, steps, input}, 1);
    hidden0 = draw({layers * directions, batch, hidden}, 0.5);
    if (kind == CellKind::lstm) cell0 = draw({layers * directions, batch, hidden}, 0.5);
    const double scale = 1 / std::sqrt(static_cast<double>(hidden));
    for (int64_t i = 0; i < layers * directions; ++i)
      for (const Dims& shape : {Dims{rows, i < directions ? input : directions * hidden}, Dims{rows, hidden},
                                Dims{rows}, Dims{rows}})
        weights.push_back(draw(shape, scale));
  }
  /// The same numbers in another dtype.
  void convert(DType to_dtype) {
    dtype = to_dtype;
    const auto other = [&](Tensor& x) {
      if (!x.defined()) return;
      x = to(detach(x), dtype);
      x.set_requires_grad(true);
    };
    for (Tensor* x : {&this->x, &hidden0, &cell0}) other(*x);
    for (Tensor& weight : weights) other(weight);
  }
  Tensors inputs() const {
    Tensors all{x, hidden0};
    if (cell0.defined()) all.push_back(cell0);
    all.insert(all.end(), weights.begin(), weights.end());
    return all;
  }
  RecurrentResult run(const std::vector<int64_t>& lengths) const {
    return recurrent(kind, x, tensor_of(lengths), hidden0, cell0, weights, {bidirectional, 0, false});
  }
  static Tensor tensor_of(const std::vector<int64_t>& lengths) {
    Tensor out = empty({static_cast<int64_t>(lengths.size())}, DType::int64);
    std::copy(lengths.begin(), lengths.end(), out.data_as<int64_t>());
    return out;
  }
};

Tensors parts(const RecurrentResult& result) {
  Tensors all{result.output, result.hidden};
  if (result.cell.defined()) all.push_back(result.cell);
  return all;
}

/// A number that depends on every part of the result, each element with a weight of its own.
Tensor score(const RecurrentResult& result) {
  Tensor total;
  for (const Tensor& part : parts(result)) {
    const Tensor factors =
        to(arange(1, 1 + static_cast<double>(part.numel()), 1, DType::int64), part.dtype());
    const Tensor one =
        sum(mul(part, sub(reshape(div(factors, static_cast<double>(part.numel())), part.shape()), 0.4)));
    total = total.defined() ? add(total, one) : one;
  }
  return total;
}

void check_near(const Tensor& got, const Tensor& expected, double tolerance) {
  REQUIRE(to_string(got.shape()) == to_string(expected.shape()));
  const auto a = values_of(got), b = values_of(expected);
  double scale = 1;
  for (double value : b) scale = std::max(scale, std::fabs(value));
  for (size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    REQUIRE(std::fabs(a[i] - b[i]) <= tolerance * scale);
  }
}

const CellKind kinds[] = {CellKind::tanh, CellKind::relu, CellKind::lstm, CellKind::gru};

}  // namespace

TEST_CASE("recurrent: a batch gives what its sequences give one by one") {
  const std::vector<int64_t> lengths{4, 9, 1, 9, 0, 6, 2};
  for (CellKind kind : kinds)
    for (DType dtype : {DType::float64, DType::float32}) {
      const Stack stack(kind, 7, 9, 5, 19, 2, true, dtype);
      const RecurrentResult whole = stack.run(lengths);
      const double tolerance = dtype == DType::float64 ? 1e-14 : 1e-6;
      for (int64_t b = 0; b < 7; ++b) {
        const int64_t length = lengths[static_cast<size_t>(b)];
        const auto one = [&](const Tensor& x, int64_t dim) { return x.defined() ? narrow(x, dim, b, 1) : x; };
        const RecurrentResult alone =
            recurrent(kind, narrow(one(stack.x, 0), 1, 0, length), {}, one(stack.hidden0, 1),
                      one(stack.cell0, 1), stack.weights, {true, 0, false});
        check_near(narrow(one(whole.output, 0), 1, 0, length), alone.output, tolerance);
        check_near(one(whole.hidden, 1), alone.hidden, tolerance);
        if (whole.cell.defined()) check_near(one(whole.cell, 1), alone.cell, tolerance);
        for (double value : values_of(narrow(one(whole.output, 0), 1, length, 9 - length)))
          REQUIRE(value == 0);
      }
    }
}

TEST_CASE("recurrent: the fused gradients are those of the same layers made of plain ops") {
  for (CellKind kind : kinds) {
    const Stack stack(kind, 3, 5, 4, 6, 2, true, DType::float64);
    const auto gradients = [&](bool create_graph) {
      return grad({score(stack.run({2, 5, 3}))}, stack.inputs(), {}, false, create_graph, false);
    };
    const Tensors fused = gradients(false), composed = gradients(true);
    for (size_t i = 0; i < fused.size(); ++i) {
      CAPTURE(i);
      CHECK_FALSE(fused[i].requires_grad());
      CHECK(composed[i].requires_grad());
      check_near(fused[i], composed[i], 1e-13);
    }
  }
}

TEST_CASE("recurrent: sizes that fill no panel agree between float32 and float64, gradients too") {
  for (CellKind kind : kinds) {
    // 4 * 70 rows are more than one pass over the depth of the backward product.
    const Stack narrow_stack(kind, 13, 7, 3, 70, 1, false, DType::float32);
    const Stack wide_stack(kind, 13, 7, 3, 70, 1, false, DType::float64);
    const std::vector<int64_t> lengths{7, 7, 7, 7, 7, 7, 6, 5, 5, 3, 3, 2, 1};
    const RecurrentResult a = narrow_stack.run(lengths), b = wide_stack.run(lengths);
    for (size_t i = 0; i < parts(a).size(); ++i) check_near(parts(a)[i], parts(b)[i], 5e-6);
    const Tensors da = grad({score(a)}, narrow_stack.inputs(), {}, false, false, false),
                  db = grad({score(b)}, wide_stack.inputs(), {}, false, false, false);
    for (size_t i = 0; i < da.size(); ++i) {
      CAPTURE(i);
      check_near(da[i], db[i], 1e-5);
    }
  }
}

TEST_CASE("recurrent: the number of threads does not change a bit") {
  const int before = get_threads();
  for (CellKind kind : kinds)
    for (bool bidirectional : {false, true}) {
      const Stack stack(kind, 9, 40, 8, 24, 1, bidirectional, DType::float64);
      const std::vector<int64_t> lengths{40, 3, 17, 40, 22, 1, 30, 8, 0};
      std::vector<std::vector<double>> first;
      for (int threads : {1, 2, 3, 7}) {
        set_threads(threads);
        const RecurrentResult result = stack.run(lengths);
        std::vector<std::vector<double>> all;
        for (const Tensor& part : parts(result)) all.push_back(values_of(part));
        // Weights' gradients are sums over all rows: they may be cut differently.
        all.push_back(values_of(grad({score(result)}, {stack.hidden0}, {}, false, false, false)[0]));
        if (first.empty()) first = all;
        CHECK(first == all);
      }
    }
  set_threads(before);
}

TEST_CASE("recurrent: padding is never read and its gradient is exactly zero") {
  for (CellKind kind : kinds) {
    Stack stack(kind, 3, 6, 4, 5, 2, true, DType::float32);
    const std::vector<int64_t> lengths{2, 6, 0};
    const auto clean = values_of(score(stack.run(lengths)));
    {
      GradMode mode(false);
      for (int64_t b = 0; b < 3; ++b)
        for (int64_t t = lengths[static_cast<size_t>(b)]; t < 6; ++t)
          fill_(select(select(stack.x, 0, b), 0, t), std::nan(""));
    }
    const Tensor total = score(stack.run(lengths));
    CHECK(values_of(total) == clean);
    const auto gradient = values_of(grad({total}, {stack.x}, {}, false, false, false)[0]);
    for (size_t i = 0; i < gradient.size(); ++i) {
      const auto sequence = i / 24, step = i / 4 % 6;
      const bool inside = static_cast<int64_t>(step) < lengths[sequence];
      CHECK((gradient[i] != 0) == inside);
      CHECK(std::isfinite(gradient[i]));
    }
  }
}

TEST_CASE("recurrent: dropout falls between layers, from the stream, the same way in both backwards") {
  const Stack stack(CellKind::lstm, 3, 4, 3, 6, 2, false, DType::float64);
  const Tensor lengths = Stack::tensor_of({4, 2, 3});
  const auto run = [&](uint64_t seed, double p, bool training) {
    manual_seed(seed);
    return recurrent(CellKind::lstm, stack.x, lengths, stack.hidden0, stack.cell0, stack.weights,
                     {false, p, training});
  };
  const auto plain = values_of(run(1, 0, true).output);
  CHECK(values_of(run(1, 0.5, false).output) == plain);
  const auto dropped = values_of(run(1, 0.5, true).output);
  CHECK(dropped != plain);
  CHECK(values_of(run(1, 0.5, true).output) == dropped);
  CHECK(values_of(run(2, 0.5, true).output) != dropped);
  // The first layer's own last state is what it was.
  CHECK(values_of(select(run(1, 0.5, true).hidden, 0, 0)) == values_of(select(run(1, 0, true).hidden, 0, 0)));
  const auto gradients = [&](bool create_graph) {
    return grad({score(run(3, 0.5, true))}, stack.inputs(), {}, false, create_graph, false);
  };
  const Tensors fused = gradients(false), composed = gradients(true);
  for (size_t i = 0; i < fused.size(); ++i) check_near(fused[i], composed[i], 1e-13);
}

TEST_CASE("recurrent: weights shared by two stacks get both gradients, also under createGraph") {
  const Stack stack(CellKind::gru, 2, 3, 4, 4, 1, false, DType::float64);
  const auto twice = [&](bool create_graph) {
    const auto once = [&](const Tensor& x) {
      return recurrent(CellKind::gru, x, {}, {}, {}, stack.weights).output;
    };
    return grad({sum(square(once(once(stack.x))))}, stack.weights, {}, false, create_graph, false);
  };
  const Tensors fused = twice(false), composed = twice(true);
  for (size_t i = 0; i < fused.size(); ++i) check_near(fused[i], composed[i], 1e-13);
}

TEST_CASE("recurrent: backward lets go of what forward kept, and only the wanted gradients are made") {
  const Stack stack(CellKind::lstm, 4, 30, 16, 32, 1, false, DType::float32);
  const int64_t before = memory_stats().active;
  const Tensor total = score(stack.run({30, 30, 20, 10}));
  const int64_t kept = memory_stats().active - before;
  CHECK(kept > 30 * 4 * 32 * 4);
  const Tensors only = grad({total}, {stack.hidden0}, {}, false, false, false);
  CHECK(memory_stats().active - before < kept / 4);
  CHECK(only.size() == 1);
  CHECK(message_of([&] { grad({total}, {stack.hidden0}, {}, false, false, false); }).find("second time") !=
        std::string::npos);
}

TEST_CASE("recurrent: in bfloat16 it is that of the rounded operands, and repeats bit by bit") {
  struct Case {
    int64_t batch, steps, input, hidden, layers;
    bool bidirectional;
    std::vector<int64_t> lengths;
  };
  for (CellKind kind : kinds)
    for (const Case& c : {Case{5, 9, 6, 34, 2, true, {9, 3, 0, 7, 9}}, Case{33, 4, 8, 128, 1, false, {}},
                          Case{2, 5, 3, 5, 1, true, {5, 3}}}) {
      CAPTURE(static_cast<int>(kind));
      CAPTURE(c.hidden);
      const auto lengths = c.lengths.empty() ? std::vector<int64_t>(33, 4) : c.lengths;
      const Stack low(kind, c.batch, c.steps, c.input, c.hidden, c.layers, c.bidirectional, DType::bfloat16);
      Stack exact = low;
      exact.convert(DType::float64);
      const RecurrentResult got = low.run(lengths), expected = exact.run(lengths);
      CHECK(got.output.dtype() == DType::bfloat16);
      const auto a = parts(got), b = parts(expected);
      for (size_t i = 0; i < a.size(); ++i) check_near(a[i], b[i], 0.02);
      const auto gradients = [](const Stack& stack, const RecurrentResult& result, bool composed) {
        return grad({score(result)}, stack.inputs(), {}, true, composed, false);
      };
      const Tensors fused = gradients(low, got, false), composed = gradients(low, got, true),
                    wide = gradients(exact, expected, false);
      // A relu near its corner lets all of a gradient through or none of it.
      const double tolerance = kind == CellKind::relu ? 0.1 : 0.03;
      for (size_t i = 0; i < fused.size(); ++i) {
        CAPTURE(i);
        CHECK(fused[i].dtype() == DType::bfloat16);
        check_near(fused[i], wide[i], tolerance);
        check_near(composed[i], wide[i], tolerance);
      }
      const RecurrentResult again = low.run(lengths);
      CHECK(values_of(again.output) == values_of(got.output));
      const Tensors repeated = gradients(low, again, false);
      for (size_t i = 0; i < fused.size(); ++i) CHECK(values_of(repeated[i]) == values_of(fused[i]));
    }
}

TEST_CASE(
    "recurrent: in bfloat16 a batch gives what its sequences give one by one, on any number of threads") {
  const int threads = get_threads();
  const std::vector<int64_t> lengths{6, 9, 1, 9};
  for (CellKind kind : kinds) {
    const Stack stack(kind, 4, 9, 16, 32, 1, false, DType::bfloat16);
    set_threads(3);
    const RecurrentResult all = stack.run(lengths);
    set_threads(1);
    CHECK(values_of(stack.run(lengths).output) == values_of(all.output));
    for (int64_t i = 0; i < 4; ++i) {
      const auto one = [&](const Tensor& x, int64_t dim) { return x.defined() ? narrow(x, dim, i, 1) : x; };
      const RecurrentResult alone =
          recurrent(kind, one(stack.x, 0), Stack::tensor_of({lengths[static_cast<size_t>(i)]}),
                    one(stack.hidden0, 1), one(stack.cell0, 1), stack.weights);
      check_near(alone.hidden, narrow(all.hidden, 1, i, 1), 0.01);
    }
  }
  set_threads(threads);
}

TEST_CASE("recurrent: in bfloat16 dropout falls between layers, and gradients agree through plain ops") {
  const Stack stack(CellKind::gru, 3, 4, 6, 8, 2, false, DType::bfloat16);
  manual_seed(3);
  const RecurrentResult dropped =
      recurrent(CellKind::gru, stack.x, {}, {}, {}, stack.weights, {false, 0.5, true});
  manual_seed(3);
  const RecurrentResult again =
      recurrent(CellKind::gru, stack.x, {}, {}, {}, stack.weights, {false, 0.5, true});
  CHECK(values_of(dropped.output) == values_of(again.output));
  const auto gradient = [&](const RecurrentResult& result, bool composed) {
    return grad({score(result)}, {stack.weights[0]}, {}, false, composed, false)[0];
  };
  check_near(gradient(dropped, false), gradient(again, true), 0.03);
}

TEST_CASE("recurrent: a cell in bfloat16 is that of the rounded operands, and repeats bit by bit") {
  for (CellKind kind : kinds)
    for (const int64_t rows : {1, 6, 33}) {
      CAPTURE(static_cast<int>(kind));
      CAPTURE(rows);
      const Stack low(kind, rows, 1, 20, 32, 1, false, DType::bfloat16);
      Stack exact = low;
      exact.convert(DType::float64);
      const auto step = [&](const Stack& s, bool composed) {
        const auto flat = [](const Tensor& x) {
          return x.defined() ? reshape(x, {x.size(0) * x.size(1), x.size(2)}) : x;
        };
        const auto next = recurrent_cell(s.kind, flat(s.x), flat(s.hidden0), flat(s.cell0), s.weights[0],
                                         s.weights[1], s.weights[2], s.weights[3]);
        Tensors all{next[0]};
        Tensor total = sum(mul(next[0], next[0]));
        if (next[1].defined()) {
          all.push_back(next[1]);
          total = add(total, sum(next[1]));
        }
        for (const Tensor& gradient : grad({total}, s.inputs(), {}, false, composed, false))
          all.push_back(gradient);
        return all;
      };
      const Tensors got = step(low, false), again = step(low, false), composed = step(low, true),
                    expected = step(exact, false);
      for (size_t i = 0; i < got.size(); ++i) {
        CAPTURE(i);
        CHECK(got[i].dtype() == DType::bfloat16);
        check_near(got[i], expected[i], 0.03);
        check_near(composed[i], expected[i], 0.03);
        CHECK(values_of(again[i]) == values_of(got[i]));
      }
    }
}

TEST_CASE("recurrent: float16 is computed in float32, and autocast reaches float32 weights") {
  const Stack wide(CellKind::lstm, 2, 5, 4, 8, 1, true, DType::float32);
  const RecurrentResult expected = wide.run({5, 3});
  const Stack low(CellKind::lstm, 2, 5, 4, 8, 1, true, DType::float16);
  const RecurrentResult got = low.run({5, 3});
  CHECK(got.output.dtype() == DType::float16);
  check_near(got.output, expected.output, 0.005);
  for (const DType dtype : {DType::bfloat16, DType::float16}) {
    const DType before = set_autocast(dtype);
    const Tensor total = sum(wide.run({5, 3}).output);
    set_autocast(before);
    const Tensor gradient = grad({total}, {wide.weights[0]}, {}, false, false, false)[0];
    CHECK(gradient.dtype() == DType::float32);
    check_near(gradient, grad({sum(expected.output)}, {wide.weights[0]}, {}, true, false, false)[0], 0.05);
  }
}

TEST_CASE("recurrent: nothing to do is done") {
  const Stack stack(CellKind::gru, 2, 3, 4, 5, 1, false, DType::float32);
  const RecurrentResult none = stack.run({0, 0});
  CHECK(values_of(none.hidden) == values_of(stack.hidden0));
  const Tensors gradients =
      grad({score(none)}, {stack.x, stack.hidden0, stack.weights[0]}, {}, false, false, true);
  for (double value : values_of(gradients[0])) CHECK(value == 0);
  for (double value : values_of(gradients[2])) CHECK(value == 0);
  const Tensor no_batch = full({0, 3, 4}, 0, DType::float32), no_steps = full({2, 0, 4}, 0, DType::float32);
  CHECK(recurrent(CellKind::gru, no_batch, {}, {}, {}, stack.weights).output.shape() == Dims{0, 3, 5});
  CHECK(recurrent(CellKind::gru, no_steps, {}, {}, {}, stack.weights).hidden.shape() == Dims{1, 2, 5});
  const Tensor no_rows = full({0, 4}, 0, DType::float32), no_state = full({0, 5}, 0, DType::float32);
  CHECK(recurrent_cell(CellKind::gru, no_rows, no_state, {}, stack.weights[0], stack.weights[1], {}, {})[0]
            .shape() == Dims{0, 5});
}

}  // namespace tape::test
