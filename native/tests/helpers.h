// Small things every test file needs.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "tape/autograd.h"
#include "tape/ops.h"

namespace tape::test {

inline Tensor make(const Dims& shape, const std::vector<double>& values, DType dtype = DType::float64) {
  Tensor out = empty(shape, DType::float64);
  std::copy(values.begin(), values.end(), out.data_as<double>());
  return to(out, dtype);
}

inline Tensor variable(const Dims& shape, const std::vector<double>& values, DType dtype = DType::float64) {
  Tensor out = make(shape, values, dtype);
  out.set_requires_grad(true);
  return out;
}

inline std::vector<double> values_of(const Tensor& x) {
  GradMode mode(false);
  const Tensor plain = to(contiguous(to(x, DType::float64)), Device::cpu);
  return {plain.data_as<double>(), plain.data_as<double>() + plain.numel()};
}

/// The message of the error `f` throws, or "no error".
template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace tape::test
