#include "golden/golden.h"
#include "helpers.h"
#include "tape/precision.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;

/// `f` under bfloat16 autocast, its result in the inputs' dtype.
template <class F>
GoldenOp autocast(F f) {
  return [f](const Tensors& x) {
    const DType before = set_autocast(DType::bfloat16);
    const Tensor out = f(x);
    set_autocast(before);
    return Tensors{to(out, x[0].dtype())};
  };
}

}  // namespace

GoldenOps autocast_golden() {
  return {
      {"autocast_linear", autocast([](const Tensors& x) { return linear(x[0], x[1], x[2]); })},
      {"autocast_linear_twice",
       autocast([](const Tensors& x) { return linear(tanh(linear(x[0], x[1], {})), x[1], {}); })},
      {"autocast_matmul", autocast([](const Tensors& x) { return matmul(x[0], x[1]); })},
      {"autocast_network", autocast([](const Tensors& x) {
         const Tensor labels = to(make({6}, {0, 3, 1, 2, 2, 3}), DType::int64);
         const Tensor hidden = relu(linear(x[0], x[1], x[2]));
         return cross_entropy(linear(hidden, x[3], x[4]), labels, Reduction::mean);
       })},
      {"autocast_mse",
       autocast([](const Tensors& x) { return mse_loss(matmul(x[0], x[1]), x[2], Reduction::mean); })},
      {"autocast_attention", autocast([](const Tensors& x) {
         const Tensor scores = mul(matmul(x[0], transpose(x[1], -2, -1)), 0.35);
         return matmul(softmax(scores, -1), x[2]);
       })},
      {"autocast_mixed_add", autocast([](const Tensors& x) { return add(linear(x[0], x[1], {}), x[0]); })},
      {"autocast_norm",
       autocast([](const Tensors& x) { return layer_norm(linear(x[0], x[1], {}), {6}, x[2], x[3], 1e-5); })},
      {"autocast_batchnorm", autocast([](const Tensors& x) {
         ConvOptions options;
         options.padding = {1};
         BatchNormOptions training;
         training.training = true;
         return relu(batch_norm(conv2d(x[0], x[1], {}, options, false), {}, {}, x[2], x[3], training));
       })},
      {"autocast_scaled_dot_product", autocast([](const Tensors& x) {
         AttentionOptions options;
         options.causal = true;
         return scaled_dot_product_attention(x[0], x[1], x[2], options);
       })},
      {"autocast_lstm", autocast([](const Tensors& x) {
         return recurrent(CellKind::lstm, x[0], {}, {}, {}, {x[1], x[2], x[3], x[4]}, {false, 0, false})
             .output;
       })},
  };
}

}  // namespace tape::test
