#include "recurrent_bfloat16.h"

#include "bfloat16_pairs.h"
#include "recurrent_gates.h"
#include "recurrent_loops.h"

namespace tape::cpu::TAPE_ISA {

#if defined(TAPE_BFLOAT16_PAIRS)
namespace {

/// This thread's room for packed weights of every direction.
Pair* packing_room(int64_t count) {
  thread_local std::vector<Pair> room;
  if (room.size() < static_cast<size_t>(count)) room.resize(static_cast<size_t>(count));
  return room.data();
}

/// Packs whole panels side by side on threads; `pack` takes its place, the first column and the number of
/// columns.
template <class Pack>
void pack_panels(Pair* to, int64_t depth, int64_t cols, const Pack& pack) {
  const int64_t panel = pairs_size(depth, kPairCols);
  parallel_for((cols + kPairCols - 1) / kPairCols, 1 + kThreadWork / (panel + 1),
               [&](int64_t begin, int64_t end) {
                 const int64_t first = begin * kPairCols;
                 pack(to + begin * panel, first, std::min(end * kPairCols, cols) - first);
               });
}

/// The weight [cols, depth] as the operand that states are multiplied with.
void pack_across(Pair* to, const BFloat16* weight, int64_t depth, int64_t cols) {
  pack_panels(to, depth, cols, [=](Pair* at, int64_t first, int64_t count) {
    pack_pairs_across(at, weight + first * depth, depth, count, depth);
  });
}
/// The weight [depth, cols] as the operand that gradients of gates are multiplied with.
void pack_down(Pair* to, const BFloat16* weight, int64_t depth, int64_t cols) {
  pack_panels(to, depth, cols, [=](Pair* at, int64_t first, int64_t count) {
    pack_pairs_down(at, weight + first, depth, count, cols);
  });
}

void forward_rows(const RecurrentShape& s, const RecurrentForward& d, const Pair* packed, int64_t first,
                  int64_t last) {
  const int64_t H = s.hidden, width = kept_count(s.kind) * H, pairs = H / 2;
  const bool gru = s.kind == CellKind::gru;
  float* state = at<float>(d.state, first * H);
  float* cell = at<float>(d.cell, first * H);
  const float* bias = at<float>(d.bias_new, 0);
  std::vector<BFloat16> unkept(d.previous ? 0 : static_cast<size_t>((last - first) * H));
  for_steps(s, d.reverse, first, last, [&](int64_t row, int64_t rows) {
    float* gates = at<float>(d.gates, row * width);
    BFloat16* output = at<BFloat16>(d.output, row * d.output_stride);
    BFloat16* previous = d.previous ? at<BFloat16>(d.previous, row * H) : unkept.data();
    round_line(previous, state, rows * H);
    if (d.previous_cell) copy_rows(at<float>(d.previous_cell, row * H), H, cell, H, rows, H);
    const int64_t summed = gru ? 2 * H : gate_count(s.kind) * H;
    multiply_pairs(gates, width, rows, summed, lines(previous, H), packed, pairs, pairs, true);
    if (gru)
      multiply_pairs(gates + 3 * H, width, rows, H, lines(previous, H), packed + pairs_size(H, summed), pairs,
                     pairs, false);
    for (int64_t r = 0; r < rows; ++r) {
      step_forward(s.kind, gates + r * width, bias, state + r * H, cell ? cell + r * H : nullptr, H);
      round_line(output + r * d.output_stride, state + r * H, H);
    }
  });
}

void backward_rows(const RecurrentShape& s, const RecurrentBackward& d, const Pair* packed, int64_t first,
                   int64_t last) {
  const int64_t H = s.hidden, kept = kept_count(s.kind) * H, width = gate_count(s.kind) * H;
  const bool gru = s.kind == CellKind::gru;
  float* state = at<float>(d.state, first * H);
  float* cell = at<float>(d.cell, first * H);
  // One row in float32, before it is rounded.
  std::vector<float> row_grads(static_cast<size_t>(2 * width + H));
  float *dg = row_grads.data(), *de = dg + width, *before = de + width;
  for_steps(s, !d.reverse, first, last, [&](int64_t row, int64_t rows) {
    const float* gates = at<float>(d.gates, row * kept);
    const BFloat16* previous = at<BFloat16>(d.previous, row * H);
    const float* previous_cell = at<float>(d.previous_cell, row * H);
    BFloat16* gates_grad = at<BFloat16>(d.gates_grad, row * width);
    BFloat16* hidden_grad = gru ? at<BFloat16>(d.hidden_grad, row * width) : gates_grad;
    for (int64_t r = 0; r < rows; ++r) {
      float* dh = state + r * H;
      if (d.output_grad) {
        const BFloat16* outer = at<BFloat16>(d.output_grad, (row + r) * d.output_stride);
#pragma omp simd
        for (int64_t u = 0; u < H; ++u) dh[u] += static_cast<float>(outer[u]);
      }
      if (gru) {
#pragma omp simd
        for (int64_t u = 0; u < H; ++u) before[u] = static_cast<float>(previous[r * H + u]);
      }
      step_backward(s.kind, gates + r * kept, static_cast<const float*>(before),
                    cell ? previous_cell + r * H : nullptr, dh, cell ? cell + r * H : nullptr, dg, de, H);
      round_line(gates_grad + r * width, dg, width);
      if (gru) round_line(hidden_grad + r * width, de, width);
    }
    multiply_pairs(state, H, rows, H, lines(hidden_grad, width), packed, width / 2, width / 2, gru);
  });
}

}  // namespace

bool recurrent_takes_bfloat16(const RecurrentShape& s) { return multiplies_pairs() && s.hidden % 2 == 0; }

void recurrent_forward_bfloat16(const RecurrentShape& s, const RecurrentForward* directions) {
  const int64_t H = s.hidden;
  // The new gate of a GRU is packed apart: its product is kept apart too.
  const int64_t summed = s.kind == CellKind::gru ? 2 * H : gate_count(s.kind) * H;
  const int64_t apart = s.kind == CellKind::gru ? H : 0;
  const int64_t size = pairs_size(H, summed) + pairs_size(H, apart);
  Pair* room = packing_room(size * s.directions);
  for (int64_t d = 0; d < s.directions; ++d) {
    const BFloat16* weight = static_cast<const BFloat16*>(directions[d].weight);
    pack_across(room + d * size, weight, H, summed);
    if (apart) pack_across(room + d * size + pairs_size(H, summed), weight + summed * H, H, apart);
  }
  run(s, [&](int64_t d, int64_t first, int64_t last) {
    forward_rows(s, directions[d], room + d * size, first, last);
  });
}

void recurrent_backward_bfloat16(const RecurrentShape& s, const RecurrentBackward* directions) {
  const int64_t H = s.hidden, depth = gate_count(s.kind) * H, size = pairs_size(depth, H);
  Pair* room = packing_room(size * s.directions);
  for (int64_t d = 0; d < s.directions; ++d)
    pack_down(room + d * size, static_cast<const BFloat16*>(directions[d].weight), depth, H);
  run(s, [&](int64_t d, int64_t first, int64_t last) {
    backward_rows(s, directions[d], room + d * size, first, last);
  });
}

#else

bool recurrent_takes_bfloat16(const RecurrentShape&) { return false; }
void recurrent_forward_bfloat16(const RecurrentShape&, const RecurrentForward*) {}
void recurrent_backward_bfloat16(const RecurrentShape&, const RecurrentBackward*) {}

#endif

}  // namespace tape::cpu::TAPE_ISA
