// Rows of the activation functions.
#include <algorithm>
#include <cmath>

#include "ops/reference.h"

namespace tape::test {
namespace {

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }
double elu_of(double x, double alpha) { return x > 0 ? x : alpha * std::expm1(x); }

}  // namespace

std::vector<Row> activation_rows() {
  std::vector<Row> rows = {
      scalar(
          "gelu", [](const Tensor& x) { return gelu(x); },
          [](double x) { return x * 0.5 * std::erfc(-x * std::sqrt(0.5)); }),
      scalar(
          "gelu by tanh", [](const Tensor& x) { return gelu(x, true); },
          [](double x) {
            return 0.5 * x *
                   (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
          }),
      unary("silu", silu, [](double x) { return x * sigmoid_of(x); }),
      unary("mish", mish, [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }),
      scalar(
          "leakyRelu", [](const Tensor& x) { return leaky_relu(x, 0.2); },
          [](double x) { return x > 0 ? x : 0.2 * x; }),
      scalar(
          "elu", [](const Tensor& x) { return elu(x, 1.3); }, [](double x) { return elu_of(x, 1.3); }),
      unary("selu", selu, [](double x) { return 1.0507009873554805 * elu_of(x, 1.6732632423543772); }),
      scalar(
          "softplus", [](const Tensor& x) { return softplus(x, 2, 3); },
          [](double x) { return 2 * x > 3 ? x : std::log1p(std::exp(2 * x)) / 2; }),
      unary("logSigmoid", log_sigmoid, [](double x) { return std::log(sigmoid_of(x)); }),
      scalar(
          "hardtanh", [](const Tensor& x) { return hardtanh(x, -0.7, 0.9); },
          [](double x) { return std::clamp(x, -0.7, 0.9); }),
      scalar(
          "relu6", [](const Tensor& x) { return relu6(mul(x, 5)); },
          [](double x) { return std::clamp(5 * x, 0.0, 6.0); }),
      scalar(
          "hardsigmoid", [](const Tensor& x) { return hardsigmoid(mul(x, 3)); },
          [](double x) { return std::clamp(3 * x + 3, 0.0, 6.0) / 6; }),
      scalar(
          "hardswish", [](const Tensor& x) { return hardswish(mul(x, 3)); },
          [](double x) { return 3 * x * std::clamp(3 * x + 3, 0.0, 6.0) / 6; }),
  };
  return rows;
}

}  // namespace tape::test
