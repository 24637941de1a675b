// Matrix products.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// [.., M, K] @ [.., K, N]; leading dimensions broadcast; vectors as in PyTorch.
Tensor matmul(const Tensor& a, const Tensor& b);
/// x [.., in] @ weight [out, in]^T + bias [out], then relu when asked (one fused kernel).
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, bool fuse_relu = false);

}  // namespace tape
