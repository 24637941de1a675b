// Reductions that say something about a distribution, and running sums. No dims means all of them.
#pragma once
#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// Sum of squared distances from the mean over (count - correction).
Tensor var(const Tensor& x, const Dims& dims = {}, double correction = 1, bool keepdim = false);
/// Square root of var (PyTorch's std); its gradient is 0 where nothing varies.
Tensor stddev(const Tensor& x, const Dims& dims = {}, double correction = 1, bool keepdim = false);
/// Over one dim or all.
Tensor prod(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// log(sum(exp(x))) without overflow.
Tensor logsumexp(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// (sum |x|^p)^(1/p); p may be 0 (how many are not 0) or infinite (the greatest). The gradient at 0 is 0.
Tensor norm(const Tensor& x, double p = 2, const Dims& dims = {}, bool keepdim = false);
/// int64
Tensor count_nonzero(const Tensor& x, const Dims& dims = {});
/// bool, of any dtype: is an element (every element) other than 0.
Tensor any(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
Tensor all(const Tensor& x, const Dims& dims = {}, bool keepdim = false);
/// Running sum along `dim`; int64 for integers and bool. From the end when `reverse`.
Tensor cumsum(const Tensor& x, int64_t dim, bool reverse = false);

/// The greatest (least) along `dim` and where it was first found; the gradient goes there alone.
struct Extreme {
  Tensor values, indices;
};
Extreme max_along(const Tensor& x, int64_t dim, bool keepdim = false);
Extreme min_along(const Tensor& x, int64_t dim, bool keepdim = false);

}  // namespace tape
