// Time loops of recurrent layers, whatever their products are made in: the order of steps, and which
// sequences a thread takes.
#pragma once
#include <algorithm>
#include <cstring>
#include <vector>

#include "parallel.h"
#include "tape/kernels/recurrent.h"

namespace tape::cpu::TAPE_ISA {

/// Products below which a second thread costs more than it brings.
constexpr int64_t kThreadWork = 1 << 17;

template <class T>
const T* at(const void* data, int64_t offset) {
  return data ? static_cast<const T*>(data) + offset : nullptr;
}
template <class T>
T* at(void* data, int64_t offset) {
  return data ? static_cast<T*>(data) + offset : nullptr;
}

template <class T>
void copy_rows(T* to, int64_t to_stride, const T* from, int64_t from_stride, int64_t rows, int64_t width) {
  const size_t bytes = static_cast<size_t>(width) * sizeof(T);
  for (int64_t r = 0; r < rows; ++r) std::memcpy(to + r * to_stride, from + r * from_stride, bytes);
}

/// Steps in the order they run; calls step(packed row of the first sequence, number of sequences) with the
/// sequences of [first, last) that reach it.
template <class Step>
void for_steps(const RecurrentShape& s, bool backwards, int64_t first, int64_t last, const Step& step) {
  for (int64_t i = 0; i < s.steps; ++i) {
    const int64_t t = backwards ? s.steps - 1 - i : i;
    const int64_t rows = std::min(last, s.sizes[t]) - first;
    if (rows > 0) step(s.starts[t] + first, rows);
  }
}

/// Where the sequences of each thread begin: parts of about the same number of time steps.
inline std::vector<int64_t> share_out(const RecurrentShape& s, int64_t parts) {
  int64_t total = 0, done = 0;
  for (int64_t t = 0; t < s.steps; ++t) total += s.sizes[t];
  std::vector<int64_t> begins{0};
  int64_t length = s.steps;
  for (int64_t row = 0; row < s.batch; ++row) {
    while (length > 0 && s.sizes[length - 1] <= row) --length;
    done += length;
    const auto next = static_cast<int64_t>(begins.size());
    if (next < parts && done * parts >= next * total) begins.push_back(row + 1);
  }
  while (static_cast<int64_t>(begins.size()) <= parts) begins.push_back(s.batch);
  return begins;
}

/// Calls body(direction, first, last) for every direction and share of its sequences.
template <class Body>
void run(const RecurrentShape& s, const Body& body) {
  int64_t rows = 0;
  for (int64_t t = 0; t < s.steps; ++t) rows += s.sizes[t];
  if (rows * s.hidden * s.hidden * gate_count(s.kind) * s.directions < kThreadWork || thread_count() == 1) {
    for (int64_t d = 0; d < s.directions; ++d) body(d, 0, s.batch);
    return;
  }
  const int64_t threads = thread_count();
  const int64_t parts = std::clamp<int64_t>((threads + s.directions - 1) / s.directions, 1, s.batch);
  const std::vector<int64_t> begins = share_out(s, parts);
  parallel_for(parts * s.directions, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const auto part = static_cast<size_t>(task / s.directions);
      if (begins[part] < begins[part + 1]) body(task % s.directions, begins[part], begins[part + 1]);
    }
  });
}

}  // namespace tape::cpu::TAPE_ISA
