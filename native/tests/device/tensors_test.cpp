// Tensors on a device: moving them, what is refused, memory, and whole training steps.
#include "doctest/doctest.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/optim.h"
#include "tape/random.h"

#if !defined(_WIN32)
namespace tape::test {

TEST_CASE("device: values go there and back, also of views, of every dtype and of nothing") {
  FakeDevice device;
  for (DType dtype : {DType::float32, DType::float64, DType::int64, DType::uint8, DType::boolean,
                      DType::bfloat16, DType::float16, DType::int32}) {
    const Tensor x = make({2, 3}, {1, 0, 1, 1, 0, 1}, dtype);
    const Tensor there = to(transpose(x, 0, 1), Device::cuda);
    CHECK(there.device() == Device::cuda);
    CHECK(there.dtype() == dtype);
    CHECK(values_of(there) == std::vector<double>{1, 1, 0, 0, 1, 1});
    CHECK(to(there, Device::cuda).ref() == there.ref());
  }
  CHECK(values_of(to(empty({0, 3}), Device::cuda)).empty());
}

TEST_CASE("device: a gradient comes back to where its tensor is") {
  FakeDevice device;
  const Tensor x = variable({3}, {1, 2, 3});
  const Tensor y = sum(square(to(x, Device::cuda)));
  CHECK(y.device() == Device::cuda);
  backward({y}, {}, false, false);
  CHECK(x.grad().device() == Device::cpu);
  CHECK(values_of(x.grad()) == std::vector<double>{2, 4, 6});
}

TEST_CASE("device: tensors on two devices are refused by the op they meet in") {
  FakeDevice device;
  const Tensor here = make({2}, {1, 2}), there = to(here, Device::cuda);
  CHECK(message_of([&] { add(here, there); }) ==
        "[add] its tensors are on different devices, cpu and cuda, bring them to one with to()");
  CHECK(message_of([&] { matmul(there, here); }) ==
        "[matmul] its tensors are on different devices, cuda and cpu, bring them to one with to()");
  Making making("where");
  CHECK(message_of([&] { where(compare(CompareOp::gt, here, 1), there, there); }) ==
        "[where] its tensors are on different devices, cuda and cpu, bring them to one with to()");
  CHECK(message_of([&] { copy_(there, here); }) ==
        "[where] its tensors are on different devices, cuda and cpu, bring them to one with to()");
  CHECK(message_of([&] {
          cross_entropy(to(make({1, 2}, {1, 2}), Device::cuda), full({1}, 0, DType::int64), Reduction::mean);
        }) ==
        "[crossEntropy] its tensors are on different devices, cuda and cpu, bring them to one with to()");
  const Tensor x = variable({2}, {1, 2});
  CHECK(message_of([&] { backward({mul(x, x)}, {there}, false, false); }) ==
        "[backward] the gradient given is on cuda, the output on cpu");
  CHECK(message_of([&] {
          Optimizer(OptimizerKind::sgd, {here, there}, {});
        }) == "[SGD] parameter 1 is on cuda, parameter 0 on cpu, an optimizer works on one device");
}

TEST_CASE("device: code that reads values of a device's tensor is refused, it does not crash") {
  FakeDevice device;
  Making making("multinomial");
  const Tensor weights = to(make({3}, {1, 2, 3}), Device::cuda);
  CHECK(message_of([&] { multinomial(weights, 1, true); }) ==
        "[multinomial] works on the processor only, got a tensor on cuda, bring it there with to('cpu')");
}

TEST_CASE("device: memory is cached, counted and held by those who made it") {
  FakeDevice device;
  const int64_t before = device_memory_stats(Device::cuda).active;
  {
    Making making("layer");
    const Tensor x = empty({1000, 1000}, DType::float32, Device::cuda);
    const DeviceMemoryStats stats = device_memory_stats(Device::cuda);
    CHECK(stats.active - before >= 4000000);
    CHECK(stats.total == int64_t{512} << 20);
    CHECK(device_memory_holders(Device::cuda)[0].name == "layer");
  }
  CHECK(device_memory_stats(Device::cuda).active == before);
  const int64_t taken = device_memory_stats(Device::cuda).device_allocations;
  for (int i = 0; i < 50; ++i) empty({1000, 990}, DType::float32, Device::cuda);
  CHECK(device_memory_stats(Device::cuda).device_allocations == taken);
  CHECK(device_memory_stats(Device::cuda).cached > 0);
  empty_device_cache(Device::cuda);
  CHECK(device_memory_stats(Device::cuda).cached == 0);
}

TEST_CASE("device: out of memory says what was asked, what is free, what is held and by whom") {
  FakeDevice device;
  empty_device_cache(Device::cuda);
  device.set_capacity(size_t{64} << 20);
  Tensor held;
  {
    Making making("embedding");
    held = empty({48, 1024, 256}, DType::float32, Device::cuda);
  }
  Making making("linear");
  CHECK(message_of([] {
          empty({24, 1024, 1024}, DType::float32, Device::cuda);
        }) ==
        "[memory] linear asked for 96 MiB on cuda with 48 MiB in use, 0 B cached and 16 MiB of 64 MiB free; "
        "most is held by embedding (48 MiB); use a smaller batch or model, or free tensors earlier with "
        "scope()");
  held = Tensor();
  CHECK(empty({14, 1024, 1024}, DType::float32, Device::cuda).defined());
  empty_device_cache(Device::cuda);
  set_device_memory_limit(Device::cuda, 1 << 20);
  CHECK(message_of([] {
          empty({1024, 1024}, DType::float32, Device::cuda);
        }).rfind("[memory] linear asked", 0) == 0);
  set_device_memory_limit(Device::cuda, 0);
}

namespace {

/// Weights after some steps of a small network with dropout and layer norm, by each optimizer.
std::vector<double> trained(OptimizerKind kind, Device device, DType dtype, bool clip) {
  manual_seed(3);
  std::vector<Tensor> parameters;
  for (const Dims& shape : {Dims{16, 10}, Dims{16}, Dims{16}, Dims{3, 16}, Dims{3}}) {
    parameters.push_back(to(to(mul(randn(shape, DType::float32), 0.3), dtype), device));
    parameters.back().set_requires_grad(true);
  }
  OptimizerOptions options;
  options.lr = 0.01;
  options.momentum = 0.9;
  options.weight_decay = 0.01;
  Optimizer optimizer(kind, parameters, options);
  const Tensor x = to(to(randn({8, 10}, DType::float32), dtype), device);
  const Tensor labels = to(to(mul(rand({8}, DType::float32), 3), DType::int64), device);
  for (int step = 0; step < 4; ++step) {
    const Tensor hidden = dropout(
        layer_norm(linear(x, parameters[0], parameters[1], Activation::relu), {16}, parameters[2], {}, 1e-5),
        0.2, true);
    const Tensor loss = cross_entropy(linear(hidden, parameters[3], parameters[4]), labels, Reduction::mean);
    optimizer.zero_grad();
    backward({loss}, {}, false, false);
    StepOptions with;
    if (clip) with.max_norm = 0.5;
    optimizer.step(with);
  }
  std::vector<double> all;
  for (const Tensor& p : parameters)
    for (double value : values_of(p)) all.push_back(value);
  return all;
}

}  // namespace

TEST_CASE("device: training ends with the same bits, by every optimizer") {
  FakeDevice device;
  for (OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adam, OptimizerKind::adamw,
                             OptimizerKind::rmsprop, OptimizerKind::adagrad, OptimizerKind::lion})
    for (DType dtype : {DType::float32, DType::bfloat16}) {
      CAPTURE(name_of(kind));
      CAPTURE(name_of(dtype));
      CHECK(trained(kind, Device::cuda, dtype, true) == trained(kind, Device::cpu, dtype, true));
    }
  CHECK(device.misuse() == "");
}

TEST_CASE("device: rows that begin anywhere in memory are gathered as they are") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor all = to(to(randn({41}, DType::float32), DType::bfloat16), Device::cuda);
  const Tensor index = to(arange(3, -1, -1, DType::int64), Device::cuda);
  for (int64_t first : {0, 1, 2, 8}) {  // of rows that are multiples of 16 bytes
    const Tensor table = reshape(narrow(all, 0, first, 32), {4, 8});
    const std::vector<double> rows = values_of(to(table, Device::cpu));
    std::vector<double> expected;
    for (int row = 3; row >= 0; --row)
      expected.insert(expected.end(), rows.begin() + 8 * row, rows.begin() + 8 * row + 8);
    CHECK(values_of(to(index_select(table, 0, index), Device::cpu)) == expected);
  }
}

}  // namespace tape::test
#endif
