// steps DEVICE SECONDS: what training steps cost on a device, one line `name value unit` each. Losses come
// first, so that a twin in another framework can be held against them. torch_steps.py is that twin.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "tape/autograd.h"
#include "tape/ops.h"
#include "tape/optim.h"
#include "tape/random.h"

namespace {

using namespace tape;

Device device = Device::cpu;
double seconds = 1;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
/// Waits for the device by reading a number from it.
double read(const Tensor& x) { return *to(to(detach(x), DType::float64), Device::cpu).data_as<double>(); }

Tensor made(const Dims& shape, double scale, DType dtype = DType::float32) {
  return to(to(mul(randn(shape, DType::float32), scale), dtype), device);
}
Tensor parameter(const Dims& shape, double scale) {
  Tensor x = made(shape, scale);
  x.set_requires_grad(true);
  return x;
}

/// Median seconds of a step: blocks of steps, each ended by a read, after a third of the time as warm-up.
double measured(const std::function<Tensor()>& step, int block) {
  std::vector<double> times;
  const double start = now();
  while (now() - start < seconds || times.size() < 3) {
    const double before = now();
    Tensor last;
    for (int i = 0; i < block; ++i) last = step();
    read(reshape(last, {-1}).numel() == 1 ? last : select(reshape(last, {-1}), 0, 0));
    if (now() - start > seconds / 3) times.push_back((now() - before) / block);
  }
  std::nth_element(times.begin(), times.begin() + static_cast<int64_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

void say(const std::string& name, double value, const char* unit) {
  std::printf("%s %.6g %s\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

/// A multilayer perceptron 784-256-10 with SGD.
void mlp(int64_t batch) {
  manual_seed(1);
  const std::vector<Tensor> p = {parameter({256, 784}, 0.05), parameter({256}, 0.1),
                                 parameter({10, 256}, 0.1), parameter({10}, 0.1)};
  const Tensor x = made({batch, 784}, 1);
  const Tensor labels = to(randint(0, 10, {batch}, DType::int64), device);
  OptimizerOptions options;
  options.lr = 0.05;
  Optimizer optimizer(OptimizerKind::sgd, p, options);
  const auto step = [&] {
    const Tensor loss =
        cross_entropy(linear(linear(x, p[0], p[1], Activation::relu), p[2], p[3]), labels, Reduction::mean);
    optimizer.zero_grad();
    backward({loss}, {}, false, false);
    optimizer.step();
    return detach(loss);
  };
  const std::string name = "mlp-784-256-10-batch-" + std::to_string(batch);
  double loss = 0;
  for (int i = 0; i < 20; ++i) loss = read(step());
  say(name + "-loss-after-20", loss, "nats");
  say(name, 1e6 * measured(step, 100), "us/step");
}

/// Three convolutions 32-64-128 on 32x32 images.
void cnn(int64_t batch) {
  manual_seed(2);
  const std::vector<Tensor> p = {parameter({32, 3, 3, 3}, 0.2),    parameter({32}, 0.1),
                                 parameter({64, 32, 3, 3}, 0.06),  parameter({64}, 0.1),
                                 parameter({128, 64, 3, 3}, 0.04), parameter({128}, 0.1),
                                 parameter({10, 128}, 0.1),        parameter({10}, 0.1)};
  const Tensor x = made({batch, 3, 32, 32}, 1);
  const Tensor labels = to(randint(0, 10, {batch}, DType::int64), device);
  OptimizerOptions options;
  options.lr = 0.01;
  Optimizer optimizer(OptimizerKind::sgd, p, options);
  ConvOptions same;
  same.padding = {1};
  const auto step = [&] {
    Tensor h = x;
    for (size_t layer = 0; layer < 3; ++layer) {
      h = conv2d(h, p[2 * layer], p[2 * layer + 1], same, true);
      h = max_pool2d(h, {2});
    }
    const Tensor loss = cross_entropy(linear(mean(h, {2, 3}), p[6], p[7]), labels, Reduction::mean);
    optimizer.zero_grad();
    backward({loss}, {}, false, false);
    optimizer.step();
    return detach(loss);
  };
  double loss = 0;
  for (int i = 0; i < 5; ++i) loss = read(step());
  say("cnn-32-64-128-batch-" + std::to_string(batch) + "-loss-after-5", loss, "nats");
  say("cnn-32-64-128-batch-" + std::to_string(batch), 1e3 * measured(step, 3), "ms/step");
}

void adamw() {
  std::vector<Tensor> p;
  for (int i = 0; i < 50; ++i) {
    p.push_back(parameter({256, 256}, 0.1));
    p.back().set_grad(made({256, 256}, 0.01));
  }
  OptimizerOptions options;
  options.weight_decay = 0.01;
  Optimizer optimizer(OptimizerKind::adamw, p, options);
  const double time = measured(
      [&] {
        optimizer.step();
        return detach(p[0]);
      },
      20);
  say("adamw-50x256x256", 1e6 * time, "us/step");
  // Weight, gradient and two states read, all but the gradient written: 28 bytes an element.
  say("adamw-50x256x256-bandwidth", 50 * 65536 * 28 / time / 1e9, "GB/s");
}

void single_ops() {
  GradMode mode(false);
  const Tensor one = made({1}, 1);
  say("add-of-one-element", 1e6 * measured([&] { return add(one, one); }, 1000), "us");
  const int64_t large = device == Device::cpu ? int64_t{1} << 22 : int64_t{1} << 28;
  const Tensor x = made({large}, 1), y = made({large}, 1);
  const double adding = measured([&] { return add(x, y); }, 5);
  say("add-bandwidth", static_cast<double>(large) * 12 / adding / 1e9, "GB/s");
  const int64_t n = device == Device::cpu ? 512 : 8192;
  for (DType dtype : {DType::float32, DType::bfloat16}) {
    const Tensor a = made({n, n}, 1, dtype), b = made({n, n}, 1, dtype);
    const double time = measured([&] { return matmul(a, b); }, 3);
    say(std::string("matmul-") + name_of(dtype), 2 * std::pow(static_cast<double>(n), 3) / time / 1e12,
        "TFLOP/s");
  }
}

}  // namespace

int main(int count, char** arguments) try {
  if (count > 1 && std::string(arguments[1]) == "cuda") device = Device::cuda;
  if (count > 2) seconds = std::atof(arguments[2]);
  single_ops();
  for (int64_t batch : {64, 1024}) mlp(batch);
  cnn(64);
  adamw();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
