// The allocator: cache, limit, and who holds what.
#include <cstring>

#include "helpers.h"
#include "tape/random.h"

namespace tape::test {
namespace {

/// Counts and limit as they were, whatever a check does.
struct Limit {
  explicit Limit(int64_t bytes) { set_memory_limit(bytes); }
  ~Limit() { set_memory_limit(0); }
};

MemoryHolder holder(const std::string& name) {
  for (const MemoryHolder& each : memory_holders())
    if (each.name == name) return each;
  return {};
}

}  // namespace

TEST_CASE("memory: lengths that vary settle on the blocks of their size classes") {
  empty_cache();
  const auto run = [](int count, uint64_t from) {
    for (int i = 0; i < count; ++i) {
      const int64_t length = 10 + philox(3, from + static_cast<uint64_t>(i)).v[0] % 91;
      const Tensor x = empty({32, length, 100}), y = empty({32, length});
    }
  };
  run(1000, 0);
  const int64_t cached = memory_stats().cached, system = memory_stats().system_allocations;
  run(10000, 1000);
  CHECK(memory_stats().cached == cached);
  CHECK(memory_stats().system_allocations == system);
  // Ten times the lengths, but four classes for each doubling.
  CHECK(cached < 20 * 32 * 100 * 100 * 4);
  empty_cache();
  CHECK(memory_stats().cached == 0);
}

TEST_CASE("memory: every size class holds what it is asked for and is given back whole") {
  empty_cache();
  const int64_t active = memory_stats().active;
  for (int64_t bytes = 1; bytes < 6'000'000; bytes += bytes / 3 + 1) {
    for (const int64_t near : {bytes - 1, bytes, bytes + 1}) {
      const Tensor x = empty({near}, DType::uint8);
      std::memset(x.data(), 7, static_cast<size_t>(near));
      CHECK(reinterpret_cast<uintptr_t>(x.data()) % 64 == 0);
      CHECK(memory_stats().active - active >= near);
      CHECK(memory_stats().active - active <= near + near / 4 + 64);
    }
  }
  CHECK(memory_stats().active == active);
  empty_cache();
}

TEST_CASE("memory: the limit gives back the cache first and then refuses, naming who holds what") {
  empty_cache();
  const int64_t start = memory_stats().active;
  Making outer("conv2d");
  const Tensor held = empty({3 << 20}, DType::uint8);
  { const Tensor cached = empty({1 << 20}, DType::uint8); }
  REQUIRE(memory_stats().cached == 1 << 20);
  Limit limit(start + (5 << 20));
  {
    const Tensor fits = empty({2 << 20}, DType::uint8);
    CHECK(memory_stats().cached == 0);
    Making inner("linear");
    const std::string message = message_of([] { empty({1 << 20}, DType::float32); });
    CHECK(message.rfind("[memory] linear asked for 4.0 MiB with 5.0 MiB in use and 0 B cached, the limit is ",
                        0) == 0);
    CHECK(message.find("; most is held by conv2d (5.0 MiB)") != std::string::npos);
    CHECK(message.find("; use a smaller batch or model, or free tensors earlier with scope()") !=
          std::string::npos);
  }
  // The engine goes on, also with what the failure left in the cache.
  CHECK(empty({2 << 20}, DType::uint8).defined());
  CHECK(message_of([] { set_memory_limit(-1); }) ==
        "[setMemoryLimit] the limit must not be negative, got -1");
}

TEST_CASE("memory: shapes beyond any machine are refused, not wrapped around") {
  CHECK(message_of([] {
          empty({int64_t{1} << 32, int64_t{1} << 32});
        }) ==
        "[memory] a tensor of shape 4294967296x4294967296 has 1.84467e+19 elements, more than any memory "
        "holds, check the shape");
  CHECK(message_of([] {
          Storage::allocate(size_t{1} << 62);
        }).rfind("[memory] the engine asked for more than any machine has with ", 0) == 0);
}

TEST_CASE("memory: a temporary that nobody else holds gives its memory to the result") {
  GradMode mode(false);
  const Tensor x = make({2, 3}, {1, 2, 3, 4, 5, 6}), row = make({3}, {1, 0, -1});
  const auto made_by = [](auto f) {
    const int64_t before = memory_stats().allocations;
    f();
    return memory_stats().allocations - before;
  };
  CHECK(made_by([&] {
          const Tensor y = neg(add(mul(div(sub(add(x, x), row), 2), 3), x));
          CHECK(values_of(y) == std::vector<double>{-2.5, -8, -13.5, -14.5, -20, -25.5});
        }) <= 3);  // and what values_of makes
  // Not when somebody does hold it, when the result is larger, or when it is another look at the same memory.
  Tensor held = clone(x);
  const Tensor other = held;
  CHECK(mul(std::move(held), 2).ref() != other.ref());
  CHECK(values_of(other) == values_of(x));
  CHECK(values_of(add(clone(row), x)) == std::vector<double>{2, 2, 2, 5, 5, 5});
  CHECK(values_of(mul(transpose(x, 0, 1), 0)) == std::vector<double>(6, 0.0));
  CHECK(values_of(x)[1] == 2);
  // Nor while something is recorded.
  GradMode recording(true);
  const Tensor w = variable({2}, {3, 4});
  const Tensor y = mul(mul(w, 2), w);
  backward({y}, {full({2}, 1, DType::float64)}, false, false);
  CHECK(values_of(w.grad()) == std::vector<double>{12, 16});
}

TEST_CASE("memory: backward through a chain rewrites one gradient") {
  const Tensor x = variable({100}, std::vector<double>(100, 0.5));
  Tensor y = x;
  for (int i = 0; i < 10; ++i) y = relu(mul(tanh(neg(y)), -1.5));
  const Tensor seed = full({100}, 1, DType::float64);
  const int64_t before = memory_stats().allocations;
  backward({y}, {seed}, false, false);
  // The seed is the caller's; what is made from it is passed on from node to node and ends as the gradient.
  CHECK(memory_stats().allocations - before == 1);
  CHECK(values_of(seed) == std::vector<double>(100, 1.0));
}

TEST_CASE("memory: holders are counted by op, forward and backward") {
  const Tensor w = variable({64, 64}, std::vector<double>(64 * 64, 0.5), DType::float32);
  reset_peak_memory();
  {
    Making making("mul");
    const Tensor y = mul(w, w);
    CHECK(holder("mul").active == 64 * 64 * 4);
    CHECK(holder("mul").storages == 1);
    backward({y}, {full({64, 64}, 1, DType::float32)}, false, false);
  }
  CHECK(holder("mul").active == 0);
  CHECK(holder("mul").storages == 0);
  // The seed was made under this name as well.
  CHECK(holder("mul").peak == 2 * 64 * 64 * 4);
  CHECK(holder("mul backward").active == 64 * 64 * 4);  // it is the gradient now
  reset_peak_memory();
  CHECK(holder("mul").name.empty());
}

}  // namespace tape::test
