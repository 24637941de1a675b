// Time loops of recurrent layers in one launch: a block takes a few sequences of one direction through all
// their steps, their states in shared memory, and reads the weights again at every step. That is fast while
// weights stay in the cache of the second level and threads have little else to wait for; wide layers go step
// by step in recurrent.cu.
#pragma once
#include "../warp.h"
#include "recurrent_units.h"

namespace tape::cuda {

constexpr int kLoopWarps = 16;
constexpr int kLoopThreads = 32 * kLoopWarps;

/// What a block does with the rows of a step, in S as they are stored and C as they are computed.
template <class S, class C>
struct LoopDirection {
  bool reverse;
  C* gates;
  S *previous, *output;
  C* previous_cell;
  int64_t output_stride;
  C *state, *cell;
  const S* weight;  // turned: [H, G * H]
  const C* bias_new;
  explicit LoopDirection(const RecurrentForward& d, const S* turned)
      : reverse(d.reverse),
        gates(static_cast<C*>(d.gates)),
        previous(static_cast<S*>(d.previous)),
        output(static_cast<S*>(d.output)),
        previous_cell(static_cast<C*>(d.previous_cell)),
        output_stride(d.output_stride),
        state(static_cast<C*>(d.state)),
        cell(static_cast<C*>(d.cell)),
        weight(turned),
        bias_new(static_cast<const C*>(d.bias_new)) {}
  LoopDirection() = default;
};

template <class S, class C>
struct LoopBack {
  bool reverse;
  const C* gates;
  const S *previous, *output_grad;
  const C* previous_cell;
  int64_t output_stride;
  S *gates_grad, *hidden_grad;
  C *state, *cell;
  const S* weight;  // [G * H, H]
  explicit LoopBack(const RecurrentBackward& d)
      : reverse(d.reverse),
        gates(static_cast<const C*>(d.gates)),
        previous(static_cast<const S*>(d.previous)),
        output_grad(static_cast<const S*>(d.output_grad)),
        previous_cell(static_cast<const C*>(d.previous_cell)),
        output_stride(d.output_stride),
        gates_grad(static_cast<S*>(d.gates_grad)),
        hidden_grad(static_cast<S*>(d.hidden_grad)),
        state(static_cast<C*>(d.state)),
        cell(static_cast<C*>(d.cell)),
        weight(static_cast<const S*>(d.weight)) {}
  LoopBack() = default;
};

/// Sizes that all steps share.
struct LoopSizes {
  CellKind kind;
  int64_t batch, hidden, steps, gates, kept;
  const int64_t *sizes, *starts;
  explicit LoopSizes(const RecurrentShape& s)
      : kind(s.kind),
        batch(s.batch),
        hidden(s.hidden),
        steps(s.steps),
        gates(gate_count(s.kind)),
        kept(kept_count(s.kind)),
        sizes(s.sizes_there),
        starts(s.starts_there) {}
};

/// One unit of one row forward, from and to memory. `sums` are the row's hidden products.
template <class S, class C>
TAPE_BOTH C row_forward(const LoopSizes& s, const LoopDirection<S, C>& d, int64_t row, int64_t unit,
                        const C* sums, C state, C& cell) {
  const int64_t H = s.hidden;
  C* const gates = d.gates + row * s.kept * H + unit;
  C in[4] = {}, hidden[4] = {}, kept[4] = {};
  for (int g = 0; g < s.gates; ++g) {
    in[g] = gates[g * H];
    hidden[g] = sums[g * H + unit];
  }
  if (d.previous) d.previous[row * H + unit] = static_cast<S>(state);
  if (d.previous_cell) d.previous_cell[row * H + unit] = cell;
  const C next = unit_forward(s.kind, in, hidden, d.bias_new ? d.bias_new[unit] : C(0), state, cell, kept);
  for (int g = 0; g < s.kept; ++g) gates[g * H] = kept[g];
  d.output[row * d.output_stride + unit] = static_cast<S>(next);
  return next;
}

/// The way back; `slopes` gets the gradients of the row's hidden products where it is given.
template <class S, class C>
TAPE_BOTH C row_backward(const LoopSizes& s, const LoopBack<S, C>& d, int64_t row, int64_t unit, C state_grad,
                         C& cell_grad, C* slopes) {
  const int64_t H = s.hidden;
  C kept[4] = {}, outer[4] = {}, inner[4] = {};
  for (int g = 0; g < s.kept; ++g) kept[g] = d.gates[(row * s.kept + g) * H + unit];
  if (d.output_grad) state_grad += static_cast<C>(d.output_grad[row * d.output_stride + unit]);
  const C straight = unit_backward(s.kind, kept, static_cast<C>(d.previous[row * H + unit]),
                                   d.previous_cell ? d.previous_cell[row * H + unit] : C(0), state_grad,
                                   cell_grad, outer, inner);
  for (int g = 0; g < s.gates; ++g) {
    const int64_t at = (row * s.gates + g) * H + unit;
    const S low = static_cast<S>(inner[g]);
    d.gates_grad[at] = static_cast<S>(outer[g]);
    if (d.hidden_grad) d.hidden_grad[at] = low;
    if (slopes) slopes[g * H + unit] = static_cast<C>(low);
  }
  return straight;
}

/// Blocks of `rows` sequences through all steps forward.
template <int rows, class S, class C>
void loop_forward(const RecurrentShape& shape, const LoopDirection<S, C> (&given)[2]) {
  const LoopSizes s(shape);
  const LoopDirection<S, C> one = given[0], two = given[1];
  const int64_t directions = shape.directions, groups = (s.batch + rows - 1) / rows, H = s.hidden,
                width = s.gates * H;
  const size_t bytes = static_cast<size_t>(rows * (3 * H + width)) * sizeof(C);
  for_blocks<kLoopWarps>(groups * directions, bytes, [=] TAPE_KERNEL(int64_t item, auto block) {
    const LoopDirection<S, C> d = item % directions == 0 ? one : two;
    const int64_t first = item / directions * rows;
    const int64_t count = s.batch - first < rows ? s.batch - first : rows;
    C* const state = reinterpret_cast<C*>(block.shared);
    C *const low = state + rows * H, *const cell = low + rows * H, *const sums = cell + rows * H;
    block.each(rows * H, [&](int64_t i) {
      const bool there = i < count * H;
      state[i] = there ? d.state[first * H + i] : C(0);
      low[i] = static_cast<C>(static_cast<S>(state[i]));  // as the product takes it
      cell[i] = there && d.cell ? d.cell[first * H + i] : C(0);
    });
    block.sync();
    for (int64_t step = 0; step < s.steps; ++step) {
      const int64_t t = d.reverse ? s.steps - 1 - step : step;
      const int64_t active = s.sizes[t] - first < count ? s.sizes[t] - first : count;
      if (active <= 0) continue;
      block.each(width, [&](int64_t j) {
        C sum[rows] = {};
        for (int64_t k = 0; k < H; ++k) {
          const C w = static_cast<C>(d.weight[k * width + j]);
          TAPE_UNROLL for (int r = 0; r < rows; ++r) sum[r] += w * low[r * H + k];
        }
        TAPE_UNROLL for (int r = 0; r < rows; ++r) sums[r * width + j] = sum[r];
      });
      block.sync();
      block.each(active * H, [&](int64_t i) {
        const int64_t r = i / H, unit = i % H, row = s.starts[t] + first + r;
        state[i] = row_forward(s, d, row, unit, sums + r * width, state[i], cell[i]);
        low[i] = static_cast<C>(static_cast<S>(state[i]));
      });
      block.sync();
    }
    block.each(count * H, [&](int64_t i) {
      d.state[first * H + i] = state[i];
      if (d.cell) d.cell[first * H + i] = cell[i];
    });
  });
}

/// The way back. The product with the weights is cut into parts of its depth, added up in order.
template <int rows, class S, class C>
void loop_backward(const RecurrentShape& shape, const LoopBack<S, C> (&given)[2]) {
  const LoopSizes s(shape);
  const LoopBack<S, C> one = given[0], two = given[1];
  const int64_t directions = shape.directions, groups = (s.batch + rows - 1) / rows, H = s.hidden,
                width = s.gates * H;
  const int64_t parts = H < kLoopThreads ? kLoopThreads / H : 1, depth = (width + parts - 1) / parts;
  const size_t bytes = static_cast<size_t>(rows * (2 * H + width + parts * H)) * sizeof(C);
  for_blocks<kLoopWarps>(groups * directions, bytes, [=] TAPE_KERNEL(int64_t item, auto block) {
    const LoopBack<S, C> d = item % directions == 0 ? one : two;
    const int64_t first = item / directions * rows;
    const int64_t count = s.batch - first < rows ? s.batch - first : rows;
    C* const state = reinterpret_cast<C*>(block.shared);
    C *const cell = state + rows * H, *const slopes = cell + rows * H, *const partial = slopes + rows * width;
    block.each(rows * H, [&](int64_t i) {
      const bool there = i < count * H;
      state[i] = there ? d.state[first * H + i] : C(0);
      cell[i] = there && d.cell ? d.cell[first * H + i] : C(0);
    });
    block.each(rows * width, [&](int64_t i) { slopes[i] = C(0); });
    block.sync();
    for (int64_t step = 0; step < s.steps; ++step) {
      const int64_t t = d.reverse ? step : s.steps - 1 - step;
      const int64_t active = s.sizes[t] - first < count ? s.sizes[t] - first : count;
      if (active <= 0) continue;
      block.each(active * H, [&](int64_t i) {
        const int64_t r = i / H, unit = i % H, row = s.starts[t] + first + r;
        state[i] = row_backward(s, d, row, unit, state[i], cell[i], slopes + r * width);
      });
      block.sync();
      block.each(parts * H, [&](int64_t i) {
        const int64_t unit = i % H, begin = i / H * depth;
        const int64_t end = begin + depth < width ? begin + depth : width;
        C sum[rows] = {};
        for (int64_t j = begin; j < end; ++j) {
          const C w = static_cast<C>(d.weight[j * H + unit]);
          TAPE_UNROLL for (int r = 0; r < rows; ++r) sum[r] += w * slopes[r * width + j];
        }
        TAPE_UNROLL for (int r = 0; r < rows; ++r) partial[r * parts * H + i] = sum[r];
      });
      block.sync();
      block.each(active * H, [&](int64_t i) {
        const C* const of_row = partial + i / H * parts * H + i % H;
        C sum = state[i];
        for (int64_t part = 0; part < parts; ++part) sum += of_row[part * H];
        state[i] = sum;
      });
      block.sync();
    }
    block.each(count * H, [&](int64_t i) {
      d.state[first * H + i] = state[i];
      if (d.cell) d.cell[first * H + i] = cell[i];
    });
  });
}

}  // namespace tape::cuda
