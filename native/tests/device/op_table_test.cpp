// The op table on a device: forward and gradients against the processor's.
#include "op_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "doctest/doctest.h"
#include "fake_cudnn.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/random.h"
#include "tape/step_graph.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

struct Outcome {
  std::vector<double> output;
  std::vector<std::vector<double>> gradients;
};

/// Lets a step graph do the work when there is one.
struct Doing {
  StepGraph* graph;
  template <class Work>
  void operator()(Work work) const {
    if (!graph) return work();
    try {
      graph->begin();
      work();
      graph->end();
    } catch (...) {
      graph->abandon();
      throw;
    }
    graph->replay();
  }
};

/// The row on `device`: its output, and the gradients of a sum of it with weights that are not all equal.
Outcome run_on(const Row& row, const std::vector<Array>& arrays, DType dtype, Device device,
               bool recorded = false) {
  Making making(row.name.c_str());
  manual_seed(5);
  std::vector<Tensor> inputs;
  for (const Tensor& input : tensors_of(row, arrays, dtype)) {
    inputs.push_back(to(input, device));
    if (row.differentiable && is_floating(input.dtype())) inputs.back().set_requires_grad(true);
  }
  std::optional<StepGraph> graph, derivative;
  if (recorded) {
    graph.emplace(device);
    derivative.emplace(device);
  }
  Tensor output;
  Doing{graph ? &*graph : nullptr}([&] { output = row.apply(inputs); });
  Outcome outcome{values_of(output), {}};
  if (!output.requires_grad()) return outcome;
  Tensor seed = empty(output.shape(), DType::float64);
  for (int64_t i = 0; i < seed.numel(); ++i)
    seed.data_as<double>()[i] = 0.3 + 0.1 * static_cast<double>(i % 7);
  const Tensor sent = to(to(seed, output.dtype()), device);
  Doing{derivative ? &*derivative : nullptr}([&] { backward({output}, {sent}, false, false); });
  for (const Tensor& input : inputs)
    if (input.requires_grad() && input.grad().defined()) {
      REQUIRE(input.grad().device() == device);
      outcome.gradients.push_back(values_of(input.grad()));
    }
  return outcome;
}

/// Where they first differ by more, in words; empty where they do not.
std::string difference(const std::vector<double>& got, const std::vector<double>& expected,
                       double tolerance) {
  if (got.size() != expected.size())
    return std::to_string(got.size()) + " elements for " + std::to_string(expected.size());
  double largest = 1;
  for (double value : expected)
    if (std::isfinite(value)) largest = std::max(largest, std::fabs(value));
  for (size_t i = 0; i < got.size(); ++i) {
    const bool same = got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i]));
    if (!same && !(std::fabs(got[i] - expected[i]) <= tolerance * largest))
      return std::to_string(got[i]) + " for " + std::to_string(expected[i]) + " at " + std::to_string(i);
  }
  return "";
}
std::string difference(const Outcome& got, const Outcome& expected, double tolerance) {
  if (const std::string output = difference(got.output, expected.output, tolerance); !output.empty())
    return output;
  if (got.gradients.size() != expected.gradients.size()) return "another number of gradients";
  for (size_t i = 0; i < got.gradients.size(); ++i)
    if (const std::string text = difference(got.gradients[i], expected.gradients[i], tolerance);
        !text.empty())
      return "gradient " + std::to_string(i) + ": " + text;
  return "";
}

/// Runs every row whose name begins with `prefix`; returns what was refused, with the reason. What is not
/// refused must agree; a row that does not is said, and the rest goes on.
std::map<std::string, std::string> run_table(DType dtype, double tolerance, const std::string& prefix = "") {
  std::map<std::string, std::string> refused;
  for (const Row& row : op_table()) {
    if (row.name.rfind(prefix, 0) != 0) continue;
    CAPTURE(row.name);
    const auto arrays = draw(row);
    const int64_t tensors = memory_stats().live_tensors;
    try {
      const Outcome got = run_on(row, arrays, dtype, Device::cuda);
      const std::string wrong = difference(got, run_on(row, arrays, dtype, Device::cpu), tolerance);
      CHECK_MESSAGE(wrong == "", row.name << " in " << name_of(dtype) << ": " << wrong);
    } catch (const Error& error) {
      if (error.code == ErrorCode::device)
        refused[row.name] = error.what();
      else
        CHECK_MESSAGE(false, row.name << ": " << error.what());
    }
    CHECK(memory_stats().live_tensors == tensors);
  }
  return refused;
}

}  // namespace

TEST_CASE("device: every op runs on another device with the processor's kernels, to the bit") {
  FakeDevice device;
  for (const auto& [name, reason] : run_table(DType::float32, 0))
    CHECK_MESSAGE(false, name << ": " << reason);
  for (const auto& [name, reason] : run_table(DType::float64, 0))
    CHECK_MESSAGE(false, name << ": " << reason);
  CHECK(device.misuse() == "");
}

TEST_CASE("device: without its fused kernels attention is composed, and agrees") {
  FakeDevice device;
  device.kernels().attention = {};
  device.kernels().attention.dropout_mask = kernels().attention.dropout_mask;
  const auto refused = run_table(DType::float64, 1e-12);
  for (const auto& [name, reason] : refused) CHECK_MESSAGE(false, name << ": " << reason);
}

TEST_CASE("device: an op whose kernel is missing is refused by name, and nothing leaks") {
  FakeDevice device;
  device.kernels().softmax.softmax = nullptr;
  const auto refused = run_table(DType::float32, 0);
  REQUIRE(refused.count("softmax 0") == 1);
  CHECK(refused.at("softmax 0") ==
        "[softmax 0] has no form for cuda yet (softmax.softmax), bring its tensors to the processor with "
        "to('cpu')");
  CHECK(refused.count("logSoftmax 1") == 1);
  CHECK(refused.count("matmul") == 0);
}

TEST_CASE("device: the GPU's own kernels, compiled for the processor, agree with the processor's") {
  FakeDevice device(gpu_kernels());
  for (const auto& [name, reason] : run_table(DType::float64, 1e-11))
    CHECK_MESSAGE(false, name << ": " << reason);
  for (const auto& [name, reason] : run_table(DType::float32, 1e-5))
    CHECK_MESSAGE(false, name << ": " << reason);
  CHECK(device.misuse() == "");
}

TEST_CASE(
    "device: every op recorded in a step graph and replayed is the op itself, but for those that wait") {
  FakeDevice device(gpu_kernels());
  std::string refused;
  for (const Row& row : op_table()) {
    CAPTURE(row.name);
    const auto arrays = draw(row);
    try {
      const Outcome replayed = run_on(row, arrays, DType::float32, Device::cuda, true);
      const Outcome given = run_on(row, arrays, DType::float32, Device::cuda);
      CHECK(replayed.output == given.output);
      CHECK(replayed.gradients == given.gradients);
    } catch (const Error& error) {
      if (error.code != ErrorCode::device) throw;
      refused += row.name + "; ";
    }
  }
  // Tables of the host's, lengths it counts, lists it makes; a seed; and rows that weigh their classes here.
  CHECK(
      refused ==
      "tril; tril above; triu; triu below; attention with key lengths; attention, masked; dropout; "
      "maskedSelect; nonzero; oneHot; crossEntropy weighted; crossEntropy with everything; crossEntropy of "
      "images; nllLoss with everything; maskedMean; maskedMax; lengthsMask; rnn tanh; rnn relu, lengths; "
      "lstm, "
      "lengths; lstm last hidden, bidirectional; lstm last cell, two layers; gru, lengths; gru, two layers, "
      "bidirectional; lstm, one short sequence; gru last hidden; gru, one short sequence; prod all; prod 0; "
      "prod 1; prod 2; prod with zeros; ");
  CHECK(device.misuse() == "");
}

TEST_CASE("device: every op is the same to the bit where elementwise ops wait for each other and where not") {
  FakeDevice device(gpu_kernels());
  for (const Row& row : op_table()) {
    CAPTURE(row.name);
    const auto arrays = draw(row);
    const auto outcome = [&](bool fused) {
      set_device_option(Device::cuda, DeviceOption::fused, fused);
      return run_on(row, arrays, DType::float32, Device::cuda);
    };
    const Outcome given = outcome(false);
    CHECK(difference(outcome(true), given, 0) == "");
  }
}

TEST_CASE("device: convolutions by cuDNN, compiled for the processor, agree with the processor's") {
  FakeDevice device(gpu_kernels(&fake_cudnn()));
  fake_cudnn_log().runs = 0;
  for (const auto& [name, reason] : run_table(DType::float32, 1e-5, "conv"))
    CHECK_MESSAGE(false, name << ": " << reason);
  CHECK(fake_cudnn_log().runs > 40);
  CHECK(device.misuse() == "");
}

TEST_CASE("device: the op table on a GPU agrees with the processor" * doctest::skip(!cuda_info().available)) {
  for (const auto& [dtype, tolerance] : {std::pair{DType::float64, 1e-10}, {DType::float32, 2e-5}})
    for (const auto& [name, reason] : run_table(dtype, tolerance))
      CHECK_MESSAGE(false, name << ": " << reason);
}

TEST_CASE("device: ops recorded on a GPU are the ops themselves" * doctest::skip(!cuda_info().available)) {
  set_device_option(Device::cuda, DeviceOption::deterministic, true);
  int64_t recorded = 0;
  for (const Row& row : op_table()) {
    const auto arrays = draw(row);
    Outcome replayed;
    try {
      replayed = run_on(row, arrays, DType::float32, Device::cuda, true);
    } catch (const Error&) {
      continue;  // it waits for a number: the emulated device names those
    }
    ++recorded;
    const std::string wrong = difference(replayed, run_on(row, arrays, DType::float32, Device::cuda), 1e-6);
    CHECK_MESSAGE(wrong == "", row.name << ": " << wrong);
  }
  CHECK(recorded * 10 > static_cast<int64_t>(op_table().size()) * 8);
}

TEST_CASE("device: ops that wait on a GPU are the ops launched one by one" *
          doctest::skip(!cuda_info().available)) {
  set_device_option(Device::cuda, DeviceOption::deterministic, true);
  for (const Row& row : op_table()) {
    const auto arrays = draw(row);
    const auto outcome = [&](bool fused) {
      set_device_option(Device::cuda, DeviceOption::fused, fused);
      return run_on(row, arrays, DType::float32, Device::cuda);
    };
    const Outcome given = outcome(false);
    const std::string wrong = difference(outcome(true), given, 1e-6);
    CHECK_MESSAGE(wrong == "", row.name << ": " << wrong);
  }
}

}  // namespace tape::test
#endif
