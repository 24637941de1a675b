// Time loops of recurrent layers over packed sequences. A batch is packed by time step: sequences stand in
// falling order of length, so that step t works on its first sizes[t] sequences only, and the rows of step t
// begin at starts[t]. Gates lie in PyTorch's order: i f g o; r z n.
#pragma once
#include "tape/view.h"

namespace tape {

enum class CellKind : uint8_t { tanh = 0, relu = 1, lstm = 2, gru = 3 };

/// Blocks of rows in a cell's weights.
constexpr int64_t gate_count(CellKind kind) {
  return kind == CellKind::lstm ? 4 : kind == CellKind::gru ? 3 : 1;
}
/// Blocks kept for backward: a GRU also keeps what its reset gate multiplies.
constexpr int64_t kept_count(CellKind kind) { return kind == CellKind::gru ? 4 : gate_count(kind); }

struct RecurrentShape {
  CellKind kind;
  int64_t batch, hidden, steps;
  const int64_t* sizes;   // sequences that reach step t
  const int64_t* starts;  // first packed row of step t
  int64_t directions;
  const int64_t *sizes_there = nullptr,
                *starts_there = nullptr;  // the same in the memory of the kernels' device
};

/// One direction of one layer. N packed rows, B sequences, H hidden units, G gates, K kept blocks. In
/// bfloat16, what enters or leaves a product is: weights, previous states, outputs, their gradients and those
/// of gates. Gates, cells, the state that goes from step to step, and their gradients are float32 then.
struct RecurrentForward {
  bool reverse;
  void* gates;            // [N, K * H]: the first G * H hold input products with biases, then activations
  void* previous;         // [N, H] out: the state each row started from; null when not kept
  void* previous_cell;    // [N, H] out
  void* output;           // N rows of H, `output_stride` apart
  int64_t output_stride;  // in elements
  void* state;            // [B, H]: initial state in, last state of each sequence out
  void* cell;             // [B, H]
  const void* weight;     // [G * H, H], hidden to hidden
  const void* bias_new;   // [H], the hidden bias of a GRU's new gate
};

struct RecurrentBackward {
  bool reverse;
  const void* gates;  // activations
  const void* previous;
  const void* previous_cell;
  const void* output_grad;  // N rows of H, `output_stride` apart; null when there is none
  int64_t output_stride;
  void* gates_grad;   // [N, G * H] out: of the input products
  void* hidden_grad;  // [N, G * H] out: of the hidden products, which a GRU's new gate scales; else null
  void* state;        // [B, H]: gradient of the last state in, of the initial state out
  void* cell;
  const void* weight;
};

/// One step of one cell: B rows.
struct CellForward {
  void* gates;         // [B, G * H]: input products in, activations out
  void* hidden_gates;  // [B, G * H]: hidden products
  const void* state;   // [B, H]
  const void* cell;
  void* next_state;
  void* next_cell;
};

struct CellBackward {
  const void* gates;
  const void* hidden_gates;
  const void* state;
  const void* cell;
  const void* next_state_grad;
  const void* next_cell_grad;
  void* gates_grad;   // [B, G * H]
  void* hidden_grad;  // as in RecurrentBackward
  void* state_grad;   // [B, H]: the part that does not go through the gates
  void* cell_grad;
};

struct RecurrentKernels {
  // out[i] = in[index[i]]; zeros where index[i] is negative. `index` lies where the rows do.
  void (*gather_or_zero)(void* out, const void* in, const int64_t* index, int64_t count, int64_t row_bytes);
  /// Whether the time loops take bfloat16 and gain by it.
  bool (*takes_bfloat16)(const RecurrentShape& shape);
  // One item for each direction.
  void (*forward)(DType dtype, const RecurrentShape& shape, const RecurrentForward* directions);
  void (*backward)(DType dtype, const RecurrentShape& shape, const RecurrentBackward* directions);
  // c = a @ b (+ bias) for a few rows or little depth; false, with nothing done, when it is not such a
  // product.
  bool (*few_rows)(DType dtype, const Matrix& c, const Matrix& a, const Matrix& b, const void* bias);
  void (*cell_forward)(DType dtype, CellKind kind, int64_t rows, int64_t hidden, const CellForward& cell);
  void (*cell_backward)(DType dtype, CellKind kind, int64_t rows, int64_t hidden, const CellBackward& cell);
};

}  // namespace tape
