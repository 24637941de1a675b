// Arithmetic, functions, comparison and choice, element by element. Shapes broadcast as in PyTorch.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

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

/// A first operand that nobody else holds gives its memory to the result, while nothing is recorded.
Tensor neg(Tensor&& x);
Tensor add(Tensor&& a, const Tensor& b);
Tensor sub(Tensor&& a, const Tensor& b);
Tensor mul(Tensor&& a, const Tensor& b);
Tensor div(Tensor&& a, const Tensor& b);
Tensor add(Tensor&& a, double b);
Tensor sub(Tensor&& a, double b);
Tensor mul(Tensor&& a, double b);
Tensor div(Tensor&& a, double b);

Tensor compare(CompareOp op, const Tensor& a, const Tensor& b);
Tensor compare(CompareOp op, const Tensor& a, double b);
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);

}  // namespace tape
