// Convolutions by cuDNN, with a cuDNN made of the processor's kernels in its place.
#include "cuda/cudnn_library.h"
#include "cuda/cudnn_plan.h"
#include "doctest/doctest.h"
#include "fake_cudnn.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/random.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

ConvShape plain_shape() {
  ConvShape s{2, 1, 8, 16, {10, 12}, {10, 12}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}};
  return s;
}

Kernels with_cudnn() { return gpu_kernels(&fake_cudnn()); }

/// Output and gradients of one convolution on `device`.
std::vector<double> convolved(Device device, DType dtype, const ConvOptions& options, const Dims& in,
                              const Dims& taps) {
  manual_seed(4);
  const auto draw = [&](const Dims& shape) {
    Tensor x = to(to(randn(shape, DType::float32), dtype), device);
    x.set_requires_grad(true);
    return x;
  };
  const Tensor x = draw(in), w = draw(taps), b = draw({taps[0]});
  const Tensor y = conv2d(x, w, b, options, true);
  std::vector<double> all = values_of(y);
  for (const Tensor& gradient :
       grad({sum(square(to(y, DType::float32)))}, {x, w, b}, {}, false, false, false))
    for (const double value : values_of(gradient)) all.push_back(value);
  return all;
}

void check_same(const std::vector<double>& got, const std::vector<double>& expected, double tolerance) {
  REQUIRE(got.size() == expected.size());
  double largest = 1;
  for (double value : expected) largest = std::max(largest, std::fabs(value));
  for (size_t i = 0; i < got.size(); ++i) REQUIRE(std::fabs(got[i] - expected[i]) <= tolerance * largest);
}

}  // namespace

TEST_CASE("cudnn: a convolution becomes the numbers of descriptors") {
  ConvShape s = plain_shape();
  s.groups = 4;
  s.stride[1] = 2;
  s.out[1] = 6;
  const auto n = cuda::cudnn_form(DType::bfloat16, s);
  REQUIRE(n);
  CHECK(n->type == cuda::Cudnn::kBFloat16);
  CHECK(n->images == 2);
  CHECK(n->group_channels == 2);
  CHECK(n->groups == 4);
  CHECK(n->pad[0] == 1);
  CHECK(n->stride[1] == 2);
  CHECK(n->out[1] == 6);
}

TEST_CASE("cudnn: what it does not know is left to others") {
  const auto taken = [](DType dtype, const ConvShape& s) { return cuda::cudnn_form(dtype, s).has_value(); };
  ConvShape s = plain_shape();
  CHECK(taken(DType::float32, s));
  CHECK_FALSE(taken(DType::float64, s));
  s.pad_end[1] = 2;  // one place more than the library would make
  s.out[1] = 13;
  CHECK_FALSE(taken(DType::float32, s));
  s.stride[1] = 2;  // with a stride of two there is no such place: both ends may be padded by one
  s.out[1] = 6;
  CHECK(taken(DType::float32, s));
  s = plain_shape();
  s.batch = 0;
  CHECK_FALSE(taken(DType::float32, s));
  s.batch = int64_t{1} << 22;
  CHECK_FALSE(taken(DType::float32, s));
}

TEST_CASE("cudnn: of its algorithms the first is taken that may be") {
  using cuda::choose;
  const cuda::CudnnPerformance found[] = {{5, 3000, 1, 0, 1, 0, {}},
                                          {1, 0, 2, 5000, 0, 1, {}},
                                          {2, 0, 3, 100, 0, 3, {}},
                                          {3, 0, 4, 800, 1, 0, {}}};
  const auto algorithm = [&](size_t most, bool deterministic, bool exact) {
    const cuda::CudnnPerformance* best = choose(found, 4, most, deterministic, exact);
    return best ? best->algorithm : -1;
  };
  CHECK(algorithm(10000, false, false) == 1);
  CHECK(algorithm(1000, false, false) == 2);  // too large a workspace
  CHECK(algorithm(10000, false, true) == 2);  // no rounding of factors
  CHECK(algorithm(10000, true, false) == 3);
  CHECK(algorithm(10, true, false) == -1);
}

TEST_CASE("cudnn: scratch memory holds turned weights, then the workspace") {
  ConvShape s = plain_shape();
  const cuda::ConvRoom room = cuda::room_of(s, DType::float32, 100);
  CHECK(room.workspace == 16 * 8 * 9 * 4);
  CHECK(room.bytes == 16 * 8 * 9 * 4 + 256);
  s.groups = s.in_channels;  // depthwise: the order is the same
  CHECK(cuda::room_of(s, DType::float32, 100).workspace == 0);
}

TEST_CASE("cudnn: images that begin between 16 bytes are left to others") {
  FakeDevice device(with_cudnn());
  FakeCudnnLog& log = fake_cudnn_log();
  const Tensor images = randn({3, 5, 5, 3}, DType::float32);
  const Tensor weight = randn({4, 3, 3, 3}, DType::float32);
  const auto made = [&](Device where, int64_t first) {
    const Tensor turned = permute(to(images, where), {0, 3, 1, 2});
    return values_of(conv2d(narrow(turned, 0, first, 2), to(weight, where), {}, {}));
  };
  for (const int64_t first : {0, 1}) {  // an image has 300 bytes
    log.runs = 0;
    check_same(made(Device::cuda, first), made(Device::cpu, first), 1e-5);
    CHECK(log.runs == (first == 0 ? 1 : 0));
  }
}

TEST_CASE("cudnn: convolutions and their gradients agree with the processor's, planned once a shape") {
  FakeDevice device(with_cudnn());
  FakeCudnnLog& log = fake_cudnn_log();
  ConvOptions same, strided, grouped;
  same.padding = {1};
  strided.stride = {2, 1};
  strided.padding = {1, 2};
  strided.dilation = {1, 2};
  grouped.groups = 4;
  for (DType dtype : {DType::float32, DType::bfloat16})
    for (const auto& [options, taps] :
         {std::pair{same, Dims{6, 8, 3, 3}}, {strided, Dims{6, 8, 2, 3}}, {grouped, Dims{8, 2, 3, 3}}}) {
      if (!kernels().conv.takes(dtype)) continue;
      log.runs = log.plans = 0;
      const double tolerance = dtype == DType::float32 ? 1e-5 : 0.05;
      const auto got = convolved(Device::cuda, dtype, options, {2, 8, 9, 7}, taps);
      check_same(got, convolved(Device::cpu, dtype, options, {2, 8, 9, 7}, taps), tolerance);
      CHECK(log.runs == 3);
      CHECK(log.plans == 3);
      CHECK(convolved(Device::cuda, dtype, options, {2, 8, 9, 7}, taps) == got);
      CHECK(log.runs == 6);
      CHECK(log.plans == 3);
    }
  CHECK(device.misuse() == "");
}

TEST_CASE("cudnn: images of any size are planned, and plans used longest ago go") {
  FakeDevice device(with_cudnn());
  const int before = fake_cudnn_log().live;
  GradMode mode(false);
  const Tensor w = to(randn({2, 1, 1, 1}, DType::float32), Device::cuda);
  for (int64_t size = 1; size <= 700; ++size)
    conv2d(to(randn({1, 1, 1, size}, DType::float32), Device::cuda), w, {}, {});
  CHECK(fake_cudnn_log().live - before <= 4 * 512);
}

TEST_CASE("cudnn: options choose the algorithm and the arithmetic") {
  FakeDevice device(with_cudnn());
  FakeCudnnLog& log = fake_cudnn_log();
  const auto run = [&](DType dtype) {
    log.runs = log.deterministic = log.tensor_cores = 0;
    convolved(Device::cuda, dtype, {}, {1, 3, 5, 5}, {4, 3, 2, 2});
    return std::pair{log.deterministic, log.tensor_cores};
  };
  CHECK(run(DType::float32) == std::pair{0, 0});
  set_device_option(Device::cuda, DeviceOption::deterministic, true);
  CHECK(run(DType::float32) == std::pair{3, 0});
  set_device_option(Device::cuda, DeviceOption::deterministic, false);
  set_device_option(Device::cuda, DeviceOption::tf32, true);
  CHECK(run(DType::float32) == std::pair{0, 3});
  set_device_option(Device::cuda, DeviceOption::tf32, false);
}

TEST_CASE(
    "cudnn: where it knows no algorithm, or refuses what it promised, convolutions are laid out as rows") {
  FakeDevice device(with_cudnn());
  FakeCudnnLog& log = fake_cudnn_log();
  log.runs = 0;
  for (bool FakeCudnnLog::*fault : {&FakeCudnnLog::knows_none, &FakeCudnnLog::refuses}) {
    log.*fault = true;
    const int64_t size = fault == &FakeCudnnLog::refuses ? 6 : 7;
    const auto got = convolved(Device::cuda, DType::float32, {}, {1, 2, size, 6}, {3, 2, 2, 2});
    log.*fault = false;
    check_same(got, convolved(Device::cpu, DType::float32, {}, {1, 2, size, 6}, {3, 2, 2, 2}), 1e-5);
    convolved(Device::cuda, DType::float32, {}, {1, 2, size, 6}, {3, 2, 2, 2});  // it is not asked again
  }
  CHECK(log.runs == 0);
}

TEST_CASE("cudnn: a library that is missing, is another or is too old is a stated reason") {
  CHECK(cuda::find_cudnn("libno_such_cudnn.so.9").reason ==
        "cuDNN is not installed (libno_such_cudnn.so.9 was not found)");
  const std::string folder = TAPE_BACKENDS_FOLDER;
  CHECK(cuda::find_cudnn(folder + "/libbroken_init.so").reason ==
        folder + "/libbroken_init.so is no cuDNN (it has no cudnnGetVersion)");
  CHECK(cuda::find_cudnn(folder + "/libcudnn_8907.so").reason ==
        "cuDNN 8.9.7 is too old, 9.0.0 or newer is needed");
  CHECK(cuda::find_cudnn(folder + "/libcudnn_90100.so").reason == "cuDNN 9.1.0 has no cudnnGetErrorString");
}

}  // namespace tape::test
#endif
