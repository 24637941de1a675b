// Rows of the recurrent layers and cells. The reference walks one sequence at a time, in its own length.
#include <cmath>

#include "ops/reference.h"

namespace tape::test {
namespace {

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

/// weight [rows, cols] times a vector, plus bias.
std::vector<double> affine(const Array& weight, const std::vector<double>& x, const Array& bias) {
  std::vector<double> out(static_cast<size_t>(weight.shape[0]));
  for (size_t r = 0; r < out.size(); ++r) {
    out[r] = bias.values.empty() ? 0 : bias.values[r];
    for (size_t c = 0; c < x.size(); ++c) out[r] += weight.values[r * x.size() + c] * x[c];
  }
  return out;
}

/// One step; `w` is input to hidden, hidden to hidden, both biases.
void reference_step(CellKind kind, const Array* w, const std::vector<double>& x, std::vector<double>& h,
                    std::vector<double>& c) {
  const std::vector<double> a = affine(w[0], x, w[2]), b = affine(w[1], h, w[3]);
  const size_t units = h.size();
  for (size_t u = 0; u < units; ++u) {
    const auto gate = [&](size_t block) { return a[block * units + u] + b[block * units + u]; };
    if (kind == CellKind::tanh) h[u] = std::tanh(gate(0));
    if (kind == CellKind::relu) h[u] = std::max(gate(0), 0.0);
    if (kind == CellKind::lstm) {
      c[u] = sigmoid_of(gate(1)) * c[u] + sigmoid_of(gate(0)) * std::tanh(gate(2));
      h[u] = sigmoid_of(gate(3)) * std::tanh(c[u]);
    }
    if (kind == CellKind::gru) {
      const double z = sigmoid_of(gate(1));
      const double n = std::tanh(a[2 * units + u] + sigmoid_of(gate(0)) * b[2 * units + u]);
      h[u] = (1 - z) * n + z * h[u];
    }
  }
}

std::vector<double> slice(const Array& a, int64_t first, int64_t count) {
  return {a.values.begin() + first, a.values.begin() + first + count};
}

struct Reference {
  Array output, hidden, cell;
};

/// `in`: x, initial hidden, initial cell, then four weights for each layer and direction.
Reference reference_recurrent(CellKind kind, const Arrays& in, const std::vector<int64_t>& lengths,
                              int64_t directions) {
  const int64_t B = in[0].shape[0], T = in[0].shape[1], H = in[4].shape[1];
  const auto layers = static_cast<int64_t>(in.size() - 3) / (4 * directions);
  Reference all{{{B, T, directions * H}, {}}, in[1], in[2]};
  Array input = in[0];
  for (int64_t layer = 0; layer < layers; ++layer) {
    Array output{{B, T, directions * H}, std::vector<double>(static_cast<size_t>(B * T * directions * H))};
    for (int64_t d = 0; d < directions; ++d)
      for (int64_t s = 0; s < B; ++s) {
        const int64_t state = ((layer * directions + d) * B + s) * H, I = input.shape[2];
        std::vector<double> h = slice(in[1], state, H), c = slice(in[2], state, H);
        const int64_t length = lengths[static_cast<size_t>(s)];
        for (int64_t step = 0; step < length; ++step) {
          const int64_t t = d == 1 ? length - 1 - step : step;
          reference_step(kind, &in[static_cast<size_t>(3 + 4 * (layer * directions + d))],
                         slice(input, (s * T + t) * I, I), h, c);
          std::copy(h.begin(), h.end(), output.values.begin() + (s * T + t) * directions * H + d * H);
        }
        std::copy(h.begin(), h.end(), all.hidden.values.begin() + state);
        std::copy(c.begin(), c.end(), all.cell.values.begin() + state);
      }
    input = output;
  }
  all.output = input;
  return all;
}

enum class Part { output, hidden, cell };

struct Case {
  const char* name;
  CellKind kind;
  int64_t layers, directions;
  std::vector<int64_t> lengths;
  Part part;
};

Row layer_row(const Case& c) {
  constexpr int64_t T = 3, I = 2, H = 2;
  const auto B = static_cast<int64_t>(c.lengths.size()), G = gate_count(c.kind);
  const Dims states{c.layers * c.directions, B, H};
  Row row{c.name, {{{B, T, I}}, {states, Draw::unit}, {states, Draw::unit}}, {}, {}};
  for (int64_t i = 0; i < c.layers * c.directions; ++i) {
    row.inputs.push_back({{G * H, i < c.directions ? I : c.directions * H}, Draw::unit});
    row.inputs.push_back({{G * H, H}});
    row.inputs.push_back({{G * H}});
    row.inputs.push_back({{G * H}});
  }
  row.apply = [c, B](const Tensors& x) {
    Tensor given = full({B}, 0, DType::int64);
    std::copy(c.lengths.begin(), c.lengths.end(), given.data_as<int64_t>());
    const bool lstm = c.kind == CellKind::lstm;
    const RecurrentResult result = recurrent(c.kind, x[0], given, x[1], lstm ? x[2] : Tensor(),
                                             {x.begin() + 3, x.end()}, {c.directions == 2, 0, false});
    return c.part == Part::output ? result.output : c.part == Part::hidden ? result.hidden : result.cell;
  };
  row.reference = [c](const Arrays& x) {
    const Reference result = reference_recurrent(c.kind, x, c.lengths, c.directions);
    return c.part == Part::output ? result.output : c.part == Part::hidden ? result.hidden : result.cell;
  };
  // The second derivative goes step by step over plain ops: one layer in one direction has met them all.
  row.twice = c.layers * c.directions == 1 && c.lengths.size() == 1;
  row.float32_tolerance = 4e-6;
  return row;
}

Row cell_row(const char* name, CellKind kind, size_t part) {
  const int64_t B = 2, I = 3, H = 2, G = gate_count(kind);
  Row row{name, {{{B, I}}, {{B, H}}, {{B, H}}, {{G * H, I}}, {{G * H, H}}, {{G * H}}, {{G * H}}}, {}, {}};
  row.apply = [kind, part](const Tensors& x) {
    return recurrent_cell(kind, x[0], x[1], x[2], x[3], x[4], x[5], x[6])[part];
  };
  row.reference = [kind, part](const Arrays& x) {
    Array hidden = x[1], cell = x[2];
    const int64_t units = hidden.shape[1];
    for (int64_t r = 0; r < hidden.shape[0]; ++r) {
      std::vector<double> h = slice(hidden, r * units, units), c = slice(cell, r * units, units);
      reference_step(kind, &x[3], slice(x[0], r * x[0].shape[1], x[0].shape[1]), h, c);
      std::copy(h.begin(), h.end(), hidden.values.begin() + r * units);
      std::copy(c.begin(), c.end(), cell.values.begin() + r * units);
    }
    return part == 0 ? hidden : cell;
  };
  row.float32_tolerance = 4e-6;
  return row;
}

}  // namespace

std::vector<Row> recurrent_rows() {
  return {
      layer_row({"rnn tanh", CellKind::tanh, 1, 1, {3}, Part::output}),
      layer_row({"rnn relu, lengths", CellKind::relu, 1, 1, {1, 3}, Part::output}),
      layer_row({"lstm, lengths", CellKind::lstm, 1, 1, {2, 3, 0}, Part::output}),
      layer_row({"lstm last hidden, bidirectional", CellKind::lstm, 1, 2, {1, 3}, Part::hidden}),
      layer_row({"lstm last cell, two layers", CellKind::lstm, 2, 1, {2, 3}, Part::cell}),
      layer_row({"gru, lengths", CellKind::gru, 1, 1, {2, 3}, Part::output}),
      layer_row({"gru, two layers, bidirectional", CellKind::gru, 2, 2, {3, 1}, Part::output}),
      layer_row({"lstm, one short sequence", CellKind::lstm, 1, 1, {2}, Part::output}),
      layer_row({"gru last hidden", CellKind::gru, 1, 1, {0, 2}, Part::hidden}),
      layer_row({"gru, one short sequence", CellKind::gru, 1, 1, {2}, Part::hidden}),
      cell_row("rnnCell tanh", CellKind::tanh, 0),
      cell_row("rnnCell relu", CellKind::relu, 0),
      cell_row("lstmCell hidden", CellKind::lstm, 0),
      cell_row("lstmCell cell", CellKind::lstm, 1),
      cell_row("gruCell", CellKind::gru, 0),
  };
}

}  // namespace tape::test
