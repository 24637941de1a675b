// Time loops of recurrent layers. Sequences do not depend on each other, so threads share them out and run
// the whole loop without meeting: each takes neighbouring sequences with about as many time steps as the
// others'. Weights are packed once for all steps.
#include "kernel_set.h"
#include "packed_product.h"
#include "recurrent_bfloat16.h"
#include "recurrent_gates.h"
#include "recurrent_loops.h"
#include "small_product.h"

namespace tape::cpu::TAPE_ISA {
namespace {

template <class T>
void forward_rows(const RecurrentShape& s, const RecurrentForward& d, const T* packed, int64_t first,
                  int64_t last) {
  const int64_t H = s.hidden, width = kept_count(s.kind) * H;
  const bool gru = s.kind == CellKind::gru;
  T* state = at<T>(d.state, first * H);
  T* cell = at<T>(d.cell, first * H);
  const T* bias = at<T>(d.bias_new, 0);
  for_steps(s, d.reverse, first, last, [&](int64_t row, int64_t rows) {
    T* gates = at<T>(d.gates, row * width);
    T* output = at<T>(d.output, row * d.output_stride);
    if (d.previous) copy_rows(at<T>(d.previous, row * H), H, state, H, rows, H);
    if (d.previous_cell) copy_rows(at<T>(d.previous_cell, row * H), H, cell, H, rows, H);
    const int64_t summed = gru ? 2 * H : gate_count(s.kind) * H;
    packed_product(gates, width, state, H, rows, packed, H, summed, true);
    if (gru)
      packed_product(gates + 3 * H, width, state, H, rows, packed + packed_size<T>(H, summed), H, H, false);
    for (int64_t r = 0; r < rows; ++r)
      step_forward(s.kind, gates + r * width, bias, state + r * H, cell ? cell + r * H : nullptr, H);
    copy_rows(output, d.output_stride, state, H, rows, H);
  });
}

template <class T>
void backward_rows(const RecurrentShape& s, const RecurrentBackward& d, const T* packed, int64_t first,
                   int64_t last) {
  const int64_t H = s.hidden, kept = kept_count(s.kind) * H, width = gate_count(s.kind) * H;
  const bool gru = s.kind == CellKind::gru;
  T* state = at<T>(d.state, first * H);
  T* cell = at<T>(d.cell, first * H);
  for_steps(s, !d.reverse, first, last, [&](int64_t row, int64_t rows) {
    const T* gates = at<T>(d.gates, row * kept);
    const T* previous = at<T>(d.previous, row * H);
    const T* previous_cell = at<T>(d.previous_cell, row * H);
    T* gates_grad = at<T>(d.gates_grad, row * width);
    T* hidden_grad = gru ? at<T>(d.hidden_grad, row * width) : gates_grad;
    for (int64_t r = 0; r < rows; ++r) {
      T *dh = state + r * H, *dg = gates_grad + r * width;
      const T* g = gates + r * kept;
      if (d.output_grad) {
        const T* outer = at<T>(d.output_grad, (row + r) * d.output_stride);
#pragma omp simd
        for (int64_t u = 0; u < H; ++u) dh[u] += outer[u];
      }
      step_backward(s.kind, g, previous + r * H, cell ? previous_cell + r * H : nullptr, dh,
                    cell ? cell + r * H : nullptr, dg, hidden_grad + r * width, H);
    }
    packed_product(state, H, hidden_grad, width, rows, packed, width, H, gru);
  });
}

/// This thread's room for packed weights of every direction.
template <class T>
T* packing_room(int64_t count) {
  thread_local std::vector<T> room;
  if (room.size() < static_cast<size_t>(count)) room.resize(static_cast<size_t>(count));
  return room.data();
}

template <class T>
void pack(T* packed, const T* weight, int64_t depth, int64_t cols, int64_t depth_stride, int64_t col_stride) {
  const int64_t panels = (cols + Panel<T>::cols - 1) / Panel<T>::cols;
  const int64_t grain = 1 + kThreadWork / (depth * Panel<T>::cols + 1);
  parallel_for(panels, grain, [&](int64_t begin, int64_t end) {
    pack_panels(packed, weight, depth, cols, depth_stride, col_stride, begin, end);
  });
}

}  // namespace

void gather_or_zero(void* out, const void* in, const int64_t* index, int64_t count, int64_t row_bytes) {
  const auto bytes = static_cast<size_t>(row_bytes);
  parallel_for(count, 1 + (1 << 18) / (row_bytes + 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      char* to = static_cast<char*>(out) + i * row_bytes;
      if (index[i] < 0)
        std::memset(to, 0, bytes);
      else
        std::memcpy(to, static_cast<const char*>(in) + index[i] * row_bytes, bytes);
    }
  });
}

void recurrent_forward(DType dtype, const RecurrentShape& s, const RecurrentForward* directions) {
  if (dtype == DType::bfloat16) return recurrent_forward_bfloat16(s, directions);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t H = s.hidden;
    // The new gate of a GRU is packed apart: its product is kept apart too.
    const int64_t summed = s.kind == CellKind::gru ? 2 * H : gate_count(s.kind) * H;
    const int64_t apart = s.kind == CellKind::gru ? H : 0;
    const int64_t size = packed_size<T>(H, summed) + packed_size<T>(H, apart);
    T* room = packing_room<T>(size * s.directions);
    for (int64_t d = 0; d < s.directions; ++d) {
      const T* weight = static_cast<const T*>(directions[d].weight);
      pack(room + d * size, weight, H, summed, 1, H);
      if (apart) pack(room + d * size + packed_size<T>(H, summed), weight + summed * H, H, apart, 1, H);
    }
    run(s, [&](int64_t d, int64_t first, int64_t last) {
      forward_rows<T>(s, directions[d], room + d * size, first, last);
    });
  });
}

void recurrent_backward(DType dtype, const RecurrentShape& s, const RecurrentBackward* directions) {
  if (dtype == DType::bfloat16) return recurrent_backward_bfloat16(s, directions);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t H = s.hidden, depth = gate_count(s.kind) * H, size = packed_size<T>(depth, H);
    T* room = packing_room<T>(size * s.directions);
    for (int64_t d = 0; d < s.directions; ++d)
      pack(room + d * size, static_cast<const T*>(directions[d].weight), depth, H, H, 1);
    run(s, [&](int64_t d, int64_t first, int64_t last) {
      backward_rows<T>(s, directions[d], room + d * size, first, last);
    });
  });
}

bool few_rows(DType dtype, const Matrix& c, const Matrix& a, const Matrix& b, const void* bias) {
  return visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return small_product(c, a, b, static_cast<const T*>(bias));
  });
}

void cell_forward(DType dtype, CellKind kind, int64_t rows, int64_t H, const CellForward& c) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t width = gate_count(kind) * H, summed = kind == CellKind::gru ? 2 * H : width;
    for (int64_t r = 0; r < rows; ++r) {
      T *gates = at<T>(c.gates, r * width), *next = at<T>(c.next_state, r * H);
      const T* hidden = at<T>(c.hidden_gates, r * width);
#pragma omp simd
      for (int64_t u = 0; u < summed; ++u) gates[u] += hidden[u];
      switch (kind) {
        case CellKind::tanh:
          simple_forward<T, false>(gates, next, H);
          break;
        case CellKind::relu:
          simple_forward<T, true>(gates, next, H);
          break;
        case CellKind::lstm:
          lstm_forward(gates, at<T>(c.cell, r * H), at<T>(c.next_cell, r * H), next, H);
          break;
        case CellKind::gru:
          gru_forward(gates, hidden + summed, at<T>(c.state, r * H), next, H);
          break;
      }
    }
  });
}

void cell_backward(DType dtype, CellKind kind, int64_t rows, int64_t H, const CellBackward& c) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t width = gate_count(kind) * H;
    for (int64_t r = 0; r < rows; ++r) {
      const T *gates = at<T>(c.gates, r * width), *dh = at<T>(c.next_state_grad, r * H);
      T* dg = at<T>(c.gates_grad, r * width);
      switch (kind) {
        case CellKind::tanh:
          simple_backward<T, false>(gates, dh, dg, H);
          break;
        case CellKind::relu:
          simple_backward<T, true>(gates, dh, dg, H);
          break;
        case CellKind::lstm:
          lstm_backward(gates, at<T>(c.cell, r * H), dh, at<T>(c.next_cell_grad, r * H),
                        at<T>(c.cell_grad, r * H), dg, H);
          break;
        case CellKind::gru:
          gru_backward(gates, at<T>(c.hidden_gates, r * width) + 2 * H, at<T>(c.state, r * H), dh,
                       at<T>(c.state_grad, r * H), dg, at<T>(c.hidden_grad, r * width), H);
          break;
      }
    }
  });
}

RecurrentKernels recurrent_table() {
  return {
      gather_or_zero, recurrent_takes_bfloat16, recurrent_forward, recurrent_backward, few_rows, cell_forward,
      cell_backward};
}

}  // namespace tape::cpu::TAPE_ISA
