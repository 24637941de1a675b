// Making tensors, and the thread's stream of random numbers.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <utility>

#include "support.h"
#include "tape/random.h"

namespace tape {
namespace {

thread_local PhiloxState stream{0, 0};
// Of the step graph that is recorded.
thread_local uint64_t recorded_from = 0;
thread_local const PhiloxOrigin* recorded_origin = nullptr;

}  // namespace

void manual_seed(uint64_t seed) {
  if (recorded_origin)
    fail(ErrorCode::device, "manualSeed",
         "a step that is recorded as a graph goes on in the stream, seed before it");
  stream = {seed, 0};
}
PhiloxState rng_state() { return stream; }
void set_rng_state(PhiloxState state) { stream = state; }

PhiloxState reserve_random(int64_t count) {
  const PhiloxState start = stream;
  stream.offset += static_cast<uint64_t>(count + 3) / 4;
  if (recorded_origin) [[unlikely]]
    return {0, start.offset - recorded_from, recorded_origin};
  return start;
}

void record_random(PhiloxState start, const PhiloxOrigin* origin) {
  recorded_from = start.offset;
  recorded_origin = origin;
}

Tensor full(const Dims& shape, double value, DType dtype, Device device) {
  Tensor out = empty(shape, dtype, device);
  kernels(out).elementwise.fill(view_of(out), value);
  return out;
}

Tensor arange(double start, double end, double step, DType dtype) {
  if (step == 0 || !std::isfinite(step) || (end - start) / step < 0)
    fail(ErrorCode::value, "arange", "step ", step, " does not lead from ", start, " to ", end);
  const int64_t count = static_cast<int64_t>(std::ceil((end - start) / step));
  Tensor out = empty({count}, dtype);
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t i = 0; i < count; ++i)
      out.data_as<T>()[i] = static_cast<T>(start + static_cast<double>(i) * step);
  });
  return out;
}

Tensor linspace(double start, double end, int64_t count, DType dtype) {
  if (count < 0) fail(ErrorCode::value, "linspace", "the count must not be negative, got ", count);
  if (!is_floating(dtype)) fail(ErrorCode::dtype, "linspace", "needs a floating dtype, got ", name_of(dtype));
  Tensor out = empty({count}, DType::float64);
  const double step = count > 1 ? (end - start) / static_cast<double>(count - 1) : 0;
  double* values = out.data_as<double>();
  // The second half from the end, so that the last number is exactly `end`.
  for (int64_t i = 0; i < count; ++i)
    values[i] = 2 * i < count ? start + static_cast<double>(i) * step
                              : end - static_cast<double>(count - 1 - i) * step;
  return to(out, dtype);
}

Tensor eye(int64_t rows, int64_t cols, DType dtype) {
  if (rows < 0 || cols < 0)
    fail(ErrorCode::value, "eye", "sizes must not be negative, got ", rows, " and ", cols);
  Tensor out = full({rows, cols}, 0, dtype);
  fill_(diagonal(out), 1);
  return out;
}

Tensor full_like(const Tensor& x, double value, DType dtype) {
  Tensor out = empty_like(x, dtype);
  kernels(out).elementwise.fill(view_of(out), value);
  return out;
}

Tensor rand(const Dims& shape, DType dtype) {
  Tensor out = empty(shape, dtype);
  uniform_(out, 0, 1);
  return out;
}

Tensor randn(const Dims& shape, DType dtype) {
  Tensor out = empty(shape, dtype);
  normal_(out, 0, 1);
  return out;
}

Tensor randperm(int64_t count) {
  if (count < 0) fail(ErrorCode::value, "randperm", "the count must not be negative, got ", count);
  Tensor out = empty({count}, DType::int64);
  int64_t* order = out.data_as<int64_t>();
  for (int64_t i = 0; i < count; ++i) order[i] = i;
  const PhiloxState state = reserve_random(2 * count);
  Philox random{};
  for (int64_t i = count - 1; i > 0; --i) {  // Fisher and Yates
    const auto number = static_cast<uint64_t>(count - 1 - i);
    if (number % 2 == 0) random = philox(state.seed, state.offset + number / 2);
    const size_t word = number % 2 * 2;
    const uint64_t bits = uint64_t{random.v[word]} << 32 | random.v[word + 1];
    std::swap(order[i], order[bits % static_cast<uint64_t>(i + 1)]);
  }
  return out;
}

Tensor from_file(const std::string& path, const Dims& shape, DType dtype, int64_t offset) {
  namespace fs = std::filesystem;
  const fs::path file(std::u8string(path.begin(), path.end()));
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) fail(ErrorCode::file, "fromFile", "cannot read ", path, ": ", error.message());
  const int64_t wanted = numel_of(shape) * static_cast<int64_t>(size_of(dtype));
  if (offset < 0 || static_cast<uint64_t>(offset) + static_cast<uint64_t>(wanted) > size)
    fail(ErrorCode::file, "fromFile", path, " has ", size, " bytes, but ", to_string(shape), " of ",
         name_of(dtype), " from byte ", offset, " needs ", offset + wanted, ", check the shape or the file");
  Tensor out = empty(shape, dtype);
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(offset);
  stream.read(static_cast<char*>(out.data()), wanted);
  if (!stream || stream.gcount() != wanted)
    fail(ErrorCode::file, "fromFile", "reading ", path, " stopped after ", stream.gcount(), " of ", wanted,
         " bytes");
  return out;
}

}  // namespace tape
