// What the GPU's kernels do about an index out of range: nothing is read there, and the first is noted.
#define TAPE_CUDA_EMULATED
#include "cuda/faults.h"

#include <utility>

#include "doctest/doctest.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

/// The fault noted since the last look.
cuda::FaultSlot take_fault() { return std::exchange(*cuda::fault_slot(), cuda::FaultSlot{}); }

Tensor there(const Dims& shape, const std::vector<double>& values, DType dtype) {
  return to(make(shape, values, dtype), Device::cuda);
}

}  // namespace

TEST_CASE("device: a label out of range counts nothing and is noted") {
  FakeDevice device(gpu_kernels());
  const Tensor logits = there({3, 2}, {0, 0, 0, 0, 0, 0}, DType::float32);
  const Tensor loss = cross_entropy(logits, there({3}, {1, 7, 0}, DType::int64), Reduction::none);
  CHECK(values_of(loss)[1] == 0);
  const cuda::FaultSlot fault = take_fault();
  CHECK(fault.kind == cuda::FaultKind::label);
  CHECK(fault.position == 1);
  CHECK(fault.value == 7);
  CHECK(fault.limit == 2);
}

TEST_CASE("device: an index out of range gives zeros and is noted, the first one only") {
  FakeDevice device(gpu_kernels());
  const Tensor table = there({2, 3}, {1, 2, 3, 4, 5, 6}, DType::float32);
  const Tensor index = there({4}, {1, -1, 5, 0}, DType::int64);
  CHECK(values_of(embedding(index, table, {})) == std::vector<double>{4, 5, 6, 0, 0, 0, 0, 0, 0, 1, 2, 3});
  cuda::FaultSlot fault = take_fault();
  CHECK(fault.kind == cuda::FaultKind::index);
  CHECK(fault.position == 1);
  CHECK(fault.value == -1);
  CHECK(fault.limit == 2);

  const Tensor sums = there({2, 3}, {0, 0, 0, 0, 0, 0}, DType::float32);
  CHECK(values_of(index_add(sums, 0, there({2}, {3, 1}, DType::int64), table)) ==
        std::vector<double>{0, 0, 0, 4, 5, 6});
  CHECK(take_fault().value == 3);
  CHECK(values_of(gather(table, 1, there({2, 1}, {2, 8}, DType::int64))) == std::vector<double>{3, 0});
  CHECK(take_fault().value == 8);
  CHECK(take_fault().taken == 0);
}

}  // namespace tape::test
#endif
