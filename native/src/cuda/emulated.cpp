// What the kernels need around them where they are compiled for the processor, for the tests.
#include "emulated.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chain.h"
#include "faults.h"
#include "launch.h"
#include "options.h"

namespace tape::cuda {
namespace {

struct Room {
  std::vector<std::max_align_t> memory;
  void* of(size_t bytes) {
    memory.resize(bytes / sizeof(std::max_align_t) + 1);
    return memory.data();
  }
  /// What nobody wrote is a NaN.
  void spoil() { std::memset(memory.data(), 0xFF, memory.size() * sizeof(std::max_align_t)); }
};

struct Graph {
  std::vector<std::function<void()>> work;
  std::vector<std::shared_ptr<Room>> rooms;
};

thread_local Graph* recorded = nullptr;
thread_local std::string why;

int64_t given_launches = 0;
size_t most_scratch = SIZE_MAX;
thread_local std::string refusal;

bool begin() {
  launch_waiting();
  if (recorded) return why = "a step is recorded already", false;
  recorded = new Graph;
  why.clear();
  return true;
}
void* end() {
  launch_waiting();
  Graph* const graph = std::exchange(recorded, nullptr);
  if (why.empty()) why = take_emulated_refusal();
  if (why.empty()) return graph;
  delete graph;
  return nullptr;
}
bool launch(void* graph) {
  launch_waiting();
  for (const auto& work : static_cast<Graph*>(graph)->work) work();
  return true;
}
void drop(void* graph) { delete static_cast<Graph*>(graph); }

// ---- products --------------------------------------------------------------------------------------

LinearKernels given{};

/// A float32 matrix with its numbers rounded to the 10 bits of TF32.
class Rounded {
 public:
  explicit Rounded(const Matrix& from) : values_(static_cast<size_t>(from.rows * from.cols)) {
    const auto* const data = static_cast<const float*>(from.data);
    for (int64_t i = 0; i < from.rows; ++i)
      for (int64_t j = 0; j < from.cols; ++j)
        values_[static_cast<size_t>(i * from.cols + j)] =
            rounded(data[i * from.row_stride + j * from.col_stride]);
    matrix = {values_.data(), from.rows, from.cols, from.cols, 1};
  }
  Matrix matrix;

 private:
  static float rounded(float value) {
    constexpr uint32_t dropped = 0x1FFF;
    auto bits = std::bit_cast<uint32_t>(value);
    if (!std::isfinite(value)) return value;
    bits += dropped / 2 + (bits >> 13 & 1);
    return std::bit_cast<float>(bits & ~dropped);
  }
  std::vector<float> values_;
};

bool rounds(DType dtype) { return dtype == DType::float32 && option(DeviceOption::tf32); }

void gemm(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu) {
  run([=, rounds = rounds(dtype)] {
    if (rounds)
      given.gemm(dtype, c, Rounded(a).matrix, Rounded(b).matrix, bias, relu);
    else
      given.gemm(dtype, c, a, b, bias, relu);
  });
}
void gemm_half(DType dtype, Matrix c, Matrix a, Matrix b, const float* bias) {
  run([=] { given.gemm_half(dtype, c, a, b, bias); });
}
void gemm_add(DType dtype, Matrix c, Matrix a, Matrix b) {
  run([=] { given.gemm_add(dtype, c, a, b); });
}
void gemm_batched(DType dtype, Matrix c, Matrix a, Matrix b, const Batch& batch) {
  const auto kept = [&](const int64_t* values) { return std::vector<int64_t>(values, values + batch.rank); };
  run([=, shape = kept(batch.shape), of_a = kept(batch.a_strides), of_b = kept(batch.b_strides),
       of_c = kept(batch.c_strides), rank = batch.rank] {
    given.gemm_batched(dtype, c, a, b, {rank, shape.data(), of_a.data(), of_b.data(), of_c.data()});
  });
}

}  // namespace

void* stream() {
  launch_waiting();
  return nullptr;
}

void run(std::function<void()> work) {
  launch_waiting();
  if (!may_launch()) return;
  ++given_launches;
  if (recorded)
    recorded->work.push_back(std::move(work));
  else
    work();
}

void* scratch(size_t bytes) {
  if (bytes > most_scratch) {
    launch_waiting();
    refusal = no_scratch(bytes);
    return nullptr;
  }
  if (recorded) {
    const auto room = recorded->rooms.emplace_back(std::make_shared<Room>());
    void* const data = room->of(bytes);
    recorded->work.push_back([room = room.get()] { room->spoil(); });
    return data;
  }
  thread_local Room room;
  void* const data = room.of(bytes);
  room.spoil();
  return data;
}
void upload(void* to, const void* from, size_t bytes) {
  if (bytes == 0) return;
  const auto* const first = static_cast<const char*>(from);
  run([to, sent = std::vector<char>(first, first + bytes)] { std::memcpy(to, sent.data(), sent.size()); });
}
void download(void* to, const void* from, size_t bytes) {
  launch_waiting();
  if (!may_launch()) return;
  if (recorded)
    why = "an op waits for a number in a step that is recorded";
  else if (bytes > 0)
    std::memcpy(to, from, bytes);
}
void note_error(const std::string& text) { throw std::runtime_error(text); }  // a test that meets one fails
FaultSlot* fault_slot() {
  thread_local FaultSlot slot{};
  return &slot;
}

bool may_launch() { return refusal.empty(); }

int64_t emulated_launches() { return given_launches; }
DeviceGraphs emulated_graphs() { return {begin, end, launch, drop}; }
void set_emulated_scratch(size_t most) { most_scratch = most; }
std::string take_emulated_refusal() { return std::exchange(refusal, {}); }
const char* emulated_reason() { return why.c_str(); }
LinearKernels recordable(const LinearKernels& products) {
  given = products;
  return {gemm, gemm_half, gemm_add, gemm_batched};
}

}  // namespace tape::cuda
