#include "tape/ops/recurrent.h"

#include "call.h"

namespace tape::node {
namespace {

/// Handles of output, hidden and cell; 0 for the cell of what is not an LSTM.
std::vector<Tensor> recurrent_op(CellKind kind, const Tensor& x, const MaybeTensor& lengths,
                                 const MaybeTensor& hidden, const MaybeTensor& cell,
                                 const MaybeTensors& weights, bool bidirectional, double dropout,
                                 bool training) {
  const RecurrentResult result = recurrent(kind, x, lengths.tensor, hidden.tensor, cell.tensor,
                                           weights.tensors, {bidirectional, dropout, training});
  return {result.output, result.hidden, result.cell};
}

Tensor single_cell(CellKind kind, const Tensor& x, const Tensor& hidden, const Tensor& input_hidden,
                   const Tensor& hidden_hidden, const MaybeTensor& bias_input,
                   const MaybeTensor& bias_hidden) {
  return recurrent_cell(kind, x, hidden, {}, input_hidden, hidden_hidden, bias_input.tensor,
                        bias_hidden.tensor)[0];
}

std::vector<Tensor> lstm_cell(const Tensor& x, const Tensor& hidden, const Tensor& cell,
                              const Tensor& input_hidden, const Tensor& hidden_hidden,
                              const MaybeTensor& bias_input, const MaybeTensor& bias_hidden) {
  const auto next = recurrent_cell(CellKind::lstm, x, hidden, cell, input_hidden, hidden_hidden,
                                   bias_input.tensor, bias_hidden.tensor);
  return {next[0], next[1]};
}

}  // namespace

std::vector<Binding> recurrent_bindings() {
  return {
      bind<recurrent_op>("recurrent"),
      bind<single_cell>("recurrentCell"),
      bind<lstm_cell>("lstmCell"),
  };
}

}  // namespace tape::node
