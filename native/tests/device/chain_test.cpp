// Elementwise ops that wait for each other: one launch, the numbers of many.
#include "cuda/chain.h"

#include <functional>
#include <string>

#include "doctest/doctest.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/later.h"
#include "tape/memory.h"
#include "tape/optim.h"
#include "tape/precision.h"
#include "tape/random.h"
#include "tape/step_graph.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

/// Whether ops wait, while it lives.
struct Fused {
  explicit Fused(bool on) { set_device_option(Device::cuda, DeviceOption::fused, on); }
  ~Fused() { set_device_option(Device::cuda, DeviceOption::fused, true); }
};

/// What has been given to the device since.
struct Launches {
  int64_t before = cuda::emulated_launches();
  int64_t count() const { return cuda::emulated_launches() - before; }
};

Tensor numbers(const Dims& shape, DType dtype = DType::float32) {
  return to(to(randn(shape, DType::float32), dtype), Device::cuda);
}
/// Reads it without giving the device anything to do.
std::vector<double> read(const Tensor& x) { return values_of(to(x, Device::cpu)); }

using Work = std::function<std::vector<Tensor>()>;

struct Outcome {
  std::vector<std::vector<double>> values;
  int64_t launches;
};
Outcome outcome_of(const Work& work, bool fused) {
  Fused option(fused);
  manual_seed(9);
  Launches launches;
  const std::vector<Tensor> made = work();
  Outcome outcome;
  for (const Tensor& x : made) outcome.values.push_back(read(x));
  outcome.launches = launches.count();
  return outcome;
}

/// Launches of the work when its ops wait; the numbers are those of ops that do not, to the bit.
int64_t launches_of(const Work& work) {
  const Outcome given = outcome_of(work, false), fused = outcome_of(work, true);
  CHECK(fused.values == given.values);
  CHECK(fused.launches < given.launches);
  return fused.launches;
}

}  // namespace

TEST_CASE("chain: elementwise ops of one size are one launch, with the numbers of many") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  for (DType dtype : {DType::float32, DType::bfloat16})
    for (int64_t size : {1, 3, 4, 5, 1027, 4096}) {
      CAPTURE(name_of(dtype));
      CAPTURE(size);
      const Tensor x = numbers({size}, dtype), y = numbers({size}, dtype), one = numbers({1}, dtype);
      CHECK(launches_of([&]() -> std::vector<Tensor> {
              const Tensor a = add(mul(x, 0.7), y), b = gelu(a), c = tanh(sub(b, y));
              return {add(mul(c, a), one)};
            }) == 1);
    }
}

TEST_CASE("chain: every kind of step gives what its own kernel gives") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor x = numbers({37}), y = numbers({37}), z = numbers({37});
  const Tensor low = numbers({37}, DType::bfloat16);
  CHECK(
      launches_of([&]() -> std::vector<Tensor> {
        return {silu(exp(x)), maximum(neg(x), y), lerp(y, x, z), addcmul(z, x, y, 0.5), clamp(x, -0.5, 0.5)};
      }) == 1);
  CHECK(launches_of([&]() -> std::vector<Tensor> {
          return {add(to(low, DType::float32), y), to(mul(x, y), DType::bfloat16), reciprocal(erf(x)),
                  mul(full({37}, 3, DType::float32, Device::cuda), z), pow(square(x), 1.5)};
        }) == 1);
  CHECK(launches_of([&]() -> std::vector<Tensor> {
          return {mul(dropout(gelu(x), 0.4, true), 2), dropout(y, 0.2, true)};
        }) == 1);
}

TEST_CASE("chain: rows, one number for each row, and single numbers are repeated beside it") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  for (DType dtype : {DType::float32, DType::bfloat16}) {
    CAPTURE(name_of(dtype));
    const Tensor x = numbers({3, 5, 7}, dtype), row = numbers({7}, dtype), table = numbers({5, 7}, dtype),
                 column = numbers({3, 1, 1}, dtype), channel = numbers({5, 1}, dtype),
                 one = numbers({1}, dtype);
    CHECK(launches_of([&]() -> std::vector<Tensor> {
            const Tensor a = add(mul(x, row), table), b = mul(sub(a, channel), column);
            return {a, add(b, one), lerp(b, row, one)};
          }) == 1);
    const Tensor odd = narrow(numbers({8}, dtype), 0, 1, 7);  // a row has no packs of four
    CHECK(launches_of([&]() -> std::vector<Tensor> { return {mul(add(x, odd), 2)}; }) == 1);
    const Tensor strange = numbers({3, 1, 7}, dtype), kept = add(x, 0);
    CHECK(launches_of([&]() -> std::vector<Tensor> {  // in no such order: a launch of its own
            return {mul(add(mul(x, 2), strange), 3)};
          }) == 3);
    CHECK(launches_of([&]() -> std::vector<Tensor> {  // the row is what the step before changed
            const Tensor changed = mul(x, 2), first = select(select(changed, 0, 0), 0, 0);
            return {add(add(changed, 1), first)};
          }) == 2);
    CHECK(launches_of([&]() -> std::vector<Tensor> {  // or changes later
            const Tensor changed = clone(kept), front = reshape(narrow(changed, 0, 0, 1), {35});
            const Tensor sum = mul(add(x, reshape(front, {5, 7})), 2);
            binary_(BinaryOp::mul, changed, 3);
            return {sum, changed};
          }) == 3);
  }
}

TEST_CASE("chain: rows of channels-last images are found in the order of memory") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor image = permute(contiguous(permute(numbers({2, 3, 4, 5}), {0, 2, 3, 1})), {0, 3, 1, 2});
  const Tensor bias = numbers({3, 1, 1});
  CHECK(launches_of([&]() -> std::vector<Tensor> {
          return {permute(relu(mul(add(image, bias), 2)), {0, 2, 3, 1})};
        }) == 1);
}

TEST_CASE("chain: comparisons, masks and choices are steps") {
  FakeDevice device(gpu_kernels());
  for (DType dtype : {DType::float32, DType::bfloat16}) {
    CAPTURE(name_of(dtype));
    GradMode mode(false);
    const Tensor x = numbers({6, 9}, dtype), y = numbers({6, 9}, dtype), row = numbers({9}, dtype);
    for (CompareOp op :
         {CompareOp::eq, CompareOp::ne, CompareOp::lt, CompareOp::le, CompareOp::gt, CompareOp::ge})
      CHECK(launches_of([&]() -> std::vector<Tensor> {
              const Tensor mask = compare(op, relu(x), y), positive = compare(op, x, 0.0);
              return {mask, where(mask, x, y), masked_fill(mul(x, 2), positive, -9), to(mask, dtype)};
            }) == 1);
    CHECK(launches_of([&]() -> std::vector<Tensor> {
            const Tensor below = compare(CompareOp::lt, x, row), above = logical_not(below);
            const Tensor both = logical_and(below, compare(CompareOp::gt, y, 0.25));
            return {logical_or(both, above), logical_xor(both, below), where(below, row, mul(y, 3)),
                    where(both, 0.5, x), to(to(x, DType::boolean), dtype)};
          }) == 1);
    const Tensor holds = to(compare(CompareOp::gt, row, 0.0), DType::boolean);
    CHECK(launches_of([&]() -> std::vector<Tensor> { return {tanh(where(holds, mul(x, 2), y))}; }) == 1);
    CHECK(launches_of([&]() -> std::vector<Tensor> {  // of whole numbers: a launch of its own
            const Tensor mask = compare(CompareOp::ne, to(x, DType::int64), 0);
            return {where(mask, mul(x, 2), y)};
          }) == 3);
  }
  const Tensor x = numbers({40}), seed = numbers({40});
  x.set_requires_grad(true);
  const Tensor y = masked_fill(clamp(mul(x, 2), -1, 1), compare(CompareOp::gt, x, 0.8), 0);
  Launches launches;
  const Tensor slope = grad({y}, {x}, {seed}, false, false, false)[0];
  read(slope);
  CHECK(launches.count() == 1);
}

TEST_CASE("chain: a number that is not a number keeps to the rules of comparisons and masks") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor x = div(numbers({5}), full({5}, 0, DType::float32, Device::cuda)), nan = sub(x, x);
  CHECK(launches_of([&]() -> std::vector<Tensor> {
          const Tensor same = compare(CompareOp::eq, nan, nan),
                       other = compare(CompareOp::ne, mul(nan, 2), nan);
          return {same, other, to(nan, DType::boolean), where(same, nan, 1.0)};
        }) == 1);
}

TEST_CASE("chain: forward and backward of elementwise ops are one launch each") {
  FakeDevice device(gpu_kernels());
  const Tensor x = numbers({100}), seed = numbers({100});
  x.set_requires_grad(true);
  Launches launches;
  const Tensor y = mul(gelu(tanh(mul(x, 0.5))), 3);
  CHECK(launches.count() == 0);
  device_memory_stats(Device::cuda);  // asks for nothing that waits
  CHECK(launches.count() == 0);
  read(y);
  CHECK(launches.count() == 1);
  backward({y}, {seed}, false, false);
  read(x.grad());
  CHECK(launches.count() == 2);
}

TEST_CASE("chain: what nobody reads is not written, and what nobody needs is not computed") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor x = numbers({64});
  Launches launches;
  Tensor y = mul(x, 2);
  const Tensor z = add(y, 1);
  y = Tensor();
  tanh(z);  // thrown away
  CHECK(read(z)[5] == static_cast<float>(read(x)[5] * 2 + 1));
  CHECK(launches.count() == 1);
  exp(z);
  read(x);
  CHECK(launches.count() == 1);
  CHECK(launches_of([&]() -> std::vector<Tensor> {
          const Tensor a = mul(x, 3), b = add(a, 1);
          binary_(BinaryOp::mul, a, b);  // b has the old a
          binary_(BinaryOp::add, a, 2);
          return {a, b};
        }) == 1);
}

TEST_CASE("chain: whatever else the device is given comes after what waits") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor x = numbers({16, 64}), y = numbers({16, 64}), small = numbers({8});
  const auto waiting = [&] { return add(mul(x, 2), y); };
  const auto count = [&](const std::string& name, int64_t launches,
                         const std::function<Tensor(const Tensor&)>& next) {
    CAPTURE(name);
    CHECK(launches_of([&]() -> std::vector<Tensor> {
            const Tensor made = waiting(), behind = next(made);
            return {made, behind};
          }) == launches);
  };
  count("a matrix product", 2, [&](const Tensor& made) { return matmul(made, transpose(x, 0, 1)); });
  count("a sum", 2, [&](const Tensor& made) { return sum(made); });
  count("softmax", 2, [&](const Tensor& made) { return softmax(made, 1); });
  count("another size", 2, [&](const Tensor&) { return add(small, 1); });
  count("another order", 2, [&](const Tensor& made) { return mul(transpose(made, 0, 1), 2); });
  count("a function that no chain has", 2, [&](const Tensor& made) { return sin(made); });
  count("another dtype", 3, [&](const Tensor& made) { return add(to(made, DType::float64), 1); });
  count("random numbers", 2, [&](const Tensor& made) {
    uniform_(made, 0, 1);
    return made;
  });
  count("more steps than a chain has", 3, [&](const Tensor& made) {
    Tensor last = made;
    for (int i = 0; i < 40; ++i) last = add(last, 0.1);
    return last;
  });
  count("a late read", 2, [&](const Tensor& made) {
    LaterValues later(made);
    binary_(BinaryOp::mul, made, 3);
    return later.take();
  });
  count("a copy from the host", 2, [&](const Tensor& made) {
    copy_(made, to(full({16, 64}, 4, DType::float32), Device::cuda));
    return add(made, 1);
  });
}

TEST_CASE("chain: memory that is shared otherwise than element by element ends it") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor x = numbers({128}), y = numbers({64});
  const Tensor front = narrow(x, 0, 0, 64), middle = narrow(x, 0, 4, 64), odd = narrow(x, 0, 33, 64);
  const auto restored = [&](const Work& work) {
    const Tensor before = clone(x);
    return launches_of([&] {
      copy_(x, before);
      read(x);
      return work();
    });
  };
  CHECK(restored([&]() -> std::vector<Tensor> {  // reads what one before it writes, elsewhere
          binary_(BinaryOp::mul, front, 2);
          binary_(BinaryOp::add, front, y);
          return {add(middle, 1), x};
        }) == 3);
  CHECK(restored([&]() -> std::vector<Tensor> {  // writes what one before it reads
          const Tensor sum = add(mul(middle, y), 1);
          binary_(BinaryOp::mul, front, 2);
          return {sum, x};
        }) == 3);
  CHECK(restored([&]() -> std::vector<Tensor> {  // writes a part of what one before it writes
          binary_(BinaryOp::mul, front, 2);
          binary_(BinaryOp::add, front, 1);
          binary_(BinaryOp::mul, middle, 3);
          return {x};
        }) == 3);
  CHECK(restored([&]() -> std::vector<Tensor> {  // one element, repeated
          binary_(BinaryOp::mul, front, 2);
          binary_(BinaryOp::add, front, 1);
          return {mul(y, narrow(x, 0, 7, 1)), x};
        }) == 3);
  CHECK(restored([&]() -> std::vector<Tensor> {  // the same elements go on
          binary_(BinaryOp::mul, front, 2);
          return {add(narrow(x, 0, 0, 64), y), x};
        }) == 2);
  CHECK(restored([&]() -> std::vector<Tensor> {  // no packs of four there
          const Tensor sum = add(mul(y, 2), 1);
          return {mul(odd, sum)};
        }) == 3);
}

TEST_CASE("chain: memory that is given back and taken again is another's") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor x = numbers({256}), y = numbers({256});
  CHECK(launches_of([&]() -> std::vector<Tensor> {
          Tensor first = mul(x, 2);
          const void* const address = first.data();
          const Tensor second = add(first, y);
          first = Tensor();
          const Tensor third = mul(y, 3);
          CHECK(third.data() == address);
          return {second, add(second, third), third};
        }) == 1);
  CHECK(launches_of([&]() -> std::vector<Tensor> {  // for elements of another width
          Tensor first = mul(x, 2);
          const void* const address = first.data();
          const Tensor second = add(first, y);
          first = Tensor();
          const Tensor third = compare(CompareOp::gt, second, 0.0);
          CHECK(third.data() == address);
          return {second, third, where(third, second, y)};
        }) == 1);
  // A segment that goes back to the driver is not written to any more.
  set_emulated_capacity(size_t{512} << 20);
  Tensor large = numbers({int64_t{4} << 20});
  const Tensor view = narrow(large, 0, 0, 256);
  binary_(BinaryOp::mul, view, 2);
  large = Tensor();
  const Tensor kept = add(view, 1);
  empty_device_cache(Device::cuda);
  CHECK(read(kept)[9] == static_cast<float>(read(view)[9] + 1));
}

TEST_CASE("chain: without memory for the next op, what waits is done and nothing is lost") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor x = numbers({256});
  const Tensor y = add(mul(x, 2), 1);
  CHECK_THROWS_AS(add(to(full({1}, 1, DType::float32), Device::cuda),
                      full({int64_t{1} << 28}, 1, DType::float32, Device::cuda)),
                  Error);
  CHECK(read(y)[3] == static_cast<float>(read(x)[3] * 2 + 1));
}

TEST_CASE("chain: an op that finds no memory beside its tensors is refused, and whatever it would launch") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const Tensor x = numbers({512, 64}), y = numbers({512, 64});
  const std::vector<double> expected = read(sum(x, {0}));
  cuda::set_emulated_scratch(1024);
  Launches launches;
  const Tensor total = sum(add(mul(x, 2), y), {0});
  std::string said;
  try {
    read(total);
  } catch (const Error& error) {
    CHECK(error.code == ErrorCode::memory);
    said = error.what();
  }
  CHECK(said.find("no memory for 2048 bytes") != std::string::npos);
  CHECK(launches.count() == 1);  // the sum was not
  // A step that is recorded meanwhile is not kept, and what was before it is as it was.
  StepGraph graph(Device::cuda);
  graph.begin();
  const Tensor lost = sum(x, {0});
  CHECK_THROWS_AS(graph.end(), Error);
  cuda::set_emulated_scratch(SIZE_MAX);
  CHECK(read(sum(x, {0})) == expected);
}

TEST_CASE("chain: a recorded step has the chain, and does in each replay what its ops would") {
  FakeDevice device(gpu_kernels());
  GradMode mode(false);
  const auto replayed = [&](bool fused, int64_t& launches) {
    Fused option(fused);
    manual_seed(6);
    const Tensor x = numbers({50}), before = numbers({50}), scale = numbers({1});
    Tensor count = full({50}, 1, DType::float32, Device::cuda);
    const Tensor waits = mul(add(before, 1), 2);  // given before it: not part of it
    StepGraph graph(Device::cuda);
    graph.begin();
    Launches given;
    const Tensor y = mul(dropout(gelu(add(x, waits)), 0.5, true), scale);
    binary_(BinaryOp::add, count, 1);
    const Tensor counted = mul(count, 2);
    count = Tensor();  // goes on being counted
    graph.end();
    launches = given.count();
    std::vector<std::vector<double>> values;
    for (int i = 0; i < 3; ++i) {
      if (i == 2) fill_(scale, 3);  // read on the device, each time
      graph.replay();
      values.push_back(read(y));
      values.push_back(read(counted));
      values.push_back(read(waits));
    }
    return values;
  };
  int64_t launches = 0, single = 0;
  const auto given = replayed(false, single), fused = replayed(true, launches);
  CHECK(fused == given);
  CHECK(fused[1][0] == 4);
  CHECK(fused[4][0] == 6);
  CHECK(fused[0] != fused[3]);
  CHECK(single == 6);
  CHECK(launches == 1);
}

TEST_CASE("chain: a network learns the same to the bit, in float32 and under bfloat16") {
  FakeDevice device(gpu_kernels());
  for (bool low : {false, true}) {
    CAPTURE(low);
    const auto trained = [&](bool fused) {
      Fused option(fused);
      manual_seed(2);
      std::vector<Tensor> p = {numbers({24, 10}), numbers({24}), numbers({24, 24}), numbers({3, 24})};
      for (const Tensor& x : p) x.set_requires_grad(true);
      const Tensor input = numbers({12, 10});
      const Tensor labels = to(randint(0, 3, {12}, DType::int64), Device::cuda);
      OptimizerOptions options;
      options.lr = 0.02;
      Optimizer optimizer(OptimizerKind::adamw, p, options);
      std::vector<double> losses;
      for (int i = 0; i < 6; ++i) {
        const DType before = set_autocast(low ? DType::bfloat16 : DType::float32);
        const Tensor first = gelu(linear(input, p[0], p[1]));
        const Tensor second = add(dropout(silu(linear(first, p[2], {})), 0.2, true), mul(first, 0.5));
        const Tensor loss = cross_entropy(linear(second, p[3], {}), labels, Reduction::mean);
        set_autocast(before);
        optimizer.zero_grad();
        backward({loss}, {}, false, false);
        optimizer.step({});
        losses.push_back(values_of(loss)[0]);
      }
      for (const Tensor& x : p)
        for (double value : values_of(x)) losses.push_back(value);
      return losses;
    };
    CHECK(trained(true) == trained(false));
  }
  CHECK(device.misuse() == "");
}

TEST_CASE("chain: an error names the ops of the launch") {
  cuda::Chain chain;
  chain.steps = 2;
  chain.step[0].call = {cuda::ChainFunction::binary, static_cast<uint8_t>(BinaryOp::mul)};
  chain.step[1].call = {cuda::ChainFunction::activation_gradient, static_cast<uint8_t>(ActivationOp::gelu)};
  CHECK(cuda::names_of(chain) == "mul, gelu gradient");
}

}  // namespace tape::test
#endif
