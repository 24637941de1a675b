// Rows of padding and upsampling.
#include <algorithm>
#include <cmath>

#include "ops/reference.h"

namespace tape::test {
namespace {

Tensor to_channels_last(const Tensor& x) {
  return permute(contiguous(permute(x, {0, 2, 3, 1})), {0, 3, 1, 2});
}

/// Where padded place `at` comes from, -1 for nowhere: found by walking, one place at a time.
int64_t walk(PadMode mode, int64_t at, int64_t size) {
  if (at >= 0 && at < size) return at;
  if (mode == PadMode::constant) return -1;
  if (mode == PadMode::replicate) return at < 0 ? 0 : size - 1;
  if (mode == PadMode::circular) {
    while (at < 0) at += size;
    while (at >= size) at -= size;
    return at;
  }
  int64_t place = at < 0 ? 0 : size - 1;
  const int64_t away = at < 0 ? -at : at - (size - 1);
  for (int64_t i = 0; i < away; ++i) place += at < 0 ? 1 : -1;
  return place;
}

Array padded(const Array& x, const Dims& amounts, PadMode mode, double value) {
  Array out{x.shape, {}};
  Dims before = Dims::filled(x.shape.size(), 0);
  for (int i = 0; i < amounts.size(); ++i) {
    const int d = x.shape.size() - 1 - i / 2;
    out.shape[d] += amounts[i];
    if (i % 2 == 0) before[d] = amounts[i];
  }
  for (int64_t i = 0; i < numel_of(out.shape); ++i) {
    Dims at = place(out.shape, i);
    bool inside = true;
    for (int d = 0; d < at.size(); ++d) {
      at[d] = walk(mode, at[d] - before[d], x.shape[d]);
      inside = inside && at[d] >= 0;
    }
    out.values.push_back(inside ? x.values[static_cast<size_t>(flat(x.shape, at))] : value);
  }
  return out;
}

/// Each output as the weighted sum of all inputs with a tent (or box) around where it falls.
Array resized(const Array& x, const InterpolateOptions& options, Dims sizes, std::vector<double> steps) {
  const bool linear = options.mode != InterpolateMode::nearest;
  const int spatial = x.shape.size() - 2;
  Array out{x.shape, {}};
  for (int d = 0; d < spatial; ++d) out.shape[2 + d] = sizes[d];
  const auto share = [&](int d, int64_t o, int64_t i) {
    const int64_t in = x.shape[2 + d], count = sizes[d];
    const double step =
        steps.empty() ? static_cast<double>(in) / static_cast<double>(count) : steps[static_cast<size_t>(d)];
    if (!linear)
      return std::min(static_cast<int64_t>(std::floor(static_cast<double>(o) * step)), in - 1) == i ? 1.0
                                                                                                    : 0.0;
    double at = options.align_corners
                    ? (count > 1 ? static_cast<double>(o * (in - 1)) / static_cast<double>(count - 1) : 0)
                    : step * (static_cast<double>(o) + 0.5) - 0.5;
    at = std::clamp(at, 0.0, static_cast<double>(in - 1));
    return std::max(0.0, 1 - std::fabs(at - static_cast<double>(i)));
  };
  for (int64_t i = 0; i < numel_of(out.shape); ++i) {
    const Dims to = place(out.shape, i);
    double sum = 0;
    for (int64_t k = 0; k < numel_of(x.shape); ++k) {
      const Dims from = place(x.shape, k);
      if (from[0] != to[0] || from[1] != to[1]) continue;
      double weight = 1;
      for (int d = 0; d < spatial; ++d) weight *= share(d, to[2 + d], from[2 + d]);
      sum += weight * x.values[static_cast<size_t>(k)];
    }
    out.values.push_back(sum);
  }
  return out;
}

}  // namespace

std::vector<Row> pad_rows() {
  std::vector<Row> rows;
  const auto padding = [&](const char* name, Dims shape, Dims amounts, PadMode mode, double value = 0) {
    rows.push_back({name,
                    {{shape}},
                    [=](const Tensors& x) { return pad(x[0], amounts, mode, value); },
                    [=](const Arrays& x) { return padded(x[0], amounts, mode, value); }});
    if (shape.size() != 4) return;
    rows.push_back(rows.back());
    rows.back().name += ", channels-last";
    rows.back().apply = [=](const Tensors& x) { return pad(to_channels_last(x[0]), amounts, mode, value); };
  };
  padding("pad", {2, 3}, {1, 2}, PadMode::constant, 0.5);
  padding("pad of a scalar's kind", {3}, {0, 1}, PadMode::constant);
  padding("pad of images", {1, 2, 3, 2}, {1, 0, 2, 1}, PadMode::constant);
  padding("pad crops", {2, 4, 5}, {-1, 2, 1, -2}, PadMode::constant);
  padding("pad of every dimension", {1, 2, 1, 2}, {0, 1, 1, 0, 1, 1, 0, 1}, PadMode::constant, -1);
  padding("pad crops everything", {2, 3}, {-2, -1}, PadMode::constant);
  padding("pad reflect 1d", {2, 2, 4}, {3, 2}, PadMode::reflect);
  padding("pad reflect 2d", {2, 2, 3, 4}, {1, 3, 2, 0}, PadMode::reflect);
  padding("pad reflect crops", {2, 5}, {-1, 2}, PadMode::reflect);
  padding("pad replicate 1d", {2, 3}, {4, 1}, PadMode::replicate);
  padding("pad replicate 2d", {1, 2, 2, 3}, {0, 5, 2, 1}, PadMode::replicate);
  padding("pad circular 1d", {2, 2, 3}, {3, 2}, PadMode::circular);
  padding("pad circular 2d", {1, 3, 2, 3}, {1, 3, 0, 2}, PadMode::circular);

  const auto resize = [&](const char* name, Dims shape, InterpolateOptions options, Dims sizes,
                          std::vector<double> steps = {}) {
    rows.push_back({name,
                    {{shape}},
                    [=](const Tensors& x) { return interpolate(x[0], options); },
                    [=](const Arrays& x) { return resized(x[0], options, sizes, steps); }});
    if (shape.size() != 4) return;
    rows.push_back(rows.back());
    rows.back().name += ", channels-last";
    rows.back().apply = [=](const Tensors& x) { return interpolate(to_channels_last(x[0]), options); };
  };
  using Mode = InterpolateMode;
  resize("interpolate nearest 1d", {2, 2, 4}, {.size = {7}}, {7});
  resize("interpolate nearest 2d", {1, 2, 2, 3}, {.size = {4, 5}}, {4, 5});
  resize("interpolate nearest by a scale", {1, 2, 2, 3}, {.scale_height = 2, .scale_width = 1.5}, {4, 4},
         {0.5, 1 / 1.5});
  resize("interpolate nearest to fewer", {1, 2, 5, 4}, {.size = {2, 3}}, {2, 3});
  resize("interpolate linear", {2, 2, 4}, {.size = {7}, .mode = Mode::linear}, {7});
  resize("interpolate bilinear", {1, 2, 2, 3}, {.size = {3, 5}, .mode = Mode::bilinear}, {3, 5});
  resize("interpolate bilinear by a scale", {1, 2, 2, 3},
         {.scale_height = 2.5, .scale_width = 2, .mode = Mode::bilinear}, {5, 6}, {1 / 2.5, 0.5});
  resize("interpolate bilinear, corners aligned", {1, 2, 2, 3},
         {.size = {3, 5}, .mode = Mode::bilinear, .align_corners = true}, {3, 5});
  resize("interpolate bilinear to one place", {1, 2, 2, 3},
         {.size = {1}, .mode = Mode::bilinear, .align_corners = true}, {1, 1});
  resize("interpolate of no images", {0, 2, 2, 3}, {.size = {3, 5}}, {3, 5});
  return rows;
}

}  // namespace tape::test
