// One unit of one row of one step of each recurrent cell: what remains when the products are done. The
// numbers and their order are those of kernels/recurrent.h.
#pragma once
#include "../numbers.h"
#include "tape/kernels/recurrent.h"

namespace tape::cuda {

/// The next state of a unit. `in` are input products with biases and `sums` hidden products, for each gate;
/// `kept` becomes the activations, of a GRU also what its reset gate scales. `cell` goes to the next one.
template <class C>
TAPE_BOTH C unit_forward(CellKind kind, const C (&in)[4], const C (&sums)[4], C bias_new, C state, C& cell,
                         C (&kept)[4]) {
  switch (kind) {
    case CellKind::tanh:
      return kept[0] = tanh_of(in[0] + sums[0]);
    case CellKind::relu: {
      const C sum = in[0] + sums[0];
      return kept[0] = sum < C(0) ? C(0) : sum;
    }
    case CellKind::lstm:
      kept[0] = sigmoid_of(in[0] + sums[0]);
      kept[1] = sigmoid_of(in[1] + sums[1]);
      kept[2] = tanh_of(in[2] + sums[2]);
      kept[3] = sigmoid_of(in[3] + sums[3]);
      cell = kept[1] * cell + kept[0] * kept[2];
      return kept[3] * tanh_of(cell);
    default:
      kept[0] = sigmoid_of(in[0] + sums[0]);
      kept[1] = sigmoid_of(in[1] + sums[1]);
      kept[3] = sums[2] + bias_new;
      kept[2] = tanh_of(in[2] + kept[0] * kept[3]);
      return kept[2] + kept[1] * (state - kept[2]);
  }
}

/// Gradients of a unit: `outer` of the input products, `inner` of the hidden ones. `state_grad` is that of
/// the next state; what goes straight to the state before is returned. `cell_grad` goes to the cell before.
template <class C>
TAPE_BOTH C unit_backward(CellKind kind, const C (&kept)[4], C state, C cell, C state_grad, C& cell_grad,
                          C (&outer)[4], C (&inner)[4]) {
  switch (kind) {
    case CellKind::tanh:
      outer[0] = state_grad * (C(1) - kept[0] * kept[0]);
      break;
    case CellKind::relu:
      outer[0] = kept[0] > C(0) ? state_grad : C(0);
      break;
    case CellKind::lstm: {
      const C in = kept[0], keep = kept[1], fresh = kept[2], out = kept[3];
      const C t = tanh_of(keep * cell + in * fresh);
      const C along = cell_grad + state_grad * out * (C(1) - t * t);
      outer[0] = along * fresh * in * (C(1) - in);
      outer[1] = along * cell * keep * (C(1) - keep);
      outer[2] = along * in * (C(1) - fresh * fresh);
      outer[3] = state_grad * t * out * (C(1) - out);
      cell_grad = along * keep;
      break;
    }
    default: {
      const C reset = kept[0], update = kept[1], fresh = kept[2];
      const C fresh_grad = state_grad * (C(1) - update) * (C(1) - fresh * fresh);
      outer[0] = fresh_grad * kept[3] * reset * (C(1) - reset);
      outer[1] = state_grad * (state - fresh) * update * (C(1) - update);
      outer[2] = fresh_grad;
      inner[0] = outer[0];
      inner[1] = outer[1];
      inner[2] = fresh_grad * reset;
      return state_grad * update;
    }
  }
  for (int g = 0; g < 4; ++g) inner[g] = outer[g];
  return C(0);
}

}  // namespace tape::cuda
