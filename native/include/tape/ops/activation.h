// Activation functions beyond relu, tanh and sigmoid, each with a derivative in one pass.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// x Phi(x) (Hendrycks and Gimpel 2016); `tanh_form` is their approximation by tanh.
Tensor gelu(const Tensor& x, bool tanh_form = false);
Tensor silu(const Tensor& x);  // x sigmoid(x)
Tensor mish(const Tensor& x);  // x tanh(softplus(x))
Tensor leaky_relu(const Tensor& x, double slope = 0.01);
Tensor elu(const Tensor& x, double alpha = 1);
Tensor selu(const Tensor& x);
/// log(1 + e^(beta x)) / beta; x itself where beta x > threshold.
Tensor softplus(const Tensor& x, double beta = 1, double threshold = 20);
Tensor log_sigmoid(const Tensor& x);
Tensor hardtanh(const Tensor& x, double low = -1, double high = 1);
Tensor relu6(const Tensor& x);
Tensor hardsigmoid(const Tensor& x);  // clamp(x + 3, 0, 6) / 6
Tensor hardswish(const Tensor& x);    // x hardsigmoid(x)

}  // namespace tape
