// Matrix products.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// [.., M, K] @ [.., K, N]; leading dimensions broadcast; vectors as in PyTorch.
Tensor matmul(const Tensor& a, const Tensor& b);
/// [B, M, K] @ [B, K, N]
Tensor bmm(const Tensor& a, const Tensor& b);
/// beta * c + alpha * (a @ b); c broadcasts to the product.
Tensor addmm(const Tensor& c, const Tensor& a, const Tensor& b, double beta = 1, double alpha = 1);
Tensor baddbmm(const Tensor& c, const Tensor& a, const Tensor& b, double beta = 1, double alpha = 1);
Tensor dot(const Tensor& a, const Tensor& b);
Tensor mv(const Tensor& a, const Tensor& b);
/// [n] and [m] to [n, m]
Tensor outer(const Tensor& a, const Tensor& b);

enum class Activation : uint8_t { none, relu, tanh, sigmoid, gelu, silu };
/// x [.., in] @ weight [out, in]^T + bias [out], then the activation; relu, tanh and sigmoid in the same
/// node.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias,
              Activation activation = Activation::none);

}  // namespace tape
