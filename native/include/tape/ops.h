// Every op by its one name. Shapes follow PyTorch's rules; dtypes are never converted silently.
#pragma once
#include <vector>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

// ---- creation -------------------------------------------------------------------------------------
Tensor full(const Dims& shape, double value, DType dtype);
Tensor arange(double start, double end, double step, DType dtype);
Tensor rand(const Dims& shape, DType dtype);
Tensor randn(const Dims& shape, DType dtype);
/// A random order of 0..count-1, int64.
Tensor randperm(int64_t count);
/// Raw little-endian elements of a file, from byte `offset` on. Error when the file is too short.
Tensor from_file(const std::string& path, const Dims& shape, DType dtype, int64_t offset);

// ---- elementwise ----------------------------------------------------------------------------------
Tensor neg(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor sqrt(const Tensor& x);
Tensor abs(const Tensor& x);
Tensor square(const Tensor& x);
Tensor relu(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor sigmoid(const Tensor& x);
Tensor sign(const Tensor& x);
Tensor logical_not(const Tensor& x);
Tensor pow(const Tensor& x, double exponent);

Tensor add(const Tensor& a, const Tensor& b);
Tensor sub(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, const Tensor& b);
Tensor div(const Tensor& a, const Tensor& b);
Tensor pow(const Tensor& a, const Tensor& b);
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);

Tensor add(const Tensor& a, double b);
Tensor sub(const Tensor& a, double b);
Tensor rsub(const Tensor& a, double b);  // b - a
Tensor mul(const Tensor& a, double b);
Tensor div(const Tensor& a, double b);

Tensor compare(CompareOp op, const Tensor& a, const Tensor& b);
Tensor compare(CompareOp op, const Tensor& a, double b);
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);

// ---- in place -------------------------------------------------------------------------------------
void binary_(BinaryOp op, const Tensor& self, const Tensor& other);  // add sub mul div
void binary_(BinaryOp op, const Tensor& self, double other);
void copy_(const Tensor& self, const Tensor& source);
void fill_(const Tensor& self, double value);
void uniform_(const Tensor& self, double low, double high);
void normal_(const Tensor& self, double mean, double std);

// ---- views and copies -----------------------------------------------------------------------------
Tensor reshape(const Tensor& x, const Dims& shape);  // a view when the strides allow it
Tensor view(const Tensor& x, const Dims& shape);     // an error when they do not
Tensor transpose(const Tensor& x, int64_t a, int64_t b);
Tensor permute(const Tensor& x, const Dims& order);
Tensor narrow(const Tensor& x, int64_t dim, int64_t start, int64_t length);
Tensor select(const Tensor& x, int64_t dim, int64_t index);
Tensor expand(const Tensor& x, const Dims& shape);  // -1 keeps a size
Tensor squeeze(const Tensor& x, int64_t dim);
Tensor squeeze(const Tensor& x);
Tensor unsqueeze(const Tensor& x, int64_t dim);
Tensor flatten(const Tensor& x, int64_t start, int64_t end);
Tensor contiguous(const Tensor& x);
Tensor clone(const Tensor& x);
Tensor to(const Tensor& x, DType dtype);
Tensor as_strided(const Tensor& x, const Dims& shape, const Dims& strides, int64_t offset);

// ---- reductions: no dims means all of them --------------------------------------------------------
Tensor sum(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
Tensor mean(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// Values only; the gradient is shared evenly between ties (PyTorch's amax).
Tensor max(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
Tensor min(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// First position of the greatest element, int64; NaN counts as the greatest.
Tensor argmax(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// L2 norms of several tensors in one call, accumulated in double.
std::vector<double> norms(const std::vector<Tensor>& tensors);

// ---- linear algebra -------------------------------------------------------------------------------
/// [.., M, K] @ [.., K, N]; leading dimensions broadcast; vectors as in PyTorch.
Tensor matmul(const Tensor& a, const Tensor& b);
/// x [.., in] @ weight [out, in]^T + bias [out], then relu when asked (one fused kernel).
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, bool fuse_relu = false);

// ---- indexing -------------------------------------------------------------------------------------
Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index);

// ---- networks -------------------------------------------------------------------------------------
Tensor softmax(const Tensor& x, int64_t dim);
Tensor log_softmax(const Tensor& x, int64_t dim);
/// logits [B, C], target int64 [B]. A label outside 0..C-1 is an error naming it.
Tensor cross_entropy(const Tensor& logits, const Tensor& target, Reduction reduction);
Tensor mse_loss(const Tensor& input, const Tensor& target, Reduction reduction);
/// Keeps each element with probability 1 - p, scaled by 1 / (1 - p); saves a seed, not a mask.
Tensor dropout(const Tensor& x, double p, bool training);

}  // namespace tape
