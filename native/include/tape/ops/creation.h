// New tensors.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

Tensor full(const Dims& shape, double value, DType dtype);
Tensor arange(double start, double end, double step, DType dtype);
Tensor rand(const Dims& shape, DType dtype);
Tensor randn(const Dims& shape, DType dtype);
/// A random order of 0..count-1, int64.
Tensor randperm(int64_t count);
/// Raw little-endian elements of a file, from byte `offset` on. Error when the file is too short.
Tensor from_file(const std::string& path, const Dims& shape, DType dtype, int64_t offset);

}  // namespace tape
