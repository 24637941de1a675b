// Values that are read after more work was given to the device.
#include "tape/later.h"

#include "cuda/emulated.h"
#include "cuda/table.h"
#include "doctest/doctest.h"
#include "fake_device.h"
#include "helpers.h"
#include "tape/ops.h"
#include "tape/step_graph.h"

#if !defined(_WIN32)
namespace tape::test {

TEST_CASE("later: the values of then, whatever has become of the tensor since") {
  FakeDevice device;
  for (Device where : {Device::cpu, Device::cuda}) {
    const Tensor x = full({2, 3}, 4, DType::float64, where);
    LaterValues first(x), column(select(x, 1, 0));
    copy_(x, full({1}, 5, DType::float64, where));
    LaterValues second(x);
    copy_(x, full({1}, 9, DType::float64, where));
    const Tensor taken = second.take();
    CHECK(taken.device() == Device::cpu);
    CHECK(taken.shape() == Dims{2, 3});
    CHECK(values_of(taken) == std::vector<double>(6, 5));
    CHECK(values_of(first.take()) == std::vector<double>(6, 4));
    CHECK(values_of(column.take()) == std::vector<double>(2, 4));
    CHECK_THROWS_WITH_AS(first.take(), "[later] the values were taken already", Error);
  }
}

TEST_CASE("later: they arrive once the device has come as far, and nobody has to take them") {
  static const LinearKernels products = cuda::recordable(kernels().linear);
  FakeDevice device(cuda::own_kernels(&products));
  const Tensor x = full({1}, 1, DType::float32, Device::cuda);
  StepGraph graph(Device::cuda);
  graph.begin();
  copy_(x, add(x, x));
  CHECK_THROWS_WITH_AS(
      LaterValues{x},
      "[the engine] reads values from cuda in a step that is recorded as a graph, do that before or after it",
      Error);
  graph.end();
  graph.replay();
  LaterValues values(x), unwanted(x);
  CHECK(!values.arrived());
  for (int i = 0; i < 3; ++i) graph.replay();
  CHECK(values.arrived());
  CHECK(values_of(values.take())[0] == 2);
}

}  // namespace tape::test
#endif
