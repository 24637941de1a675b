// Against PyTorch: inputs, outputs and gradients written by golden/*.py.
#include "golden/golden.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "helpers.h"
#include "tape/optim.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;

GoldenOps all_ops() {
  GoldenOps all;
  for (auto family : {
           attention_golden,
           autocast_golden,
           basic_golden,
           batchnorm_golden,
           conv_golden,
           elementwise_golden,
           loss_golden,
           norm_golden,
           pad_golden,
           pool_golden,
           recurrent_golden,
           tensors_golden,
       })
    all.merge(family());
  return all;
}

struct Line {
  std::string role;  // in, out, grad, seed
  DType dtype;
  Dims shape;
  std::vector<double> values;
  Tensor tensor() const { return make(shape, values, dtype); }
};

struct Case {
  std::string name;
  std::vector<Line> lines;
  Tensors with(const std::string& role) const {
    Tensors found;
    for (const Line& line : lines)
      if (line.role == role)
        found.push_back(line.values.empty() && role == "grad" ? Tensor() : line.tensor());
    return found;
  }
};

/// Lines `case NAME` and `ROLE DTYPE RANK SIZES... VALUES...`.
std::vector<Case> read_cases() {
  std::vector<Case> cases;
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(TAPE_GOLDEN_FOLDER)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path());
    for (std::string text; std::getline(file, text);) texts.push_back(text);
  }
  REQUIRE_MESSAGE(!texts.empty(), "golden data missing in " TAPE_GOLDEN_FOLDER);
  for (const std::string& text : texts) {
    std::istringstream words(text);
    std::string first, dtype;
    if (!(words >> first) || first[0] == '#') continue;
    if (first == "case") {
      cases.emplace_back();
      words >> cases.back().name;
      continue;
    }
    Line line;
    int rank;
    words >> dtype >> rank;
    line.role = first;
    line.dtype = dtype == "f32" ? DType::float32 : dtype == "f64" ? DType::float64 : DType::int64;
    for (int64_t size; rank-- > 0 && words >> size;) line.shape.push_back(size);
    for (std::string word; words >> word;) line.values.push_back(std::strtod(word.c_str(), nullptr));
    cases.back().lines.push_back(line);
  }
  return cases;
}

void check_close(const Tensor& got, const Tensor& expected, double tolerance) {
  REQUIRE(to_string(got.shape()) == to_string(expected.shape()));
  const auto a = values_of(got), b = values_of(expected);
  for (size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    CAPTURE(a[i]);
    CAPTURE(b[i]);
    REQUIRE(std::fabs(a[i] - b[i]) <= tolerance * (1 + std::fabs(b[i])));
  }
}

double tolerance_of(const Case& c) {
  // A sum may fall on the other side of a rounding to bfloat16, whose digits are worth 0.8 %.
  if (c.lines[0].dtype == DType::float32 && c.name.rfind("autocast_", 0) == 0) return 0.02;
  return c.lines[0].dtype == DType::float32 ? 3e-6 : 1e-12;
}

/// Steps an optimizer with the recorded gradients and compares the weights it ends with.
void check_optimizer(const Case& c, const std::string& name) {
  const Tensors weights = c.with("in"), expected = c.with("out");
  run_optimizer(name, weights, c.with("seed"));
  for (size_t i = 0; i < weights.size(); ++i) check_close(weights[i], expected[i], tolerance_of(c));
}

/// A whole network: the loss of every step must follow PyTorch's.
void check_network(const Case& c) {
  Tensors in = c.with("in");  // w1 b1 w2 b2, then the batch and its labels
  for (size_t i = 0; i < 4; ++i) in[i].set_requires_grad(true);
  Optimizer optimizer(OptimizerKind::sgd, {in[0], in[1], in[2], in[3]}, {.lr = 0.1, .momentum = 0.9});
  const auto expected = values_of(c.with("out")[0]);
  for (double loss_expected : expected) {
    const Tensor hidden = relu(linear(in[4], in[0], in[1]));
    const Tensor loss = cross_entropy(linear(hidden, in[2], in[3]), in[5], Reduction::mean);
    REQUIRE(values_of(loss)[0] == doctest::Approx(loss_expected).epsilon(1e-5));
    optimizer.zero_grad();
    backward({loss}, {}, false, false);
    optimizer.step();
  }
}

}  // namespace

TEST_CASE("golden: outputs and gradients are PyTorch's") {
  size_t checked = 0;
  const GoldenOps ops = all_ops();
  for (const Case& c : read_cases()) {
    CAPTURE(c.name);
    if (c.name == "network") {
      check_network(c);
    } else if (c.name.rfind("optim_", 0) == 0) {
      check_optimizer(c, c.name.substr(6));
    } else {
      REQUIRE_MESSAGE(ops.count(c.name) == 1, "no op for golden case " << c.name);
      Tensors inputs = c.with("in");
      for (Tensor& input : inputs)
        if (is_floating(input.dtype())) input.set_requires_grad(true);
      const Tensors outputs = ops.at(c.name)(inputs), expected = c.with("out");
      REQUIRE(outputs.size() == expected.size());
      for (size_t i = 0; i < outputs.size(); ++i) check_close(outputs[i], expected[i], tolerance_of(c));
      backward(outputs, c.with("seed"), false, false);
      const Tensors gradients = c.with("grad");
      for (size_t i = 0, g = 0; i < inputs.size(); ++i)
        if (inputs[i].requires_grad()) check_close(inputs[i].grad(), gradients.at(g++), tolerance_of(c));
    }
    ++checked;
  }
  CHECK(checked >= 2 * (ops.size() + optimizer_settings()));
}

}  // namespace tape::test
