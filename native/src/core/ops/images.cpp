#include "images.h"

namespace tape {

Dims channels_last_strides(const Dims& shape) {
  Dims strides = shape;
  int64_t stride = 1;
  const auto put = [&](int d) {
    strides[d] = stride;
    stride *= shape[d] > 0 ? shape[d] : 1;
  };
  put(1);
  for (int d = shape.size() - 1; d >= 2; --d) put(d);
  put(0);
  return strides;
}

bool is_channels_last(const Tensor& x) {
  int64_t expected = 1;
  const auto lies = [&](int d) {
    const bool fits = x.size(d) == 1 || x.strides()[d] == expected;
    expected *= x.size(d);
    return fits;
  };
  if (x.numel() == 0) return true;
  if (!lies(1)) return false;
  for (int d = x.rank() - 1; d >= 2; --d)
    if (!lies(d)) return false;
  return lies(0);
}

Tensor empty_channels_last(const Dims& shape, const Tensor& like) {
  Tensor out = empty(shape, like.dtype(), like.device());
  out.impl()->strides = channels_last_strides(shape);
  out.impl()->contiguous = compute_contiguous(shape, out.strides());
  return out;
}

Tensor channels_last(const Tensor& x) {
  if (is_channels_last(x)) return x;
  Tensor out = empty_channels_last(x.shape(), x);
  kernels(out, x).elementwise.copy(view_of(out), view_of(x));
  record(out, "channelsLast", {&x}, {}, [](const Backward& b) { b.give(0, b.grad()); });
  return out;
}

Tensor dense_image(const Tensor& x) { return x.is_contiguous() || is_channels_last(x) ? x : contiguous(x); }

Tensor empty_image(const Tensor& x, const Dims& shape) {
  return x.is_contiguous() ? empty(shape, x.dtype(), x.device()) : empty_channels_last(shape, x);
}

void read_pair(const char* where, const char* what, const Dims& list, int spatial, int64_t fallback,
               int64_t height_of_1d, int64_t least, int64_t (&pair)[2]) {
  if (list.size() > 1 && list.size() != spatial)
    fail(ErrorCode::shape, where, what, " needs 1 or ", spatial, " numbers, got ", list.size());
  for (int d = 0; d < 2; ++d) {
    if (spatial == 1 && d == 0) {
      pair[d] = height_of_1d;
      continue;
    }
    const int at = d - (2 - spatial);
    pair[d] = list.empty() ? fallback : list.size() == 1 ? list[0] : list[at];
    if (pair[d] < least) fail(ErrorCode::value, where, what, " must be at least ", least, ", got ", pair[d]);
  }
}

std::string pair_text(int spatial, int64_t height, int64_t width) {
  return spatial == 1 ? std::to_string(width) : std::to_string(height) + "x" + std::to_string(width);
}

}  // namespace tape
