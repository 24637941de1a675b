// Steps recorded once and replayed, against the same steps given op by op.
#include "tape/step_graph.h"

#include "doctest/doctest.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/autograd.h"
#include "tape/ops.h"
#include "tape/optim.h"
#include "tape/random.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

/// A network with dropout and batch norm's running statistics, and an optimizer that clips.
struct Training {
  explicit Training(OptimizerKind kind = OptimizerKind::adamw) {
    manual_seed(3);
    const auto made = [](const Dims& shape, bool trained) {
      const Tensor x = to(mul(randn(shape, DType::float32), 0.3), Device::cuda);
      x.set_requires_grad(trained);
      return x;
    };
    parameters = {made({16, 12}, true), made({16}, true), made({5, 16}, true), made({5}, true)};
    input = made({8, 12}, false);
    labels = to(randint(0, 5, {8}, DType::int64), Device::cuda);
    OptimizerOptions options;
    options.lr = 0.05;
    options.weight_decay = 0.01;
    options.momentum = kind == OptimizerKind::sgd ? 0.9 : 0;
    optimizer = std::make_unique<Optimizer>(kind, parameters, options);
  }
  Tensor step(const StepOptions& options = {.max_norm = 0.5, .later = true}) {
    const Tensor hidden = dropout(linear(input, parameters[0], parameters[1], Activation::relu), 0.3, true);
    const Tensor loss = cross_entropy(linear(hidden, parameters[2], parameters[3]), labels, Reduction::mean);
    optimizer->zero_grad();
    backward({loss}, {}, false, false);
    optimizer->step(options);
    return detach(loss);
  }
  /// Another batch at the same address.
  void next_batch(int number) {
    GradMode mode(false);
    Tensor values = full({8, 12}, 0, DType::float32);
    for (int64_t i = 0; i < values.numel(); ++i)
      values.data_as<float>()[i] = static_cast<float>((i * 7 + number * 13) % 11) / 11 - 0.4f;
    copy_(input, to(values, Device::cuda));
  }
  std::vector<double> weights() const {
    std::vector<double> all;
    for (const Tensor& p : parameters)
      for (double value : values_of(p)) all.push_back(value);
    return all;
  }
  std::vector<Tensor> parameters;
  Tensor input, labels;
  std::unique_ptr<Optimizer> optimizer;
};

double number(const Tensor& x) { return values_of(x)[0]; }

struct Run {
  std::vector<double> losses, weights;
  std::vector<int64_t> steps;
};

/// Twelve steps with another batch each and a rate that changes; those after the second from a graph.
Run trained(OptimizerKind kind, bool recorded) {
  Training training(kind);
  Run run;
  StepGraph graph(Device::cuda);
  Tensor loss;
  for (int i = 0; i < 12; ++i) {
    training.next_batch(i);
    if (i == 7) training.optimizer->set_lr(0, 0.002);
    const bool other = i == 9;  // one step in between is given op by op
    if (!recorded || i < 2 || other) {
      run.losses.push_back(number(training.step()));
      continue;
    }
    if (!graph.ready()) {
      graph.begin();
      loss = training.step();
      graph.end();
    }
    graph.replay();
    run.losses.push_back(number(loss));
  }
  run.weights = training.weights();
  run.steps = training.optimizer->steps();
  return run;
}

}  // namespace

TEST_CASE("step graph: replays are the steps given op by op, to the bit") {
  FakeDevice device(gpu_kernels());
  for (OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adam, OptimizerKind::adamw,
                             OptimizerKind::rmsprop, OptimizerKind::adagrad, OptimizerKind::lion}) {
    CAPTURE(name_of(kind));
    const Run given = trained(kind, false), replayed = trained(kind, true);
    CHECK(replayed.losses == given.losses);
    CHECK(replayed.weights == given.weights);
    CHECK(replayed.steps == given.steps);
  }
  CHECK(device.misuse() == "");
}

TEST_CASE("step graph: attention drops other weights in each replay, those of the op") {
  FakeDevice device(gpu_kernels());
  manual_seed(4);
  const Tensor x = to(randn({2, 3, 8, 16}, DType::float32), Device::cuda);
  AttentionOptions options;
  options.dropout = 0.4;
  const auto attended = [&] { return scaled_dot_product_attention(x, x, x, options); };
  StepGraph graph(Device::cuda);
  graph.begin();
  const Tensor recorded = attended();
  graph.end();
  std::vector<std::vector<double>> replayed, given;
  const PhiloxState start = rng_state();
  for (int i = 0; i < 2; ++i) {
    graph.replay();
    replayed.push_back(values_of(recorded));
  }
  set_rng_state(start);
  for (int i = 0; i < 2; ++i) given.push_back(values_of(attended()));
  CHECK(replayed == given);
  CHECK(replayed[0] != replayed[1]);
}

TEST_CASE("step graph: what was allocated for it is given back with it") {
  FakeDevice device(gpu_kernels());
  Training training;
  training.step();
  const int64_t before = device_memory_stats(Device::cuda).active;
  for (int i = 0; i < 3; ++i) {
    StepGraph graph(Device::cuda);
    graph.begin();
    const Tensor loss = training.step();
    graph.end();
    graph.replay();
    training.optimizer->zero_grad();
  }
  CHECK(device_memory_stats(Device::cuda).active == before);
}

TEST_CASE("step graph: memory given back while it is recorded is not used by others") {
  FakeDevice device(gpu_kernels());
  StepGraph graph(Device::cuda);
  Tensor x = full({64}, 2, DType::float32, Device::cuda);
  graph.begin();
  const Tensor doubled = add(x, x);
  x = Tensor();
  graph.end();
  const Tensor other = full({64}, 7, DType::float32, Device::cuda);
  graph.replay();
  CHECK(number(doubled) == 4);
}

TEST_CASE("step graph: a step that waits or brings values is refused, and nothing is left of it") {
  FakeDevice device(gpu_kernels());
  Training training, twin;
  for (Training* one : {&training, &twin}) {
    manual_seed(8);
    one->step();
  }
  manual_seed(8);
  StepGraph graph(Device::cuda);
  const auto refused = [&](const auto& step, const char* message) {
    graph.begin();
    CHECK_THROWS_WITH_AS(step(), message, Error);
    graph.abandon();
    CHECK(recorded_graph() == nullptr);
    CHECK(rng_state().offset == 0);
    CHECK(training.optimizer->steps() == twin.optimizer->steps());
  };
  refused([&] { number(training.step()); },
          "[the engine] reads values from cuda in a step that is recorded as a graph, do that before or "
          "after it");
  refused([&] { training.step({.max_norm = 0.5}); },
          "[the engine] reads values from cuda in a step that is recorded as a graph, do that before or "
          "after it");
  refused(
      [&] { to(full({2}, 1, DType::float32), Device::cuda); },
      "[the engine] brings values to cuda in a step that is recorded as a graph, do that before or after it");
  // What a kernel reads is only found at the end.
  graph.begin();
  clip_grad_norm(training.parameters, 1);
  CHECK_THROWS_WITH_AS(graph.end(), "[stepGraph] cuda: an op waits for a number in a step that is recorded",
                       Error);
  manual_seed(8);
  const double given = number(twin.step());
  manual_seed(8);
  CHECK(number(training.step()) == given);
}

TEST_CASE("step graph: the processor has none, and misuse is said") {
  CHECK_THROWS_WITH_AS(StepGraph(Device::cpu),
                       "[stepGraph] device cpu records no steps, give it the ops themselves", Error);
  FakeDevice device(gpu_kernels());
  StepGraph graph(Device::cuda), other(Device::cuda);
  CHECK_THROWS_WITH_AS(graph.replay(), "[stepGraph] nothing is recorded, there is nothing to replay", Error);
  CHECK_THROWS_WITH_AS(graph.end(), "[stepGraph] is not being recorded, begin it first", Error);
  graph.begin();
  CHECK_THROWS_WITH_AS(other.begin(), "[stepGraph] another graph is recorded already, end it first", Error);
  graph.end();
  CHECK_THROWS_WITH_AS(graph.begin(), "[stepGraph] was recorded already, make another one", Error);
}

TEST_CASE("optim: on a device, updates after a norm that is not finite wait until somebody looks") {
  FakeDevice device(gpu_kernels());
  Training training;
  const StepOptions careful{.skip_non_finite = true, .later = true};
  training.step(careful);
  const auto weights = training.weights();
  copy_(training.input, full({8, 12}, std::numeric_limits<double>::infinity(), DType::float32, Device::cuda));
  training.step(careful);
  training.next_batch(1);
  training.step(careful);
  CHECK(training.weights() == weights);
  const LaterReport report = training.optimizer->outcome();
  CHECK(report.skipped == 2);
  CHECK(training.optimizer->steps() == std::vector<int64_t>(4, 1));
  training.step(careful);
  CHECK(training.optimizer->outcome().skipped == 0);
  CHECK(training.weights() != weights);
}

TEST_CASE("optim: a witness that is not finite keeps an update from being made, on the processor too") {
  FakeDevice device(gpu_kernels());
  for (Device where : {Device::cpu, Device::cuda})
    for (bool later : {false, true}) {
      const Tensor p = full({3}, 1, DType::float32, where);
      p.set_requires_grad(true);
      p.set_grad(full({3}, 0.5, DType::float32, where));
      Optimizer optimizer(OptimizerKind::sgd, {p}, {});
      const auto step = [&](double witness) {
        const StepReport report = optimizer.step(
            {.skip_non_finite = true, .later = later, .witness = full({1}, witness, DType::float32, where)});
        return report.skipped || optimizer.outcome().skipped == 1;
      };
      CHECK(!step(1e30));
      CHECK(step(std::numeric_limits<double>::infinity()));
      CHECK(step(std::numeric_limits<double>::quiet_NaN()));
      CHECK(optimizer.steps() == std::vector<int64_t>{1});
      CHECK(values_of(p)[0] == doctest::Approx(1 - 0.0005));
    }
}

}  // namespace tape::test
#endif
