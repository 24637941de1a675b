#include "golden/golden.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;

struct Form {
  CellKind kind;
  bool lengths, initial, bias, bidirectional;
};

/// Inputs in the order of recurrent.py: x, lengths, initial states, weights (without the biases that are
/// off).
GoldenOp layer(Form form) {
  return [form](const Tensors& in) {
    const bool lstm = form.kind == CellKind::lstm;
    size_t next = 0;
    const auto take = [&](bool there) { return there ? in[next++] : Tensor(); };
    const Tensor x = take(true), lengths = take(form.lengths), hidden = take(form.initial),
                 cell = take(form.initial && lstm);
    Tensors weights;
    while (next < in.size())
      for (const bool there : {true, true, form.bias, form.bias}) weights.push_back(take(there));
    const RecurrentResult result =
        recurrent(form.kind, x, lengths, hidden, cell, weights, {form.bidirectional, 0, false});
    return lstm ? Tensors{result.output, result.hidden, result.cell} : Tensors{result.output, result.hidden};
  };
}

GoldenOp cell(CellKind kind) {
  return [kind](const Tensors& x) {
    if (kind != CellKind::lstm)
      return Tensors{recurrent_cell(kind, x[0], x[1], {}, x[2], x[3], x[4], x[5])[0]};
    const auto next = recurrent_cell(kind, x[0], x[1], x[2], x[3], x[4], x[5], x[6]);
    return Tensors{next[0], next[1]};
  };
}

}  // namespace

GoldenOps recurrent_golden() {
  return {
      {"rnn_lengths", layer({CellKind::tanh, true, true, true, false})},
      {"rnn_relu_two_layers", layer({CellKind::relu, true, true, true, false})},
      {"lstm", layer({CellKind::lstm, false, true, true, false})},
      {"lstm_lengths", layer({CellKind::lstm, true, true, true, false})},
      {"lstm_plain", layer({CellKind::lstm, true, false, false, false})},
      {"lstm_two_layers_bidirectional", layer({CellKind::lstm, true, true, true, true})},
      {"gru", layer({CellKind::gru, false, true, true, false})},
      {"gru_lengths_bidirectional", layer({CellKind::gru, true, true, true, true})},
      {"gru_plain", layer({CellKind::gru, true, false, false, false})},
      {"rnn_cell", cell(CellKind::tanh)},
      {"rnn_cell_relu", cell(CellKind::relu)},
      {"lstm_cell", cell(CellKind::lstm)},
      {"gru_cell", cell(CellKind::gru)},
  };
}

}  // namespace tape::test
