// Recurrent layers and cells. Narrow layers run their whole time loop in one launch (recurrent_loops.h), wide
// ones step by step: a product of the library, then the gates.
#include "../map.h"
#include "../table.h"
#include "recurrent_loops.h"

namespace tape::cuda {
namespace {

LinearKernels products;

/// Weights that a block reads again at every step: past this a step's product is better shared by all blocks.
constexpr int64_t kMostLoopBytes = int64_t{1} << 20;
/// Sequences and directions from which a block takes several.
constexpr int64_t kManyRows = 256;

bool loops(const RecurrentShape& s, size_t width) {
  return gate_count(s.kind) * s.hidden * s.hidden * static_cast<int64_t>(width) <= kMostLoopBytes;
}

/// `weight` [rows, cols] as [cols, rows].
template <class S>
void turn(S* to, const S* weight, int64_t rows, int64_t cols) {
  for_each(rows * cols, [=] TAPE_KERNEL(int64_t i) { to[i] = weight[i % rows * cols + i / rows]; });
}

Matrix rows_of(void* data, int64_t rows, int64_t cols) { return {data, rows, cols, cols, 1}; }

/// c = a @ b of stored numbers, in the numbers that are computed with.
template <class S>
void product(DType dtype, const Matrix& c, const Matrix& a, const Matrix& b) {
  if constexpr (std::is_same_v<S, BFloat16>)
    products.gemm_half(dtype, c, a, b, nullptr);
  else
    products.gemm(dtype, c, a, b, nullptr, false);
}

/// States as they are multiplied: the first `rows` of them.
template <class S, class C>
void lower(S* to, const C* from, int64_t count) {
  for_each(count, [=] TAPE_KERNEL(int64_t i) { to[i] = static_cast<S>(from[i]); });
}

template <class S, class C>
void steps_forward(DType dtype, const RecurrentShape& shape, const RecurrentForward& given) {
  const LoopSizes s(shape);
  const LoopDirection<S, C> d(given, nullptr);
  const int64_t H = s.hidden, width = s.gates * H;
  C* const sums =
      static_cast<C*>(scratch(static_cast<size_t>(s.batch) * (width * sizeof(C) + H * sizeof(S))));
  S* const low = reinterpret_cast<S*>(sums + s.batch * width);
  lower(low, d.state, s.batch * H);
  for (int64_t step = 0; step < s.steps; ++step) {
    const int64_t t = d.reverse ? s.steps - 1 - step : step, count = shape.sizes[t], start = shape.starts[t];
    if (count == 0) continue;
    product<S>(dtype, rows_of(sums, count, width), rows_of(low, count, H),
               {const_cast<void*>(given.weight), H, width, 1, H});
    for_each(count * H, [=] TAPE_KERNEL(int64_t i) {
      const int64_t r = i / H;
      C cell = d.cell ? d.cell[i] : C(0);
      const C next = row_forward(s, d, start + r, i % H, sums + r * width, d.state[i], cell);
      d.state[i] = next;
      low[i] = static_cast<S>(next);
      if (d.cell) d.cell[i] = cell;
    });
  }
}

template <class S, class C>
void steps_backward(DType dtype, const RecurrentShape& shape, const RecurrentBackward& given) {
  const LoopSizes s(shape);
  const LoopBack<S, C> d(given);
  const int64_t H = s.hidden, width = s.gates * H;
  C* const back = static_cast<C*>(scratch(static_cast<size_t>(s.batch * H) * sizeof(C)));
  S* const slopes = d.hidden_grad ? d.hidden_grad : d.gates_grad;
  for (int64_t step = 0; step < s.steps; ++step) {
    const int64_t t = d.reverse ? step : s.steps - 1 - step, count = shape.sizes[t], start = shape.starts[t];
    if (count == 0) continue;
    for_each(count * H, [=] TAPE_KERNEL(int64_t i) {
      C cell = d.cell ? d.cell[i] : C(0);
      d.state[i] = row_backward(s, d, start + i / H, i % H, d.state[i], cell, static_cast<C*>(nullptr));
      if (d.cell) d.cell[i] = cell;
    });
    product<S>(dtype, rows_of(back, count, H), rows_of(slopes + start * width, count, width),
               rows_of(const_cast<void*>(given.weight), width, H));
    for_each(count * H, [=] TAPE_KERNEL(int64_t i) { d.state[i] += back[i]; });
  }
}

template <class S, class C>
void forward_typed(DType dtype, const RecurrentShape& shape, const RecurrentForward* directions) {
  if (!loops(shape, sizeof(S))) {
    for (int64_t d = 0; d < shape.directions; ++d) steps_forward<S, C>(dtype, shape, directions[d]);
    return;
  }
  const int64_t H = shape.hidden, width = gate_count(shape.kind) * H;
  S* const turned = static_cast<S*>(scratch(static_cast<size_t>(shape.directions * H * width) * sizeof(S)));
  LoopDirection<S, C> all[2] = {};
  for (int64_t d = 0; d < shape.directions; ++d) {
    turn(turned + d * H * width, static_cast<const S*>(directions[d].weight), width, H);
    all[d] = LoopDirection<S, C>(directions[d], turned + d * H * width);
  }
  if (shape.batch * shape.directions < kManyRows)
    loop_forward<1>(shape, all);
  else
    loop_forward<4>(shape, all);
}

template <class S, class C>
void backward_typed(DType dtype, const RecurrentShape& shape, const RecurrentBackward* directions) {
  if (!loops(shape, sizeof(S))) {
    for (int64_t d = 0; d < shape.directions; ++d) steps_backward<S, C>(dtype, shape, directions[d]);
    return;
  }
  LoopBack<S, C> all[2] = {};
  for (int64_t d = 0; d < shape.directions; ++d) all[d] = LoopBack<S, C>(directions[d]);
  if (shape.batch * shape.directions < kManyRows)
    loop_backward<1>(shape, all);
  else
    loop_backward<4>(shape, all);
}

bool takes_bfloat16(const RecurrentShape&) { return true; }

void forward(DType dtype, const RecurrentShape& shape, const RecurrentForward* directions) {
  if (dtype == DType::bfloat16) return forward_typed<BFloat16, float>(dtype, shape, directions);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    forward_typed<T, T>(dtype, shape, directions);
  });
}

void backward(DType dtype, const RecurrentShape& shape, const RecurrentBackward* directions) {
  if (dtype == DType::bfloat16) return backward_typed<BFloat16, float>(dtype, shape, directions);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    backward_typed<T, T>(dtype, shape, directions);
  });
}

/// Elements of 16, 4 or 1 byte, whatever a row's length and place allow.
template <class T>
void gather_typed(T* out, const T* in, const int64_t* index, int64_t count, int64_t width) {
  for_each(count * width, [=] TAPE_KERNEL(int64_t i) {
    const int64_t from = index[i / width];
    out[i] = from < 0 ? T{} : in[from * width + i % width];
  });
}

struct Sixteen {
  uint64_t of[2];
};

void gather_or_zero(void* out, const void* in, const int64_t* index, int64_t count, int64_t row_bytes) {
  const uintptr_t all =
      reinterpret_cast<uintptr_t>(out) | reinterpret_cast<uintptr_t>(in) | static_cast<uintptr_t>(row_bytes);
  if (all % 16 == 0)
    gather_typed(static_cast<Sixteen*>(out), static_cast<const Sixteen*>(in), index, count, row_bytes / 16);
  else if (all % 4 == 0)
    gather_typed(static_cast<uint32_t*>(out), static_cast<const uint32_t*>(in), index, count, row_bytes / 4);
  else
    gather_typed(static_cast<uint8_t*>(out), static_cast<const uint8_t*>(in), index, count, row_bytes);
}

bool few_rows(DType, const Matrix&, const Matrix&, const Matrix&, const void*) { return false; }

template <class T>
void cell_forward_typed(CellKind kind, int64_t rows, int64_t H, const CellForward& cell) {
  const int64_t gates = gate_count(kind);
  T *const activations = static_cast<T*>(cell.gates), *const next = static_cast<T*>(cell.next_state),
           *const next_cell = static_cast<T*>(cell.next_cell);
  const T *const hidden = static_cast<const T*>(cell.hidden_gates),
                 *const state = static_cast<const T*>(cell.state),
                 *const old_cell = static_cast<const T*>(cell.cell);
  for_each(rows * H, [=] TAPE_KERNEL(int64_t i) {
    const int64_t at = i / H * gates * H + i % H;
    T in[4] = {}, sums[4] = {}, kept[4] = {}, c = next_cell ? old_cell[i] : T(0);
    for (int g = 0; g < gates; ++g) {
      in[g] = activations[at + g * H];
      sums[g] = hidden[at + g * H];
    }
    next[i] = unit_forward(kind, in, sums, T(0), state[i], c, kept);
    if (next_cell) next_cell[i] = c;
    for (int g = 0; g < gates; ++g) activations[at + g * H] = kept[g];
  });
}

template <class T>
void cell_backward_typed(CellKind kind, int64_t rows, int64_t H, const CellBackward& cell) {
  const int64_t gates = gate_count(kind);
  const bool gru = kind == CellKind::gru;
  const T *const activations = static_cast<const T*>(cell.gates), *const hidden = static_cast<const T*>(
                                                                      cell.hidden_gates);
  const T *const state = static_cast<const T*>(cell.state), *const old_cell =
                                                                static_cast<const T*>(cell.cell);
  const T *const next = static_cast<const T*>(cell.next_state_grad), *const next_cell = static_cast<const T*>(
                                                                         cell.next_cell_grad);
  T *const outer_grad = static_cast<T*>(cell.gates_grad), *const inner_grad =
                                                              static_cast<T*>(cell.hidden_grad);
  T *const state_grad = static_cast<T*>(cell.state_grad), *const cell_grad = static_cast<T*>(cell.cell_grad);
  for_each(rows * H, [=] TAPE_KERNEL(int64_t i) {
    const int64_t at = i / H * gates * H + i % H;
    T kept[4] = {}, outer[4] = {}, inner[4] = {}, c = next_cell ? next_cell[i] : T(0);
    for (int g = 0; g < gates; ++g) kept[g] = activations[at + g * H];
    if (gru) kept[3] = hidden[at + 2 * H];
    const T straight =
        unit_backward(kind, kept, state[i], old_cell ? old_cell[i] : T(0), next[i], c, outer, inner);
    for (int g = 0; g < gates; ++g) {
      outer_grad[at + g * H] = outer[g];
      if (gru) inner_grad[at + g * H] = inner[g];
    }
    if (gru) state_grad[i] = straight;
    if (cell_grad) cell_grad[i] = c;
  });
}

void cell_forward(DType dtype, CellKind kind, int64_t rows, int64_t hidden, const CellForward& cell) {
  visit_floating(
      dtype, [&](auto tag) { cell_forward_typed<typename decltype(tag)::type>(kind, rows, hidden, cell); });
}
void cell_backward(DType dtype, CellKind kind, int64_t rows, int64_t hidden, const CellBackward& cell) {
  visit_floating(
      dtype, [&](auto tag) { cell_backward_typed<typename decltype(tag)::type>(kind, rows, hidden, cell); });
}

}  // namespace

RecurrentKernels recurrent_table(const LinearKernels& linear) {
  products = linear;
  return {gather_or_zero, takes_bfloat16, forward, backward, few_rows, cell_forward, cell_backward};
}

}  // namespace tape::cuda
