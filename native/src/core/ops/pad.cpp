// Padding and upsampling: linear ops, whose derivatives are their adjoints.
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "images.h"
#include "tape/precision.h"

namespace tape {
namespace {

// ---- constant ----------------------------------------------------------------------------------------

Tensor pad_constant(const Tensor& x, const Dims& amounts, double value) {
  Dims shape = x.shape();
  for (int d = 0; d < x.rank(); ++d) {
    const int at = 2 * (x.rank() - 1 - d);
    if (at < amounts.size()) shape[d] += amounts[at] + amounts[at + 1];
    if (shape[d] < 0)
      fail(ErrorCode::shape, "pad", "dimension ", d, " would have a size of ", shape[d], " (input ",
           to_string(x.shape()), "), take less away");
  }
  const bool image = x.rank() > 2 && !x.is_contiguous() && is_channels_last(x);
  Tensor out = image ? empty_channels_last(shape, x) : empty(shape, x.dtype(), x.device());
  {
    GradMode mode(false);
    fill_(out, value);
    Tensor from = detach(x), to = detach(out);
    for (int i = 0; i < amounts.size(); i += 2) {
      const int d = x.rank() - 1 - i / 2;
      const int64_t before = amounts[i], after = amounts[i + 1];
      const int64_t start = std::max<int64_t>(0, -before), end = x.size(d) - std::max<int64_t>(0, -after);
      const int64_t length = std::max<int64_t>(0, end - start);
      from = narrow(from, d, length > 0 ? start : 0, length);
      to = narrow(to, d, length > 0 ? std::max<int64_t>(0, before) : 0, length);
    }
    copy_(to, from);
  }
  record(out, "pad", {&x}, {}, [amounts](const Backward& b) {
    Dims back = amounts;
    for (int64_t& amount : back) amount = -amount;
    b.give(0, pad_constant(b.grad(), back, 0));
  });
  return out;
}

// ---- resampling --------------------------------------------------------------------------------------

/// Where each output place comes from, for height and width.
struct Tables {
  std::vector<int64_t> low[2], high[2];
  std::vector<double> weight[2];
};

struct Problem {
  const char* name;
  int spatial;
  ResampleShape shape;
  std::shared_ptr<Tables> tables;  // `shape` points into it

  Dims in_shape() const {
    return image_shape(2 + spatial, shape.batch, shape.channels, shape.in[0], shape.in[1]);
  }
  Dims out_shape() const {
    return image_shape(2 + spatial, shape.batch, shape.channels, shape.out[0], shape.out[1]);
  }
  Tensor laid(const Tensor& x) const { return shape.channels_last ? channels_last(x) : contiguous(x); }
  Tensor make(const Dims& sizes, const Tensor& like) const {
    return shape.channels_last ? empty_channels_last(sizes, like) : empty(sizes, like.dtype(), like.device());
  }
  void finish(bool linear) {
    for (int d = 0; d < 2; ++d) {
      shape.low[d] = tables->low[d].data();
      shape.high[d] = linear ? tables->high[d].data() : nullptr;
      shape.weight[d] = linear ? tables->weight[d].data() : nullptr;
    }
  }
};

Problem begin(const char* name, const Tensor& x) {
  Problem p{name, x.rank() - 2, {}, std::make_shared<Tables>()};
  p.shape.batch = x.size(0);
  p.shape.channels = x.size(1);
  for (int d = 0; d < 2; ++d) p.shape.in[d] = spatial_size(x, d);
  p.shape.channels_last = !x.is_contiguous() && is_channels_last(x);
  return p;
}

Tensor resample_gradient(const Problem& p, const Tensor& gradient);

Tensor resample(const Problem& p, const Tensor& x_in) {
  const Tensor x = p.laid(x_in);
  Tensor out = p.make(p.out_shape(), x);
  if (out.numel() > 0) kernels(out, x).pad.resample(x.dtype(), p.shape, out.data(), x.data());
  record(out, p.name, {&x}, {}, [p](const Backward& b) { b.give(0, resample_gradient(p, b.grad())); });
  return out;
}

Tensor resample_gradient(const Problem& p, const Tensor& gradient_in) {
  const Tensor gradient = p.laid(gradient_in);
  Tensor out = p.make(p.in_shape(), gradient);
  if (out.numel() > 0)
    kernels(out, gradient).pad.resample_gradient(gradient.dtype(), p.shape, out.data(), gradient.data());
  record(out, p.name, {&gradient}, {}, [p](const Backward& b) { b.give(0, resample(p, b.grad())); });
  return out;
}

/// Place of the image that padded place `at` (0 is the image's first) repeats.
int64_t source_of(PadMode mode, int64_t at, int64_t size) {
  switch (mode) {
    case PadMode::reflect:
      return at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at;
    case PadMode::circular:
      return (at + size) % size;
    default:
      return std::clamp<int64_t>(at, 0, size - 1);
  }
}

const char* mode_name(PadMode mode) {
  constexpr const char* names[] = {"constant", "reflect", "replicate", "circular"};
  return names[static_cast<int>(mode)];
}

Tensor pad_image(const Tensor& x, const Dims& amounts, PadMode mode) {
  Problem p = begin("pad", x);
  for (int d = 0; d < 2; ++d) {
    const int at = 2 * (1 - d);  // where this dimension's amounts stand
    const int64_t before = at < amounts.size() ? amounts[at] : 0,
                  after = at < amounts.size() ? amounts[at + 1] : 0;
    const int64_t size = p.shape.in[d], most = mode == PadMode::reflect ? size - 1 : size;
    if (mode != PadMode::replicate && std::max(before, after) > most)
      fail(ErrorCode::shape, "pad", mode_name(mode), " padding of ", std::max(before, after),
           " is more than the ", most, " a size of ", size, " allows (input ", to_string(x.shape()), ")");
    p.shape.out[d] = size + before + after;
    if (p.shape.out[d] < 1 || size < 1)
      fail(ErrorCode::shape, "pad", "the output would have a size of ", p.shape.out[d], " (input ",
           to_string(x.shape()), "), take less away");
    for (int64_t o = 0; o < p.shape.out[d]; ++o)
      p.tables->low[d].push_back(source_of(mode, o - before, size));
  }
  p.finish(false);
  return resample(p, x);
}

/// PyTorch's rules, in float for everything but float64 (R is the type of the arithmetic).
template <class R>
void fill_axis(Problem& p, int d, double scale_factor, InterpolateMode mode, bool align_corners) {
  const int64_t in = p.shape.in[d], out = p.shape.out[d];
  const bool linear = mode != InterpolateMode::nearest;
  R scale;
  if (linear && align_corners)
    scale = out > 1 ? static_cast<R>(in - 1) / static_cast<R>(out - 1) : R(0);
  else
    scale = scale_factor > 0 ? static_cast<R>(1.0 / scale_factor) : static_cast<R>(in) / static_cast<R>(out);
  for (int64_t o = 0; o < out; ++o) {
    if (!linear) {
      // Sizes that stay or double are exact, whatever a scale was given.
      const auto place = out == in       ? o
                         : out == 2 * in ? o / 2
                                         : static_cast<int64_t>(std::floor(static_cast<R>(o) * scale));
      p.tables->low[d].push_back(std::min(place, in - 1));
      continue;
    }
    const R at = align_corners ? scale * static_cast<R>(o)
                               : std::max(R(0), scale * (static_cast<R>(o) + R(0.5)) - R(0.5));
    const int64_t low = std::min(static_cast<int64_t>(at), in - 1);
    p.tables->low[d].push_back(low);
    p.tables->high[d].push_back(std::min(low + 1, in - 1));
    p.tables->weight[d].push_back(static_cast<double>(std::clamp(at - static_cast<R>(low), R(0), R(1))));
  }
}

}  // namespace

Tensor pad(const Tensor& x, const Dims& amounts, PadMode mode, double value) {
  if (amounts.size() % 2 != 0 || amounts.size() > 2 * x.rank())
    fail(ErrorCode::shape, "pad", "needs a number before and after each of at most ", x.rank(),
         " dimensions, got ", amounts.size(), " numbers (input ", to_string(x.shape()), ")");
  if (mode == PadMode::constant) {
    if (x.dtype() != DType::boolean) check_scalar("pad", x, value);
    return pad_constant(x, amounts, value);
  }
  if (any_half(x)) return compute_in_float32([&](const Tensor& t) { return pad(t, amounts, mode); }, x);
  check_floating("pad", x);
  const int spatial = amounts.size() / 2;
  if (spatial < 1 || spatial > 2 || (x.rank() != 1 + spatial && x.rank() != 2 + spatial))
    fail(ErrorCode::shape, "pad", mode_name(mode),
         " takes 2 numbers for [N, C, L] or [C, L], 4 for [N, C, H, W] or [C, H, W], got ", amounts.size(),
         " for ", to_string(x.shape()));
  if (x.rank() == 2 + spatial) return pad_image(x, amounts, mode);
  return squeeze(pad_image(unsqueeze(x, 0), amounts, mode), 0);
}

Tensor interpolate(const Tensor& x, const InterpolateOptions& options) {
  if (any_half(x)) return compute_in_float32([&](const Tensor& t) { return interpolate(t, options); }, x);
  check_floating("interpolate", x);
  const bool linear = options.mode != InterpolateMode::nearest;
  const int wanted = options.mode == InterpolateMode::bilinear ? 4 : 3;
  if (linear ? x.rank() != wanted : x.rank() != 3 && x.rank() != 4)
    fail(ErrorCode::shape, "interpolate",
         !linear       ? "nearest needs [N, C, L] or [N, C, H, W]"
         : wanted == 4 ? "bilinear needs [N, C, H, W]"
                       : "linear needs [N, C, L]",
         ", got ", to_string(x.shape()));
  if (!linear && options.align_corners)
    fail(ErrorCode::value, "interpolate", "alignCorners belongs to linear and bilinear, not nearest");
  Problem p = begin("interpolate", x);
  const double scales[] = {p.spatial == 1 ? 0 : options.scale_height, options.scale_width};
  const bool scaled = options.scale_width != 0;
  if (scaled == !options.size.empty())
    fail(ErrorCode::value, "interpolate", "needs either size or scaleFactor");
  read_pair("interpolate", "size", options.size, p.spatial, 1, 1, 1, p.shape.out);
  for (int d = 0; d < 2; ++d) {
    if (d == 0 && p.spatial == 1) continue;
    if (p.shape.in[d] < 1)
      fail(ErrorCode::shape, "interpolate", "cannot resize an image without places, got ",
           to_string(x.shape()));
    if (!scaled) continue;
    if (!(scales[d] > 0) || scales[d] > 1e6)
      fail(ErrorCode::value, "interpolate", "scaleFactor must be positive, got ", scales[d]);
    p.shape.out[d] = static_cast<int64_t>(std::floor(static_cast<double>(p.shape.in[d]) * scales[d]));
    if (p.shape.out[d] < 1)
      fail(ErrorCode::shape, "interpolate", "scaleFactor ", scales[d], " leaves nothing of a size of ",
           p.shape.in[d]);
  }
  for (int d = 0; d < 2; ++d) {
    if (x.dtype() == DType::float64)
      fill_axis<double>(p, d, scales[d], options.mode, options.align_corners);
    else
      fill_axis<float>(p, d, scales[d], options.mode, options.align_corners);
  }
  p.finish(linear);
  return resample(p, x);
}

}  // namespace tape
