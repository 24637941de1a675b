// Rows of the convolutions.
#include "ops/reference.h"

namespace tape::test {
namespace {

/// What a row's geometry is, per spatial dimension (one number: width only).
struct Geometry {
  Dims stride{1}, padding{0}, dilation{1};
  int64_t groups = 1;
  Dims padding_end{};  // when it differs
  Dims output_padding{};
  int64_t at(const Dims& list, int d) const { return list.size() == 1 ? list[0] : list[d]; }
};

/// Calls visit(x index, w index, y index) for every product a convolution of x [N,C,..] with w
/// [O,C/groups,..] to y sums.
template <class Visit>
void each_product(const Dims& x, const Dims& w, const Dims& y, const Geometry& g, Visit visit) {
  const int spatial = x.size() - 2;
  const int64_t group_in = w[1], group_out = w[0] / g.groups;
  for (int64_t i = 0; i < numel_of(y); ++i) {
    const Dims out = place(y, i);
    for (int64_t k = 0; k < numel_of(w) / w[0]; ++k) {
      Dims taps = w;
      taps[0] = 1;
      Dims weight = place(taps, k), in = out;
      weight[0] = out[1];
      in[1] = out[1] / group_out * group_in + weight[1];
      bool inside = true;
      for (int d = 0; d < spatial; ++d) {
        in[2 + d] = out[2 + d] * g.at(g.stride, d) - g.at(g.padding, d) + weight[2 + d] * g.at(g.dilation, d);
        inside = inside && in[2 + d] >= 0 && in[2 + d] < x[2 + d];
      }
      if (inside) visit(flat(x, in), flat(w, weight), i);
    }
  }
}

double& at(Array& a, int64_t i) { return a.values[static_cast<size_t>(i)]; }

Array with_bias(Array y, const Arrays& in) {
  for (int64_t i = 0; in.size() > 2 && i < numel_of(y.shape); ++i)
    at(y, i) += in[2].values[static_cast<size_t>(place(y.shape, i)[1])];
  return y;
}

Array convolved(const Arrays& in, const Geometry& g) {
  const Array &x = in[0], &w = in[1];
  Array y{x.shape, {}};
  y.shape[1] = w.shape[0];
  for (int d = 0; d + 2 < x.shape.size(); ++d) {
    const int64_t end = g.padding_end.empty() ? g.at(g.padding, d) : g.at(g.padding_end, d);
    y.shape[2 + d] =
        (x.shape[2 + d] + g.at(g.padding, d) + end - g.at(g.dilation, d) * (w.shape[2 + d] - 1) - 1) /
            g.at(g.stride, d) +
        1;
  }
  y.values.assign(static_cast<size_t>(numel_of(y.shape)), 0.0);
  each_product(x.shape, w.shape, y.shape, g, [&](int64_t xi, int64_t wi, int64_t yi) {
    at(y, yi) += x.values[static_cast<size_t>(xi)] * w.values[static_cast<size_t>(wi)];
  });
  return with_bias(y, in);
}

/// The adjoint: x takes the place of the output.
Array spread(const Arrays& in, const Geometry& g) {
  const Array &x = in[0], &w = in[1];
  Array y{x.shape, {}};
  y.shape[1] = w.shape[1] * g.groups;
  for (int d = 0; d + 2 < x.shape.size(); ++d)
    y.shape[2 + d] = (x.shape[2 + d] - 1) * g.at(g.stride, d) - 2 * g.at(g.padding, d) +
                     g.at(g.dilation, d) * (w.shape[2 + d] - 1) + 1 +
                     (g.output_padding.empty() ? 0 : g.at(g.output_padding, d));
  y.values.assign(static_cast<size_t>(numel_of(y.shape)), 0.0);
  each_product(y.shape, w.shape, x.shape, g, [&](int64_t yi, int64_t wi, int64_t xi) {
    at(y, yi) += x.values[static_cast<size_t>(xi)] * w.values[static_cast<size_t>(wi)];
  });
  return with_bias(y, in);
}

using Op = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, const ConvOptions&);
Tensor plain_conv2d(const Tensor& x, const Tensor& w, const Tensor& b, const ConvOptions& o) {
  return conv2d(x, w, b, o);
}

Row row(const char* name, Op op, bool transposed, Dims x, Dims w, Dims bias, const Geometry& g,
        bool same = false) {
  std::vector<Input> inputs{{x}, {w}};
  if (!bias.empty()) inputs.push_back({bias});
  const ConvOptions options{g.stride, same ? Dims{} : g.padding, g.dilation, g.groups,
                            same,     g.output_padding};
  Row result{
      name, inputs,
      [op, options](const Tensors& t) { return op(t[0], t[1], t.size() > 2 ? t[2] : Tensor(), options); },
      [g, transposed](const Arrays& a) { return transposed ? spread(a, g) : convolved(a, g); }};
  result.float32_tolerance = 4e-6;
  return result;
}

}  // namespace

std::vector<Row> conv_rows() {
  const auto relu_conv = [](const Tensor& x, const Tensor& w, const Tensor& b, const ConvOptions& o) {
    return conv2d(x, w, b, o, true);
  };
  std::vector<Row> rows;
  rows.push_back(row("conv1d", conv1d, false, {2, 3, 6}, {4, 3, 3}, {4}, {}));
  rows.push_back(
      row("conv1d stride, padding, dilation", conv1d, false, {1, 2, 8}, {2, 2, 2}, {}, {{2}, {1}, {2}}));
  rows.push_back(row("conv1d groups", conv1d, false, {1, 4, 5}, {6, 2, 3}, {6}, {{1}, {1}, {1}, 2}));
  rows.push_back(row("conv1d same", conv1d, false, {1, 2, 5}, {2, 2, 4}, {2}, {{1}, {1}, {1}, 1, {2}}, true));
  rows.push_back(row("conv2d", plain_conv2d, false, {2, 3, 4, 5}, {4, 3, 3, 2}, {4}, {}));
  rows.push_back(row("conv2d without bias", plain_conv2d, false, {1, 2, 4, 4}, {2, 2, 3, 3}, {}, {{1}, {1}}));
  rows.push_back(
      row("conv2d of one channel", plain_conv2d, false, {2, 1, 4, 4}, {2, 1, 3, 3}, {2}, {{1}, {1}}));
  rows.push_back(row("conv2d stride, padding, dilation by direction", plain_conv2d, false, {1, 2, 6, 7},
                     {2, 2, 2, 3}, {2}, {{2, 1}, {1, 2}, {1, 2}}));
  rows.push_back(
      row("conv2d groups", plain_conv2d, false, {1, 4, 3, 3}, {4, 2, 2, 2}, {4}, {{1}, {0}, {1}, 2}));
  rows.push_back(
      row("conv2d depthwise", plain_conv2d, false, {1, 3, 4, 3}, {3, 1, 3, 2}, {3}, {{1}, {1}, {1}, 3}));
  rows.push_back(row("conv2d depthwise, two each", plain_conv2d, false, {1, 2, 3, 3}, {4, 1, 2, 2}, {},
                     {{1}, {0}, {1}, 2}));
  rows.push_back(row("conv2d 1x1", plain_conv2d, false, {2, 3, 2, 3}, {4, 3, 1, 1}, {4}, {}));
  rows.push_back(row("conv2d 1x1 stride 2", plain_conv2d, false, {1, 3, 3, 4}, {2, 3, 1, 1}, {}, {{2}}));
  rows.push_back(row("conv2d same, even kernel", plain_conv2d, false, {1, 2, 3, 4}, {2, 2, 2, 4}, {2},
                     {{1, 1}, {0, 1}, {1}, 1, {1, 2}}, true));
  rows.push_back(row("conv2d of no images", plain_conv2d, false, {0, 2, 3, 3}, {2, 2, 2, 2}, {2}, {}));
  Row with_relu = row("conv2d with relu", relu_conv, false, {1, 2, 3, 3}, {3, 2, 2, 2}, {3}, {});
  with_relu.reference = [](const Arrays& a) {
    return map1(convolved(a, {}), [](double v) { return v > 0 ? v : 0; });
  };
  rows.push_back(with_relu);
  rows.push_back(row("convTranspose1d", conv_transpose1d, true, {2, 3, 4}, {3, 2, 3}, {2}, {{2}, {1}}));
  rows.push_back(row("convTranspose2d", conv_transpose2d, true, {1, 2, 3, 2}, {2, 3, 3, 2}, {3}, {}));
  rows.push_back(row("convTranspose2d stride, padding, outputPadding", conv_transpose2d, true, {1, 2, 2, 3},
                     {2, 2, 3, 3}, {}, {{2, 3}, {1}, {1}, 1, {}, {1, 2}}));
  rows.push_back(row("convTranspose2d groups, dilation", conv_transpose2d, true, {1, 4, 2, 2}, {4, 1, 2, 2},
                     {2}, {{1}, {0}, {2}, 2}));
  rows.push_back(row("convTranspose2d outputPadding past padding", conv_transpose2d, true, {1, 1, 2, 2},
                     {1, 2, 2, 2}, {}, {{2}, {0}, {1}, 1, {}, {1}}));
  rows.push_back({"conv2d of one image without a batch",
                  {{{2, 3, 3}}, {{2, 2, 2, 2}}},
                  [](const Tensors& x) { return conv2d(x[0], x[1], {}); },
                  [](const Arrays& a) {
                    Arrays one = a;
                    one[0].shape.insert(0, 1);
                    Array y = convolved(one, {});
                    y.shape.erase(0);
                    return y;
                  }});
  return rows;
}

}  // namespace tape::test
