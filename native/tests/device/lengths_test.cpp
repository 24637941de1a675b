// Training on batches of many lengths: what a device holds does not grow.
#include <cmath>

#include "doctest/doctest.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/memory.h"
#include "tape/optim.h"
#include "tape/random.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

/// Steps of a classifier of padded sequences, each batch as long as its longest.
void train(int64_t steps) {
  manual_seed(8);
  constexpr int64_t batch = 8, width = 12, hidden = 16, classes = 3, longest = 40;
  std::vector<Tensor> p;
  for (const Dims& shape : {Dims{100, width}, Dims{4 * hidden, width}, Dims{4 * hidden, hidden},
                            Dims{4 * hidden}, Dims{4 * hidden}, Dims{classes, hidden}}) {
    p.push_back(to(mul(randn(shape, DType::float32), 0.2), Device::cuda));
    p.back().set_requires_grad(true);
  }
  OptimizerOptions options;
  options.lr = 1e-3;
  Optimizer optimizer(OptimizerKind::adamw, p, options);
  DeviceMemoryStats before{};
  for (int64_t step = 0; step < steps; ++step) {
    const int64_t length = 1 + step * 7 % longest;
    Tensor lengths = empty({batch}, DType::int64);
    for (int64_t i = 0; i < batch; ++i)
      lengths.data_as<int64_t>()[i] = i == 0 ? length : 1 + (step + i) % length;
    const Tensor tokens = to(randint(0, 100, {batch, length}, DType::int64), Device::cuda);
    const Tensor labels = to(randint(0, classes, {batch}, DType::int64), Device::cuda);
    const RecurrentResult result =
        recurrent(CellKind::lstm, embedding(tokens, p[0], {}), lengths, {}, {}, {p[1], p[2], p[3], p[4]});
    const Tensor loss = cross_entropy(linear(select(result.hidden, 0, 0), p[5], {}), labels, Reduction::mean);
    optimizer.zero_grad();
    backward({loss}, {}, false, false);
    optimizer.step();
    // Every length has come twice.
    if (step == 2 * longest) before = device_memory_stats(Device::cuda);
    if (step % 100 == 0) REQUIRE(std::isfinite(values_of(loss)[0]));
  }
  const DeviceMemoryStats after = device_memory_stats(Device::cuda);
  CHECK(after.device_allocations == before.device_allocations);
  CHECK(after.active + after.cached == before.active + before.cached);
}

}  // namespace

TEST_CASE("device: batches of many lengths need no more memory, however many come") {
  FakeDevice device(gpu_kernels());
  train(200);
  CHECK(device.misuse() == "");
}

TEST_CASE("device: ten thousand batches of many lengths on a GPU need no more memory" *
          doctest::skip(!cuda_info().available)) {
  train(10000);
}

}  // namespace tape::test
#endif
