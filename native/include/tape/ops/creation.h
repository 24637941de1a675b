// New tensors.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

Tensor full(const Dims& shape, double value, DType dtype, Device device = Device::cpu);
Tensor arange(double start, double end, double step, DType dtype);
Tensor rand(const Dims& shape, DType dtype);
Tensor randn(const Dims& shape, DType dtype);
/// `count` numbers from start to end, both included, equally far apart.
Tensor linspace(double start, double end, int64_t count, DType dtype);
/// Ones on the diagonal, zeros elsewhere.
Tensor eye(int64_t rows, int64_t cols, DType dtype);
/// In x's shape and layout.
Tensor full_like(const Tensor& x, double value, DType dtype);
/// Uniform integers, low <= n < high.
Tensor randint(int64_t low, int64_t high, const Dims& shape, DType dtype);
/// 1 with the probability each element of `p` says, else 0; p's shape and dtype.
Tensor bernoulli(const Tensor& p);
/// Draws `count` positions of each row of `weights` ([n] or [rows, n], not negative, need not add up to 1)
/// with those probabilities: int64 [count] or [rows, count].
Tensor multinomial(const Tensor& weights, int64_t count, bool replacement);
/// A random order of 0..count-1, int64.
Tensor randperm(int64_t count);
/// Raw little-endian elements of a file, from byte `offset` on. Error when the file is too short.
Tensor from_file(const std::string& path, const Dims& shape, DType dtype, int64_t offset);

}  // namespace tape
