// Rows of the poolings.
#include <algorithm>
#include <cmath>

#include "doctest/doctest.h"
#include "ops/reference.h"

namespace tape::test {
namespace {

/// Places of the padded input along one dimension that one output sees, and what an average divides by.
struct Window {
  std::vector<int64_t> places;
  int64_t size;
};
using Windows = std::function<std::vector<Window>(int64_t in, int d)>;

/// Regular windows, written from the definition: starts every `stride`, clipped to the image.
Windows regular(Dims kernel, Dims stride, Dims pad, Dims dilation = {1}, bool ceil = false,
                bool count = true) {
  const auto at = [](const Dims& list, int d) { return list.size() == 1 ? list[0] : list[d]; };
  return [=](int64_t in, int d) {
    const int64_t k = at(kernel, d), s = at(stride, d), p = at(pad, d), step = at(dilation, d);
    std::vector<Window> all;
    for (int64_t start = -p;; start += s) {
      const int64_t end = start + step * (k - 1);
      if (ceil ? start >= in || end - s + 1 > in + p - 1 : end > in + p - 1) break;
      Window w{{}, 0};
      for (int64_t tap = 0; tap < k; ++tap) {
        const int64_t place = start + tap * step;
        if (place >= 0 && place < in) w.places.push_back(place);
        if (count ? place < in + p : place >= 0 && place < in) ++w.size;
      }
      all.push_back(w);
    }
    return all;
  };
}

Windows adaptive(Dims size) {
  return [=](int64_t in, int d) {
    const int64_t out = size.size() == 1 ? size[0] : size[d];
    std::vector<Window> all;
    for (int64_t o = 0; o < out; ++o) {
      Window w{{}, 0};
      const auto first =
          static_cast<int64_t>(std::floor(static_cast<double>(o * in) / static_cast<double>(out)));
      const auto end =
          static_cast<int64_t>(std::ceil(static_cast<double>((o + 1) * in) / static_cast<double>(out)));
      for (int64_t place = first; place < end; ++place) w.places.push_back(place);
      w.size = end - first;
      all.push_back(w);
    }
    return all;
  };
}

Array pooled(const Array& x, const Windows& windows, bool greatest) {
  const int spatial = x.shape.size() - 2;
  const auto rows = spatial == 2 ? windows(x.shape[2], 0) : std::vector<Window>{{{0}, 1}};
  const auto cols = windows(x.shape[spatial + 1], spatial - 1);
  const int64_t height = spatial == 2 ? x.shape[2] : 1, width = x.shape[spatial + 1];
  Array out{x.shape, {}};
  if (spatial == 2) out.shape[2] = static_cast<int64_t>(rows.size());
  out.shape[spatial + 1] = static_cast<int64_t>(cols.size());
  for (int64_t plane = 0; plane < x.shape[0] * x.shape[1]; ++plane)
    for (const Window& row : rows)
      for (const Window& col : cols) {
        std::vector<double> seen;
        for (int64_t y : row.places)
          for (int64_t at : col.places)
            seen.push_back(x.values[static_cast<size_t>((plane * height + y) * width + at)]);
        out.values.push_back(greatest ? *std::max_element(seen.begin(), seen.end())
                                      : total(seen) / static_cast<double>(row.size * col.size));
      }
  return out;
}

/// Two rows: the image contiguous and channels-last.
void both(std::vector<Row>& rows, const std::string& name, Dims shape,
          std::function<Tensor(const Tensor&)> op, const Windows& windows, bool greatest) {
  rows.push_back({name,
                  {{shape}},
                  [op](const Tensors& x) { return op(x[0]); },
                  [=](const Arrays& x) { return pooled(x[0], windows, greatest); }});
  Row last = rows.back();
  last.name += ", channels-last";
  last.apply = [op](const Tensors& x) {
    // Made channels-last by what usually makes it so: a permuted view of [N, places.., C].
    Dims there{0}, back{0, x[0].rank() - 1};
    for (int d = 2; d < x[0].rank(); ++d) there.push_back(d);
    there.push_back(1);
    for (int d = 1; d + 1 < x[0].rank(); ++d) back.push_back(d);
    return op(permute(contiguous(permute(x[0], there)), back));
  };
  rows.push_back(last);
}

}  // namespace

std::vector<Row> pool_rows() {
  std::vector<Row> rows;
  both(
      rows, "maxPool1d", {2, 3, 7}, [](const Tensor& x) { return max_pool1d(x, {2}); },
      regular({2}, {2}, {0}), true);
  both(
      rows, "maxPool2d", {2, 3, 4, 6}, [](const Tensor& x) { return max_pool2d(x, {2}); },
      regular({2}, {2}, {0}), true);
  both(
      rows, "maxPool2d overlapping, padded", {1, 3, 5, 4},
      [](const Tensor& x) { return max_pool2d(x, {3}, {.stride = {2}, .padding = {1}}); },
      regular({3}, {2}, {1}), true);
  both(
      rows, "maxPool2d dilated, by direction", {1, 2, 6, 5},
      [](const Tensor& x) {
        return max_pool2d(x, {2, 3}, {.stride = {2, 1}, .padding = {0, 1}, .dilation = {3, 1}});
      },
      regular({2, 3}, {2, 1}, {0, 1}, {3, 1}), true);
  both(
      rows, "maxPool2d ceilMode", {1, 2, 5, 6},
      [](const Tensor& x) { return max_pool2d(x, {2}, {.ceil_mode = true}); },
      regular({2}, {2}, {0}, {1}, true), true);
  both(
      rows, "maxPool2d of a large window", {1, 1, 17, 17},
      [](const Tensor& x) { return max_pool2d(x, {17}, {.stride = {1}}); }, regular({17}, {1}, {0}), true);
  both(
      rows, "avgPool1d", {2, 3, 7}, [](const Tensor& x) { return avg_pool1d(x, {3}, {.stride = {2}}); },
      regular({3}, {2}, {0}), false);
  both(
      rows, "avgPool2d padded", {1, 3, 5, 4},
      [](const Tensor& x) { return avg_pool2d(x, {3}, {.stride = {2}, .padding = {1}}); },
      regular({3}, {2}, {1}), false);
  both(
      rows, "avgPool2d without countIncludePad", {1, 2, 5, 4},
      [](const Tensor& x) {
        return avg_pool2d(x, {3, 2}, {.stride = {2}, .padding = {1}, .count_include_pad = false});
      },
      regular({3, 2}, {2}, {1}, {1}, false, false), false);
  both(
      rows, "avgPool2d ceilMode", {1, 2, 6, 4},
      [](const Tensor& x) { return avg_pool2d(x, {3}, {.stride = {2}, .padding = {1}, .ceil_mode = true}); },
      regular({3}, {2}, {1}, {1}, true), false);
  both(
      rows, "adaptiveAvgPool1d", {2, 3, 5}, [](const Tensor& x) { return adaptive_avg_pool1d(x, {3}); },
      adaptive({3}), false);
  both(
      rows, "adaptiveAvgPool2d to one place", {2, 3, 4, 3},
      [](const Tensor& x) { return adaptive_avg_pool2d(x, {1}); }, adaptive({1}), false);
  both(
      rows, "adaptiveAvgPool2d to more places", {1, 2, 3, 5},
      [](const Tensor& x) {
        return adaptive_avg_pool2d(x, {5, 3});
      },
      adaptive({5, 3}), false);
  both(
      rows, "adaptiveMaxPool1d", {2, 3, 5}, [](const Tensor& x) { return adaptive_max_pool1d(x, {2}); },
      adaptive({2}), true);
  both(
      rows, "adaptiveMaxPool1d to more places", {2, 3, 5},
      [](const Tensor& x) { return adaptive_max_pool1d(x, {7}); }, adaptive({7}), true);
  both(
      rows, "adaptiveAvgPool1d to twice the places", {2, 3, 4},
      [](const Tensor& x) { return adaptive_avg_pool1d(x, {8}); }, adaptive({8}), false);
  both(
      rows, "adaptiveMaxPool2d", {1, 3, 7, 5},
      [](const Tensor& x) {
        return adaptive_max_pool2d(x, {3, 2});
      },
      adaptive({3, 2}), true);
  both(
      rows, "maxPool2d of no images", {0, 3, 4, 4}, [](const Tensor& x) { return max_pool2d(x, {2}); },
      regular({2}, {2}, {0}), true);
  rows.push_back({"maxPool2d of many channels",
                  {{{1, 4, 4, 4}}},
                  [](const Tensors& x) {
                    return max_pool2d(reshape(x[0], {4, 4, 4}), {2});
                  },
                  [](const Arrays& x) {
                    Array out = pooled(x[0], regular({2}, {2}, {0}), true);
                    out.shape = {4, 2, 2};
                    return out;
                  }});
  return rows;
}

TEST_CASE("pool: wide images in both layouts agree, and gradients go to the first of equals") {
  // More channels than one block of the kernels, sizes that do not divide.
  const Tensor x = randn({2, 131, 7, 9}, DType::float32);
  const Tensor last = permute(contiguous(permute(x, {0, 2, 3, 1})), {0, 3, 1, 2});
  const auto same = [](const Tensor& a, const Tensor& b) {
    const Tensor plain = contiguous(b);
    for (int64_t i = 0; i < a.numel(); ++i)
      if (std::fabs(a.data_as<float>()[i] - plain.data_as<float>()[i]) > 1e-6) return false;
    return a.shape() == b.shape();
  };
  const PoolOptions options{.stride = {2}, .padding = {1}};
  CHECK(same(max_pool2d(x, {3}, options), max_pool2d(last, {3}, options)));
  CHECK(same(avg_pool2d(x, {3}, options), avg_pool2d(last, {3}, options)));
  CHECK(same(adaptive_avg_pool2d(x, {3}), adaptive_avg_pool2d(last, {3})));

  for (bool channels_last : {false, true}) {
    Tensor ties = full({1, 2, 2, 2}, 5, DType::float32);
    ties.set_requires_grad(true);
    const Tensor seen = channels_last ? permute(contiguous(permute(ties, {0, 2, 3, 1})), {0, 3, 1, 2}) : ties;
    backward({sum(max_pool2d(seen, {2}))}, {}, false, false);
    const float expected[] = {1, 0, 0, 0, 1, 0, 0, 0};
    const Tensor gradient = contiguous(ties.grad());
    for (int i = 0; i < 8; ++i) CHECK(gradient.data_as<float>()[i] == expected[i]);

    Tensor broken = full({1, 2, 2, 2}, 1, DType::float32);
    fill_(select(select(broken, 2, 1), 2, 0), std::nan(""));
    const Tensor input =
        channels_last ? permute(contiguous(permute(broken, {0, 2, 3, 1})), {0, 3, 1, 2}) : broken;
    CHECK(std::isnan(max_pool2d(input, {2}).data_as<float>()[1]));
  }
}

TEST_CASE("pool: an adaptive size beyond all memory is refused at once") {
  for (int64_t in : {1, 4}) {
    const Tensor x = randn({2, 3, in}, DType::float64);
    CHECK_THROWS_AS(adaptive_max_pool1d(x, {int64_t{1} << 56}), Error);
    CHECK_THROWS_AS(adaptive_avg_pool1d(x, {(int64_t{1} << 56) + 1}), Error);
  }
}

}  // namespace tape::test
