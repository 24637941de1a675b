#include "golden/golden.h"

namespace tape::test {

using Tensors = std::vector<Tensor>;

GoldenOps basic_golden() {
  return {
      {"linear", [](const Tensors& x) { return Tensors{linear(x[0], x[1], x[2])}; }},
      {"linear_relu", [](const Tensors& x) { return Tensors{linear(x[0], x[1], x[2], Activation::relu)}; }},
      {"matmul", [](const Tensors& x) { return Tensors{matmul(x[0], x[1])}; }},
      {"bmm", [](const Tensors& x) { return Tensors{matmul(x[0], x[1])}; }},
      {"tanh", [](const Tensors& x) { return Tensors{tanh(x[0])}; }},
      {"sigmoid", [](const Tensors& x) { return Tensors{sigmoid(x[0])}; }},
      {"relu", [](const Tensors& x) { return Tensors{relu(x[0])}; }},
      {"exp", [](const Tensors& x) { return Tensors{exp(x[0])}; }},
      {"log", [](const Tensors& x) { return Tensors{log(x[0])}; }},
      {"sqrt", [](const Tensors& x) { return Tensors{sqrt(x[0])}; }},
      {"abs", [](const Tensors& x) { return Tensors{abs(x[0])}; }},
      {"div_broadcast", [](const Tensors& x) { return Tensors{div(x[0], x[1])}; }},
      {"pow", [](const Tensors& x) { return Tensors{pow(x[0], x[1])}; }},
      {"pow_scalar", [](const Tensors& x) { return Tensors{pow(x[0], 2.5)}; }},
      {"maximum_ties", [](const Tensors& x) { return Tensors{maximum(x[0], x[1])}; }},
      {"minimum_ties", [](const Tensors& x) { return Tensors{minimum(x[0], x[1])}; }},
      {"amax_ties", [](const Tensors& x) { return Tensors{amax(x[0], {1})}; }},
      {"amin", [](const Tensors& x) { return Tensors{amin(x[0], {0})}; }},
      {"mean",
       [](const Tensors& x) {
         return Tensors{mean(x[0], {0, 2})};
       }},
      {"sum", [](const Tensors& x) { return Tensors{sum(x[0], {1}, true)}; }},
      {"softmax", [](const Tensors& x) { return Tensors{softmax(x[0], 1)}; }},
      {"softmax_large", [](const Tensors& x) { return Tensors{softmax(x[0], -1)}; }},
      {"log_softmax", [](const Tensors& x) { return Tensors{log_softmax(x[0], -1)}; }},
      {"cross_entropy_mean",
       [](const Tensors& x) { return Tensors{cross_entropy(x[0], x[1], Reduction::mean)}; }},
      {"cross_entropy_sum",
       [](const Tensors& x) { return Tensors{cross_entropy(x[0], x[1], Reduction::sum)}; }},
      {"cross_entropy_none",
       [](const Tensors& x) { return Tensors{cross_entropy(x[0], x[1], Reduction::none)}; }},
      {"mse_mean", [](const Tensors& x) { return Tensors{mse_loss(x[0], x[1], Reduction::mean)}; }},
      {"index_select", [](const Tensors& x) { return Tensors{index_select(x[0], 0, x[1])}; }},
      {"where", [](const Tensors& x) { return Tensors{where(compare(CompareOp::gt, x[0], 0), x[0], x[1])}; }},
      {"expand_mul",
       [](const Tensors& x) {
         return Tensors{mul(expand(x[0], {4, 3}), x[1])};
       }},
  };
}

}  // namespace tape::test
