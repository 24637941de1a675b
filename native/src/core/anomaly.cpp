#include "tape/anomaly.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "tape/ops.h"

namespace tape {
namespace {

thread_local std::function<std::string()> trace_source;

struct Census {
  int64_t nan = 0, inf = 0, finite = 0;
  double min = std::numeric_limits<double>::infinity(), max = -min, sum = 0;
  bool clean() const { return nan == 0 && inf == 0; }
};

Census census_of(const Tensor& tensor) {
  Census census;
  if (!tensor.defined() || !is_floating(tensor.dtype())) return census;
  const uint32_t before = std::exchange(tape_mode, 0u);
  const Tensor plain = to(contiguous(to(tensor, DType::float64)), Device::cpu);
  tape_mode = before;
  const double* values = plain.data_as<double>();
  for (int64_t i = 0; i < plain.numel(); ++i) {
    const double value = values[i];
    if (std::isnan(value)) {
      ++census.nan;
    } else if (std::isinf(value)) {
      ++census.inf;
    } else {
      ++census.finite;
      census.sum += value;
      census.min = std::min(census.min, value);
      census.max = std::max(census.max, value);
    }
  }
  return census;
}

std::string text_of(const Census& census) {
  std::ostringstream text;
  if (census.finite > 0)
    text << "min " << census.min << " max " << census.max << " mean "
         << census.sum / static_cast<double>(census.finite) << ", ";
  text << census.nan << " NaN, " << census.inf << " inf";
  return text.str();
}

/// `float32 2x3 (min 0 max 1 mean 0.5, 0 NaN, 1 inf)`
std::string describe(const Tensor& tensor) {
  std::string text = std::string(name_of(tensor.dtype())) + " " + to_string(tensor.shape());
  if (is_floating(tensor.dtype())) text += " (" + statistics_of(tensor) + ")";
  return text;
}

/// What an op did that turned `before` into `after`: "" when nothing is wrong with it.
std::string verdict(const Census& before, const Census& after) {
  if (after.nan > 0 && before.nan == 0) return "made " + std::to_string(after.nan) + " NaN";
  if (after.nan > 0) return "was given NaN";
  if (after.inf > 0 && before.inf == 0) return "made " + std::to_string(after.inf) + " inf";
  return "";  // infinities that were given, a mask of them for example, are passed on
}

void add_to(Census& total, const Census& part) {
  total.nan += part.nan;
  total.inf += part.inf;
}

/// Ops that put in numbers they are told to, and compute none.
bool places_numbers(std::string_view name) {
  constexpr std::array<std::string_view, 6> names{"fill_",       "copy_", "maskedFill",
                                                  "maskedFill_", "pad",   "where"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool anomaly_enabled() { return tape_mode & kAnomaly; }

bool set_anomaly_enabled(bool enabled) {
  const bool before = anomaly_enabled();
  tape_mode = enabled ? tape_mode | kAnomaly : tape_mode & ~uint32_t{kAnomaly};
  return before;
}

void set_trace_source(std::function<std::string()> source) { trace_source = std::move(source); }

std::string statistics_of(const Tensor& tensor) { return text_of(census_of(tensor)); }

void check_forward(const char* name, const Tensor& output, std::span<const Tensor* const> inputs) {
  const Census after = census_of(output);
  if (after.clean() || places_numbers(name)) return;
  Census before;
  for (const Tensor* input : inputs) add_to(before, census_of(*input));
  const std::string found = verdict(before, after);
  if (found.empty()) return;
  std::string given;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i]->defined()) given += ", input " + std::to_string(i) + " " + describe(*inputs[i]);
  fail(ErrorCode::anomaly, "anomaly", name, " ", found, " in forward: output ", describe(output), given);
}

void check_inplace_result(const char* name, const Tensor& tensor) {
  const Census after = census_of(tensor);
  if (after.clean() || places_numbers(name)) return;
  fail(ErrorCode::anomaly, "anomaly", name, " left ", after.nan > 0 ? "NaN" : "inf",
       " in the tensor it changed: ", describe(tensor));
}

void check_backward(Node& node, std::span<const Tensor> incoming, std::span<const Tensor> result) {
  Census before;
  for (const Tensor& gradient : incoming) add_to(before, census_of(gradient));
  for (size_t i = 0; i < result.size(); ++i) {
    const Census after = census_of(result[i]);
    const std::string found = verdict(before, after);
    if (found.empty()) continue;
    std::string given;
    for (const Tensor& gradient : incoming)
      if (gradient.defined()) given += ", incoming gradient " + describe(gradient);
    std::string outputs;
    for (const OutputInfo& output : node.outputs)
      outputs +=
          std::string(outputs.empty() ? "" : ", ") + name_of(output.dtype) + " " + to_string(output.shape);
    std::string trace;
    if (node.extras && !node.extras->trace.empty()) trace = ", recorded at\n" + node.extras->trace;
    fail(ErrorCode::anomaly, "anomaly", "the derivative of ", node.name, " ", found, ": gradient of input ",
         i, " ", describe(result[i]), given, "; the op is number ", node.accumulates() ? 0 : node.sequence,
         " on the tape, its output ", outputs, trace);
  }
}

void check_seed(const char* where, const Tensor& gradient) {
  if (!census_of(gradient).clean())
    fail(ErrorCode::anomaly, "anomaly", "the gradient given to ", where,
         " is not finite: ", describe(gradient));
}

void keep_trace(Node& node) {
  if (trace_source) node.more().trace = trace_source();
}

}  // namespace tape
