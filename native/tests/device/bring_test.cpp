// Copies to the device beside its other work: their memory is not used again while that work may read it.
#include "tape/bring.h"

#include <optional>
#include <set>

#include "doctest/doctest.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/ops.h"
#include "tape/step_graph.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

constexpr int64_t kCount = 100'000;  // more than the driver takes along

Tensor batch(double value) { return bring(full({kCount}, value, DType::float32), Device::cuda); }
double first_of(const Tensor& x) { return values_of(narrow(x, 0, 0, 1))[0]; }

/// Doubles what was copied into its input.
struct Doubling {
  Doubling() : input(full({kCount}, 0, DType::float32, Device::cuda)), graph(Device::cuda) {
    graph.begin();
    output = add(input, input);
    graph.end();
  }
  void step(const Tensor& x) {
    copy_(input, x);
    graph.replay();
  }
  Tensor input, output;
  StepGraph graph;
};

}  // namespace

TEST_CASE("bring: batches ahead of the device lie in blocks of their own, which are used again") {
  FakeDevice device(gpu_kernels());
  Doubling doubling;
  std::set<const void*> blocks;
  for (int i = 0; i < 24; ++i) {
    const Tensor x = batch(i);
    blocks.insert(x.data());
    doubling.step(x);
  }
  CHECK(first_of(doubling.output) == 46);
  CHECK(device.misuse() == "");
  CHECK(blocks.size() > 1);
  CHECK(blocks.size() < 6);
}

TEST_CASE("bring: a step that is recorded keeps the batch it reads") {
  FakeDevice device(gpu_kernels());
  std::optional<Tensor> x = batch(3);
  StepGraph graph(Device::cuda);
  graph.begin();
  const Tensor doubled = add(*x, *x);
  x.reset();
  graph.end();
  for (int i = 0; i < 8; ++i) {
    const Tensor other = batch(7);
    graph.replay();
  }
  CHECK(first_of(doubled) == 6);
  CHECK(device.misuse() == "");
}

TEST_CASE("bring: a copy that overtakes what may still be read is found") {
  FakeDevice device(gpu_kernels());
  const Tensor x = batch(1), from = full({kCount}, 2, DType::float32);
  const DeviceBackend& backend = backend_of("test", Device::cuda);
  backend.memory.bring(x.data(), from.data(), from.bytes());
  CHECK(device.misuse() == "a copy into what kernels may still read");
  CHECK_THROWS_AS(first_of(x), Error);
}

TEST_CASE("bring: what is cached for it makes room for others, and is counted") {
  FakeDevice device(gpu_kernels());
  device.set_capacity(size_t{64} << 20);
  { const Tensor x = bring(full({6'000'000}, 1, DType::float32), Device::cuda); }
  CHECK(device_memory_stats(Device::cuda).cached >= 24'000'000);
  const Tensor large = full({12'000'000}, 1, DType::float32, Device::cuda);
  CHECK(first_of(large) == 1);
  // And where there is none for it, it is copied as everything else.
  const Tensor small = bring(full({3'000'000}, 2, DType::float32), Device::cuda);
  CHECK(first_of(small) == 2);
}

TEST_CASE("bring: small tensors and those of the processor go as with to, and no gradient is lost silently") {
  FakeDevice device(gpu_kernels());
  CHECK(values_of(bring(full({3}, 5, DType::int64), Device::cuda)) == std::vector<double>(3, 5));
  CHECK(values_of(bring(full({kCount}, 5, DType::float32), Device::cpu)).size() == kCount);
  const Tensor leaf = full({3}, 1, DType::float32);
  leaf.set_requires_grad(true);
  CHECK_THROWS_WITH_AS(bring(leaf, Device::cuda), "[bring] the tensor requires a gradient, move it with to()",
                       Error);
}

}  // namespace tape::test
#endif
