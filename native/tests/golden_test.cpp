// Against PyTorch: inputs, outputs and gradients written by golden/make_golden.py.
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "helpers.h"
#include "tape/optim.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;
using Op = std::function<Tensor(const Tensors&)>;

const std::map<std::string, Op>& ops() {
  static const std::map<std::string, Op> table = {
      {"linear", [](const Tensors& x) { return linear(x[0], x[1], x[2]); }},
      {"linear_relu", [](const Tensors& x) { return linear(x[0], x[1], x[2], true); }},
      {"matmul", [](const Tensors& x) { return matmul(x[0], x[1]); }},
      {"bmm", [](const Tensors& x) { return matmul(x[0], x[1]); }},
      {"tanh", [](const Tensors& x) { return tanh(x[0]); }},
      {"sigmoid", [](const Tensors& x) { return sigmoid(x[0]); }},
      {"relu", [](const Tensors& x) { return relu(x[0]); }},
      {"exp", [](const Tensors& x) { return exp(x[0]); }},
      {"log", [](const Tensors& x) { return log(x[0]); }},
      {"sqrt", [](const Tensors& x) { return sqrt(x[0]); }},
      {"abs", [](const Tensors& x) { return abs(x[0]); }},
      {"div_broadcast", [](const Tensors& x) { return div(x[0], x[1]); }},
      {"pow", [](const Tensors& x) { return pow(x[0], x[1]); }},
      {"pow_scalar", [](const Tensors& x) { return pow(x[0], 2.5); }},
      {"maximum_ties", [](const Tensors& x) { return maximum(x[0], x[1]); }},
      {"minimum_ties", [](const Tensors& x) { return minimum(x[0], x[1]); }},
      {"amax_ties", [](const Tensors& x) { return max(x[0], {1}); }},
      {"amin", [](const Tensors& x) { return min(x[0], {0}); }},
      {"mean",
       [](const Tensors& x) {
         return mean(x[0], {0, 2});
       }},
      {"sum", [](const Tensors& x) { return sum(x[0], {1}, true); }},
      {"softmax", [](const Tensors& x) { return softmax(x[0], 1); }},
      {"softmax_large", [](const Tensors& x) { return softmax(x[0], -1); }},
      {"log_softmax", [](const Tensors& x) { return log_softmax(x[0], -1); }},
      {"cross_entropy_mean", [](const Tensors& x) { return cross_entropy(x[0], x[1], Reduction::mean); }},
      {"cross_entropy_sum", [](const Tensors& x) { return cross_entropy(x[0], x[1], Reduction::sum); }},
      {"cross_entropy_none", [](const Tensors& x) { return cross_entropy(x[0], x[1], Reduction::none); }},
      {"mse_mean", [](const Tensors& x) { return mse_loss(x[0], x[1], Reduction::mean); }},
      {"index_select", [](const Tensors& x) { return index_select(x[0], 0, x[1]); }},
      {"where", [](const Tensors& x) { return where(compare(CompareOp::gt, x[0], 0), x[0], x[1]); }},
      {"expand_mul",
       [](const Tensors& x) {
         return mul(expand(x[0], {4, 3}), x[1]);
       }},
  };
  return table;
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
  std::ifstream file(TAPE_GOLDEN_FILE);
  REQUIRE_MESSAGE(file.good(), "golden data missing: " TAPE_GOLDEN_FILE);
  std::vector<Case> cases;
  for (std::string text; std::getline(file, text);) {
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

double tolerance_of(const Case& c) { return c.lines[0].dtype == DType::float32 ? 3e-6 : 1e-12; }

/// Steps an optimizer with the recorded gradients and compares the weights it ends with.
void check_optimizer(const Case& c, const std::string& kind) {
  const Tensors start = c.with("in"), gradients = c.with("seed"), expected = c.with("out");
  std::unique_ptr<Optimizer> optimizer;
  if (kind == "sgd") optimizer = std::make_unique<Sgd>(start, 0.1, 0, false, 0);
  if (kind == "sgd_decay") optimizer = std::make_unique<Sgd>(start, 0.1, 0, false, 0.01);
  if (kind == "sgd_momentum") optimizer = std::make_unique<Sgd>(start, 0.1, 0.9, false, 0.01);
  if (kind == "sgd_nesterov") optimizer = std::make_unique<Sgd>(start, 0.1, 0.9, true, 0.01);
  if (kind == "adam") optimizer = std::make_unique<Adam>(start, 0.01, 0.9, 0.999, 1e-8, 0.1, false);
  if (kind == "adamw") optimizer = std::make_unique<Adam>(start, 0.01, 0.9, 0.999, 1e-8, 0.1, true);
  REQUIRE(optimizer);
  for (size_t step = 0; step * start.size() < gradients.size(); ++step) {
    for (size_t i = 0; i < start.size(); ++i) start[i].set_grad(gradients[step * start.size() + i]);
    optimizer->step();
  }
  for (size_t i = 0; i < start.size(); ++i) check_close(start[i], expected[i], tolerance_of(c));
}

/// A whole network: the loss of every step must follow PyTorch's.
void check_network(const Case& c) {
  Tensors in = c.with("in");  // w1 b1 w2 b2, then the batch and its labels
  for (size_t i = 0; i < 4; ++i) in[i].set_requires_grad(true);
  Sgd optimizer({in[0], in[1], in[2], in[3]}, 0.1, 0.9, false, 0);
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
  for (const Case& c : read_cases()) {
    CAPTURE(c.name);
    if (c.name == "network") {
      check_network(c);
    } else if (c.name.rfind("optim_", 0) == 0) {
      check_optimizer(c, c.name.substr(6));
    } else {
      REQUIRE_MESSAGE(ops().count(c.name) == 1, "no op for golden case " << c.name);
      Tensors inputs = c.with("in");
      for (Tensor& input : inputs)
        if (is_floating(input.dtype())) input.set_requires_grad(true);
      const Tensor out = ops().at(c.name)(inputs);
      check_close(out, c.with("out")[0], tolerance_of(c));
      backward({out}, c.with("seed"), false, false);
      const Tensors gradients = c.with("grad");
      for (size_t i = 0, g = 0; i < inputs.size(); ++i)
        if (inputs[i].requires_grad()) check_close(inputs[i].grad(), gradients.at(g++), tolerance_of(c));
    }
    ++checked;
  }
  CHECK(checked >= 2 * ops().size());
}

}  // namespace tape::test
