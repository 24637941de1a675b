// Optimizers: what golden cases do not reach. Their updates themselves are compared in golden/optim.cpp.
#include "tape/optim.h"

#include <cmath>
#include <limits>

#include "helpers.h"
#include "tape/info.h"
#include "tape/random.h"

namespace tape::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr OptimizerKind kAll[] = {OptimizerKind::sgd,     OptimizerKind::adam,    OptimizerKind::adamw,
                                  OptimizerKind::rmsprop, OptimizerKind::adagrad, OptimizerKind::lion};
/// Every state that every algorithm can have.
constexpr OptimizerOptions kRich{
    .lr = 0.01, .weight_decay = 0.1, .momentum = 0.9, .amsgrad = true, .centered = true};

Tensor random(const Dims& shape, DType dtype) { return randn(shape, dtype); }

/// Sizes around the block of the kernels, so that parameters end inside and beyond one.
std::vector<Tensor> some_parameters(DType dtype) {
  return {random({3, 4}, dtype), random({4096}, dtype), random({0}, dtype), random({5000}, dtype),
          random({}, dtype)};
}
void give_gradients(const std::vector<Tensor>& parameters) {
  for (const Tensor& p : parameters) p.set_grad(random(p.shape(), p.dtype()));
}
double squares(const Tensor& x) {
  double total = 0;
  for (double v : values_of(x)) total += v * v;
  return total;
}

}  // namespace

TEST_CASE("optim: measuring a step gives the norms and changes no bit of it") {
  for (OptimizerKind kind : kAll)
    for (DType dtype : {DType::float32, DType::float64}) {
      CAPTURE(name_of(kind));
      const auto a = some_parameters(dtype);
      std::vector<Tensor> b, before;
      for (const Tensor& p : a) b.push_back(clone(p));
      for (const Tensor& p : a) before.push_back(clone(p));
      give_gradients(a);
      for (size_t i = 0; i < a.size(); ++i) b[i].set_grad(a[i].grad());
      Optimizer plain(kind, a, kRich), measured(kind, b, kRich);
      plain.step({.scale = 0.5});
      const StepReport report = measured.step({.scale = 0.5, .norm = true, .measure = true});
      REQUIRE(report.sums.size() == 3 * a.size());
      double total = 0;
      for (size_t i = 0; i < a.size(); ++i) {
        CHECK(values_of(a[i]) == values_of(b[i]));
        const double gradient = 0.25 * squares(a[i].grad());
        total += gradient;
        CHECK(report.sums[3 * i] == doctest::Approx(squares(before[i])));
        CHECK(report.sums[3 * i + 1] == doctest::Approx(gradient));
        CHECK(report.sums[3 * i + 2] == doctest::Approx(squares(sub(b[i], before[i]))).epsilon(1e-4));
      }
      CHECK(report.norm == doctest::Approx(std::sqrt(total)));
    }
}

TEST_CASE("optim: measured norms hold for numbers whose squares float32 cannot") {
  for (const double size : {1e-30, 1e-20, 1e20, 1e30}) {
    CAPTURE(size);
    const Tensor p = full({600}, size, DType::float32);
    p.set_requires_grad(true);
    p.set_grad(full({600}, size / 2, DType::float32));
    Optimizer optimizer(OptimizerKind::sgd, {p}, {.lr = 1});
    const StepReport report = optimizer.step({.measure = true});
    CHECK(std::sqrt(report.sums[0] / 600) == doctest::Approx(size));
    CHECK(std::sqrt(report.sums[1] / 600) == doctest::Approx(size / 2));
    CHECK(std::sqrt(report.sums[2] / 600) == doctest::Approx(size / 2));
  }
  const Tensor p = full({3}, 1, DType::float32);
  p.set_requires_grad(true);
  p.set_grad(make({3}, {1, NAN, INFINITY}, DType::float32));
  Optimizer optimizer(OptimizerKind::sgd, {p}, {.lr = 1});
  const StepReport report = optimizer.step({.measure = true});
  CHECK(report.sums[0] == 3);
  CHECK(std::isnan(report.sums[1]));
  CHECK(std::isnan(report.sums[2]));
}

TEST_CASE("optim: results do not depend on how many threads share the work") {
  const int threads = get_threads();
  for (OptimizerKind kind : kAll) {
    std::vector<double> first;
    for (int count : {1, 2, 3}) {
      manual_seed(7);
      set_threads(count);
      const std::vector<Tensor> p{random({70001}, DType::float32), random({33}, DType::float32)};
      Optimizer optimizer(kind, p, kRich);
      for (int step = 0; step < 2; ++step) {
        give_gradients(p);
        optimizer.step({.max_norm = 1});
      }
      if (count == 1)
        first = values_of(p[0]);
      else
        CHECK(values_of(p[0]) == first);
    }
  }
  set_threads(threads);
}

TEST_CASE("optim: clipping inside the step is clipping before it") {
  for (int way = 0; way < 2; ++way) {
    const auto a = some_parameters(DType::float64);
    std::vector<Tensor> b;
    for (const Tensor& p : a) b.push_back(clone(p));
    give_gradients(a);
    for (size_t i = 0; i < a.size(); ++i) b[i].set_grad(clone(a[i].grad()));
    Optimizer inside(OptimizerKind::sgd, a, {.lr = 0.1}), outside(OptimizerKind::sgd, b, {.lr = 0.1});
    if (way == 0) {
      const double norm = inside.step({.max_norm = 2}).norm;
      CHECK(clip_grad_norm(b, 2) == norm);
      CHECK(clip_grad_norm(b, 3) == doctest::Approx(2));  // already below
    } else {
      inside.step({.max_value = 0.3});
      clip_grad_value(b, 0.3);
      CHECK(clip_grad_norm(b, 1, true) == 0.3);
    }
    outside.step();
    for (size_t i = 0; i < a.size(); ++i) {
      const auto x = values_of(a[i]), y = values_of(b[i]);
      for (size_t k = 0; k < x.size(); ++k) CHECK(x[k] == doctest::Approx(y[k]).epsilon(1e-13));
    }
  }
}

TEST_CASE("optim: a norm that is not finite is reported, and the step left out when asked") {
  const Tensor p = make({2}, {1, 2});
  Optimizer optimizer(OptimizerKind::adam, {p}, {});
  for (double bad : {kInfinity, std::nan("")}) {
    p.set_grad(make({2}, {1, bad}));
    const StepReport report = optimizer.step({.skip_non_finite = true});
    CHECK(report.skipped);
    CHECK_FALSE(std::isfinite(report.norm));
    CHECK(values_of(p) == std::vector<double>{1, 2});
    CHECK(optimizer.steps() == std::vector<int64_t>{0});
  }
  p.set_grad(make({2}, {0, 3}));
  const StepReport fine = optimizer.step({.skip_non_finite = true});
  CHECK_FALSE(fine.skipped);
  CHECK(fine.norm == 3);
  p.set_grad(make({2}, {1, std::nan("")}));
  CHECK(std::isnan(optimizer.step({.max_norm = 1}).norm));
  CHECK(std::isnan(values_of(p)[0]));  // as in PyTorch: the factor is NaN for every element
  p.set_grad(make({2}, {1, kInfinity}));
  CHECK(std::isinf(clip_grad_norm({p}, 1)));
}

TEST_CASE("optim: options change while it runs, states that come with them begin fresh") {
  const Tensor p = make({1}, {1});
  Optimizer sgd(OptimizerKind::sgd, {p}, {.lr = 0.1});
  CHECK(sgd.state().empty());
  p.set_grad(make({1}, {1}));
  sgd.step();
  CHECK(values_of(p)[0] == doctest::Approx(0.9));
  sgd.set_options(0, {.lr = 0.1, .momentum = 0.5, .dampening = 0.5});
  sgd.step();  // the first gradient fills the velocity undamped
  CHECK(values_of(p)[0] == doctest::Approx(0.8));
  sgd.step();  // 0.5 * 1 + 0.5 * 1
  CHECK(values_of(p)[0] == doctest::Approx(0.7));
  sgd.set_lr(0, 1);
  sgd.step();
  CHECK(values_of(p)[0] == doctest::Approx(-0.3));
  REQUIRE(sgd.state().size() == 1);
  CHECK(sgd.state()[0].first == "momentum_buffer.0");
}

TEST_CASE("optim: mixed dtypes and later groups are one optimizer") {
  const Tensor a = make({2}, {1, 1}, DType::float32), b = make({1}, {1}), c = make({3}, {1, 1, 1});
  Optimizer adam(OptimizerKind::adam, {a, b}, {.lr = 0.1});
  for (const Tensor& p : {a, b, c}) p.set_grad(full(p.shape(), 1, p.dtype()));
  adam.step();
  adam.add_group({c}, {.lr = 0.2});
  adam.step();
  CHECK(values_of(a)[1] == doctest::Approx(0.8));
  CHECK(values_of(b)[0] == doctest::Approx(0.8));
  CHECK(values_of(c)[2] == doctest::Approx(0.8));
  CHECK(adam.steps() == std::vector<int64_t>{2, 2, 1});
  const auto state = adam.state();
  REQUIRE(state.size() == 6);
  CHECK(state[4].first == "exp_avg.2");
  CHECK(to_string(state[4].second.shape()) == "3");
  adam.zero_grad();
  CHECK_FALSE(a.grad().defined());
  adam.step();  // nothing to do
  CHECK(adam.steps() == std::vector<int64_t>{2, 2, 1});
}

TEST_CASE("optim: a 16-bit parameter is the rounded value of a float32 one") {
  const Tensor full_precision = random({100}, DType::float32);
  const Tensor half = to(full_precision, DType::bfloat16);
  const Tensor same = to(half, DType::float32);
  Optimizer wide(OptimizerKind::adamw, {same}, {}), narrow(OptimizerKind::adamw, {half}, {});
  const auto step = [&] {
    const Tensor gradient = to(random({100}, DType::float32), DType::bfloat16);
    half.set_grad(gradient);
    same.set_grad(to(gradient, DType::float32));
    narrow.step();
    wide.step();
  };
  for (int i = 0; i < 10; ++i) step();  // of 0.001 each: less than a bfloat16 can show
  CHECK(values_of(half) == values_of(to(same, DType::bfloat16)));
  CHECK(narrow.state().back().first == "master.0");
  CHECK(values_of(narrow.state().back().second) == values_of(same));
  // Weights written by hand count as they are.
  fill_(half, 3);
  fill_(same, 3);
  step();
  CHECK(values_of(half) == values_of(to(same, DType::bfloat16)));
  half.set_grad(full({100}, 2, DType::bfloat16));
  CHECK(clip_grad_norm({half}, 10) == doctest::Approx(20));
  CHECK(values_of(half.grad())[0] == doctest::Approx(1));
}

TEST_CASE("optim: a moving average follows its parameters and changes places with them") {
  const Tensor p = make({2}, {0, 10});
  Ema ema({p});
  p.data_as<double>()[0] = 1;
  ema.update(0.9);
  CHECK(values_of(ema.shadows()[0])[0] == doctest::Approx(0.1));
  ema.swap();
  CHECK(values_of(p)[0] == doctest::Approx(0.1));
  CHECK(values_of(ema.shadows()[0]) == std::vector<double>{1, 10});
}

TEST_CASE("optim: refusals") {
  const Tensor p = make({2, 2}, {1, 2, 3, 4});
  const auto refused = [&](OptimizerOptions options, OptimizerKind kind = OptimizerKind::sgd) {
    return message_of([&] { Optimizer(kind, {p}, options); });
  };
  CHECK(refused({.lr = -1}) == "[SGD] lr must not be negative, got -1");
  CHECK(refused({.lr = std::nan("")}) == "[SGD] lr must not be negative, got nan");
  CHECK(refused({.weight_decay = -1}) == "[SGD] weightDecay must not be negative, got -1");
  CHECK(refused({.nesterov = true}) ==
        "[SGD] nesterov needs a momentum above 0 and a dampening of 0, got 0 and 0");
  CHECK(refused({.beta1 = 1.5}, OptimizerKind::adam) == "[Adam] betas must be in [0, 1), got 1.5 and 0.999");
  CHECK(refused({.eps = -1}, OptimizerKind::rmsprop) == "[RMSprop] eps must not be negative, got -1");
  const auto over = [](std::vector<Tensor> all) {
    return message_of([&] { Optimizer(OptimizerKind::lion, all, {}); });
  };
  CHECK(over({}) == "[Lion] got no parameters");
  CHECK(over({Tensor()}) == "[Lion] parameter 0 is missing, expected a floating dtype");
  CHECK(over({p, to(p, DType::int64)}) == "[Lion] parameter 1 is int64, expected a floating dtype");
  CHECK(over({p, p}) == "[Lion] parameter 1 is the same tensor as 0");
  CHECK(over({transpose(p, 0, 1)}) ==
        "[Lion] parameter 0 (2x2) is not contiguous, use contiguous() when making it");
  CHECK(over({mul(variable({2}, {1, 2}), 2)}) ==
        "[Lion] parameter 0 (2) is the result of a recorded op, only leaves can be trained");

  Optimizer sgd(OptimizerKind::sgd, {p}, {.lr = 0.1});
  CHECK(message_of([&] { sgd.add_group({p}, {}); }) == "[SGD] parameter 1 is the same tensor as 0");
  CHECK(sgd.groups() == 1);
  CHECK(message_of([&] { sgd.set_lr(1, 0.1); }) == "[SGD] there is no group 1, it has 1");
  CHECK(message_of([&] { sgd.step({.scale = 0}); }) == "[SGD] scale must be a positive number, got 0");
  CHECK(message_of([&] { sgd.step({.max_norm = 0}); }) == "[SGD] maxNorm must be positive, got 0");
  CHECK(message_of([&] { sgd.step({.max_norm = 1, .max_value = 1}); }) ==
        "[SGD] clips by maxNorm or by maxValue, not by both");
  CHECK(message_of([&] {
          sgd.set_steps({1, 2});
        }) == "[SGD] got 2 step counts for 1 parameters, the state belongs to another optimizer");
  p.set_grad(make({4}, {1, 2, 3, 4}));
  CHECK(message_of([&] { sgd.step(); }) ==
        "[SGD] gradient of parameter 0 is float64 4, expected float64 2x2");
  CHECK(message_of([&] { clip_grad_norm({p}, -1); }) == "[clipGradNorm] maxNorm must be positive, got -1");
  CHECK(message_of([&] { clip_grad_value({p}, 0); }) == "[clipGradValue] maxValue must be positive, got 0");
  CHECK(message_of([&] { Ema({}); }) == "[EMA] got no parameters");
  CHECK(message_of([&] { Ema({p}).update(2); }) == "[EMA] decay must be in [0, 1], got 2");
}

}  // namespace tape::test
