// The GPU's recurrent layers, compiled for the processor: one launch or step by step, whatever fills the
// blocks.
#include <algorithm>
#include <cmath>

#include "doctest/doctest.h"
#include "fake_device.h"
#include "gpu_kernels.h"
#include "helpers.h"
#include "tape/random.h"

#if !defined(_WIN32)
namespace tape::test {
namespace {

struct Case {
  int64_t batch, steps, input, hidden, layers;
  bool bidirectional;
  double dropout;
};

/// Outputs and gradients on `device`, in float64.
std::vector<std::vector<double>> run(const Case& c, CellKind kind, DType dtype, Device device) {
  manual_seed(5);
  const int64_t directions = c.bidirectional ? 2 : 1, rows = gate_count(kind) * c.hidden;
  std::vector<Tensor> inputs;
  const auto draw = [&](const Dims& shape, double scale) {
    // Numbers that bfloat16 holds.
    inputs.push_back(to(to(to(mul(randn(shape, DType::float64), scale), DType::bfloat16), dtype), device));
    inputs.back().set_requires_grad(true);
    return inputs.back();
  };
  const Dims states{c.layers * directions, c.batch, c.hidden};
  const Tensor x = draw({c.batch, c.steps, c.input}, 1), hidden = draw(states, 0.5);
  const Tensor cell = kind == CellKind::lstm ? draw(states, 0.5) : Tensor();
  std::vector<Tensor> weights;
  const double scale = 1 / std::sqrt(static_cast<double>(c.hidden));
  for (int64_t i = 0; i < c.layers * directions; ++i)
    for (const Dims& shape : {Dims{rows, i < directions ? c.input : directions * c.hidden},
                              Dims{rows, c.hidden}, Dims{rows}, Dims{rows}})
      weights.push_back(draw(shape, scale));
  Tensor lengths = empty({c.batch}, DType::int64);
  for (int64_t i = 0; i < c.batch; ++i) lengths.data_as<int64_t>()[i] = (i * 5 + c.steps) % (c.steps + 1);
  const RecurrentResult result =
      recurrent(kind, x, lengths, hidden, cell, weights, {c.bidirectional, c.dropout, c.dropout > 0});
  std::vector<Tensor> outputs{result.output, result.hidden}, seeds;
  if (result.cell.defined()) outputs.push_back(result.cell);
  for (const Tensor& output : outputs) seeds.push_back(full(output.shape(), 1, output.dtype(), device));
  std::vector<std::vector<double>> all;
  for (const Tensor& output : outputs) all.push_back(values_of(output));
  for (const Tensor& gradient : grad(outputs, inputs, seeds, false, false, false))
    all.push_back(values_of(gradient));
  return all;
}

void check(const std::vector<std::vector<double>>& got, const std::vector<std::vector<double>>& expected,
           double tolerance) {
  REQUIRE(got.size() == expected.size());
  for (size_t part = 0; part < got.size(); ++part) {
    CAPTURE(part);
    REQUIRE(got[part].size() == expected[part].size());
    double scale = 1;
    for (const double value : expected[part]) scale = std::max(scale, std::fabs(value));
    for (size_t i = 0; i < got[part].size(); ++i) {
      CAPTURE(i);
      REQUIRE(std::fabs(got[part][i] - expected[part][i]) <= tolerance * scale);
    }
  }
}

const CellKind kinds[] = {CellKind::tanh, CellKind::relu, CellKind::lstm, CellKind::gru};

}  // namespace

TEST_CASE("device: recurrent layers and their gradients are the processor's, in one launch or step by step") {
  FakeDevice device(gpu_kernels());
  const Case narrow{5, 7, 4, 9, 2, true, 0}, many{260, 3, 2, 3, 1, false, 0},
      dropped{3, 4, 3, 6, 2, false, 0.4};
  for (const CellKind kind : kinds)
    for (const Case& c : {narrow, many, dropped}) {
      CAPTURE(static_cast<int>(kind));
      CAPTURE(c.batch);
      const auto exact = run(c, kind, DType::float64, Device::cpu);
      check(run(c, kind, DType::float64, Device::cuda), exact, 1e-11);
      check(run(c, kind, DType::float32, Device::cuda), exact, 2e-5);
      // A relu near its corner lets all of a gradient through or none of it.
      check(run(c, kind, DType::bfloat16, Device::cuda), exact, kind == CellKind::relu ? 0.15 : 0.06);
    }
  CHECK(device.misuse() == "");
}

TEST_CASE("device: recurrent layers too wide for one launch go step by step") {
  FakeDevice device(gpu_kernels());
  const Case wide{3, 3, 2, 370, 1, true, 0};
  for (const CellKind kind : {CellKind::lstm, CellKind::gru}) {
    const auto exact = run(wide, kind, DType::float64, Device::cpu);
    check(run(wide, kind, DType::float64, Device::cuda), exact, 1e-11);
    check(run(wide, kind, DType::bfloat16, Device::cuda), exact, 0.06);
  }
  CHECK(device.misuse() == "");
}

}  // namespace tape::test
#endif
