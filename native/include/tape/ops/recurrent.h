// Recurrent layers over batches of sequences with true lengths, and their cells.
#pragma once
#include <array>
#include <vector>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

struct RecurrentOptions {
  bool bidirectional = false;
  double dropout = 0;  // between layers, while training
  bool training = false;
};

struct RecurrentResult {
  Tensor output;  // [B, T, D * H], zeros past each sequence's end
  Tensor hidden;  // [L * D, B, H], the state at each sequence's own end
  Tensor cell;    // the same of an LSTM, else undefined
};

template <class F>
void each_tensor(RecurrentResult& result, const F& f) {
  for (Tensor* part : {&result.output, &result.hidden, &result.cell})
    if (part->defined()) f(*part);
}
template <class F>
void each_tensor(std::array<Tensor, 2>& states, const F& f) {
  for (Tensor& state : states)
    if (state.defined()) f(state);
}

/// PyTorch's nn.RNN, nn.LSTM and nn.GRU over x [B, T, I] and its lengths (int64 [B], 0..T; undefined: all T).
/// A sequence of length 0 keeps its initial state. `weights` holds four for each layer and, inside it,
/// each direction: input to hidden [G * H, I], hidden to hidden [G * H, H] and their biases [G * H], which
/// may be undefined. `hidden` and `cell` [L * D, B, H] are the initial states, zeros when undefined.
RecurrentResult recurrent(CellKind kind, const Tensor& x, const Tensor& lengths, const Tensor& hidden,
                          const Tensor& cell, const std::vector<Tensor>& weights,
                          const RecurrentOptions& options = {});

/// One step: x [B, I], hidden and cell [B, H]. Returns the next hidden state and, of an LSTM, the next cell.
std::array<Tensor, 2> recurrent_cell(CellKind kind, const Tensor& x, const Tensor& hidden, const Tensor& cell,
                                     const Tensor& input_hidden, const Tensor& hidden_hidden,
                                     const Tensor& bias_input, const Tensor& bias_hidden);

}  // namespace tape
