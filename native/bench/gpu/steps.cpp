// tape_gpu_bench DEVICE SECONDS [tiny] [found | PART..]: what training costs on a device, one line `name
// value unit` each. Parts are those of the table at the end, all of them where none is named; one that fails
// says so and the rest goes on. `losses` are of small networks, so that a device can be held against the
// processor. `tiny` measures small networks in the place of large ones: that this runs at all is then seen
// without a GPU.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "bench.h"
#include "tape/step_graph.h"

namespace {

using namespace tape;
using namespace tape::bench;

double seconds = 1;
bool tiny = false;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
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

/// Numbers made on the device: the processor would take longer than what is measured.
Tensor large_tensor() {
  const Tensor x = empty({tiny ? int64_t{1} << 22 : int64_t{1} << 28}, DType::float32, device);
  uniform_(x, -1, 1);
  return x;
}

void launched_together(bool on) {
  if (device != Device::cpu) set_device_option(device, DeviceOption::fused, on);
}

/// Measured bytes a second of an addition.
double memory_peak() {
  static const double peak = [] {
    GradMode mode(false);
    launched_together(false);
    const Tensor x = large_tensor(), y = large_tensor();
    const double time = measured([&] { return add(x, y); }, 5);
    launched_together(true);
    return static_cast<double>(x.numel()) * 12 / time;
  }();
  return peak;
}

/// Measured operations a second of a matrix product.
double matrix_peak(DType dtype) {
  static double peaks[2] = {0, 0};
  double& peak = peaks[dtype == DType::bfloat16];
  if (peak > 0) return peak;
  GradMode mode(false);
  const int64_t n = tiny ? 256 : 8192;
  const Tensor a = made({n, n}, 1, dtype), b = made({n, n}, 1, dtype);
  return peak = 2 * std::pow(static_cast<double>(n), 3) / measured([&] { return matmul(a, b); }, 3);
}

void loss_after(const Network& network, int steps) {
  double loss = 0;
  for (int i = 0; i < steps; ++i) loss = read(network.step());
  say(network.name + "-loss-after-" + std::to_string(steps), loss, "nats");
}

/// The same step given to the device as one piece, as a run does whose shapes repeat.
void time_recorded(Network given, int block) {
  StepGraph graph(device);
  const Network network = std::move(given);  // its gradients go before the graph whose memory they lie in
  Tensor loss;
  graph.begin();
  try {
    loss = network.step();
    graph.end();
  } catch (const Error& error) {
    graph.abandon();
    std::printf("# %s is not recorded: %s\n", network.name.c_str(), error.what());
    return;
  }
  const auto replay = [&] {
    graph.replay();
    return loss;
  };
  say(network.name + "-recorded", 1e3 * measured(replay, block), "ms/step");
}

void time_of(Network network, int block, bool low) {
  const double time = measured(network.step, block);
  say(network.name, 1e3 * time, "ms/step");
  say(network.name + "-of-matrix-peak",
      100 * network.flops / time / matrix_peak(low ? DType::bfloat16 : DType::float32), "%");
  if (device != Device::cpu) time_recorded(std::move(network), block);
}

void single_ops() {
  {
    GradMode mode(false);
    // One op at a time: of sums that nobody reads only the last would be made.
    launched_together(false);
    const Tensor one = made({1}, 1);
    say("add-of-one-element", 1e6 * measured([&] { return add(one, one); }, 1000), "us");
    say("add-bandwidth", memory_peak() / 1e9, "GB/s");
    // Two tensors in, one out: what must be moved, however often it is.
    const Tensor x = large_tensor(), y = large_tensor();
    const auto eight = [&] { return add(mul(relu(add(mul(tanh(add(mul(x, 0.5), y)), x), y)), 1.5), 0.1); };
    const double moved = static_cast<double>(x.numel()) * 12 / 1e9;
    launched_together(false);
    say("chain-of-8-one-by-one", moved / measured(eight, 1), "GB/s");
    launched_together(true);
    say("chain-of-8", moved / measured(eight, 1), "GB/s");
  }
  for (const DType dtype : {DType::float32, DType::bfloat16})
    say(std::string("matmul-") + name_of(dtype), matrix_peak(dtype) / 1e12, "TFLOP/s");
  Tensor x = made({1}, 1);
  x.set_requires_grad(true);
  const double chain = measured(
      [&] {
        Tensor y = x;
        for (int i = 0; i < 100; ++i) y = mul(y, 1.0001);
        return grad({sum(y)}, {x}, {}, false, false, false)[0];
      },
      10);
  say("chain-of-100-muls-forward-and-backward", 1e6 * chain / 200, "us/op");
}

void adamw() {
  const int64_t count = 50, size = tiny ? 32 : 256;
  std::vector<Tensor> p;
  for (int64_t i = 0; i < count; ++i) {
    p.push_back(made({size, size}, 0.1));
    p.back().set_requires_grad(true);
    p.back().set_grad(made({size, size}, 0.01));
  }
  OptimizerOptions options;
  options.weight_decay = 0.01;
  Optimizer optimizer(OptimizerKind::adamw, p, options);
  const std::string name = "adamw-50x" + std::to_string(size) + "x" + std::to_string(size);
  const double time = measured(
      [&] {
        optimizer.step();
        return detach(p[0]);
      },
      20);
  say(name, 1e6 * time, "us/step");
  // Weight, gradient and two states read, all but the gradient written: 28 bytes an element.
  const double bytes = static_cast<double>(count * size * size) * 28;
  say(name + "-of-memory-peak", 100 * bytes / time / memory_peak(), "%");
}

void losses() {
  loss_after(mlp(64), 20);
  loss_after(cnn(16), 5);
  loss_after(resnet18(4, 16, false), 2);
  loss_after(lstm(8, 32, 20), 10);
  loss_after(gpt({2, 32, 2, 64, 4, 50}, false), 5);
}

struct Part {
  const char* name;
  void (*run)();
};
const Part parts[] = {
    {"losses", losses},
    {"ops", single_ops},
    {"mlp",
     [] {
       for (const int64_t batch : {64, 1024}) time_of(mlp(batch), 100, false);
     }},
    {"cnn", [] { time_of(cnn(tiny ? 4 : 64), 3, false); }},
    {"resnet18", [] { time_of(resnet18(tiny ? 2 : 256, tiny ? 64 : 224, true), 2, true); }},
    {"lstm", [] { time_of(lstm(tiny ? 4 : 32, tiny ? 16 : 128, tiny ? 12 : 100), 3, false); }},
    {"gpt",
     [] {
       time_of(gpt(tiny ? GptSize{1, 16, 1, 32, 2, 50} : GptSize{8, 1024, 12, 768, 12, 50304}, true), 2,
               true);
     }},
    {"adamw", adamw},
};

}  // namespace

int main(int count, char** arguments) try {
  if (count > 1 && std::string(arguments[1]) == "cuda") device = Device::cuda;
  if (count > 2) seconds = std::atof(arguments[2]);
  std::vector<std::string> wanted(arguments + std::min(count, 3), arguments + count);
  tiny = std::erase(wanted, "tiny") > 0;
  if (device == Device::cuda) {
    if (!cuda_info().available) throw Error(ErrorCode::device, cuda_info().reason);
    std::printf("# %s, %s\n", cuda_info().name.c_str(), cuda_info().libraries.c_str());
  }
  if (wanted == std::vector<std::string>{"found"}) return read(add(made({1}, 1), 1)) == 0;
  for (const std::string& name : wanted)
    if (std::ranges::none_of(parts, [&](const Part& part) { return name == part.name; }))
      throw Error(ErrorCode::value, "there is no part " + name);
  bool failed = false;
  for (const Part& part : parts) {
    if (!wanted.empty() && std::ranges::find(wanted, part.name) == wanted.end()) continue;
    try {
      part.run();
    } catch (const std::exception& error) {
      failed = true;
      std::printf("# %s failed: %s\n", part.name, error.what());
      std::fflush(stdout);
    }
  }
  return failed;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
