// Attention, a block of queries at a time against all keys it may see: their scores stay in the second-level
// cache, and nothing of the size queries x keys reaches memory. One thread works on a head (forward: on a
// block), so results do not depend on how many there are.
#include "attention_bfloat16.h"
#include "attention_rows.h"
#include "kernel_set.h"
#include "parallel.h"
#include "tile.h"

namespace tape::cpu::TAPE_ISA {
namespace {

/// Scratch memory of a thread.
template <class T>
struct Scratch {
  std::vector<T> scores, slopes, keep, keys_across, keys_down, values_across, values_down, block, rows;
};
template <class T>
Scratch<T>& scratch() {
  thread_local Scratch<T> instance;
  return instance;
}

template <class T>
void forward_typed(const HeadView& out, T* log_sum_exp, const HeadView& query, const HeadView& key,
                   const HeadView& value, const AttentionShape& shape) {
  const int64_t blocks = (shape.queries + kQueries - 1) / kQueries;
  const int64_t line = Tile<T>::padded(shape.keys);
  const int64_t work = std::min(kQueries, shape.queries) * shape.keys * (shape.width + shape.value_width);
  parallel_for(shape.batch * shape.heads * blocks, 65536 / (work + 1) + 1, [&](int64_t begin, int64_t end) {
    Scratch<T>& memory = scratch<T>();
    T* const scores = room(memory.scores, kQueries * line);
    T* const keys = room(memory.keys_across, line * shape.width);
    T* const values = room(memory.values_down, shape.keys * Tile<T>::padded(shape.value_width));
    T* const keep = room(memory.keep, shape.keys);
    int64_t packed = -1;
    for (int64_t item = begin; item < end; ++item) {
      const Head<T> head(shape, item / blocks);
      if (packed != head.index) {
        packed = head.index;
        pack_panels(keys, start<T>(key, head.batch, head.head), shape.width, 1, head.keys, key.step);
        pack_panels(values, start<T>(value, head.batch, head.head), head.keys, value.step, shape.value_width,
                    1);
      }
      const int64_t first = item % blocks * kQueries;
      const int64_t count = std::min(kQueries, shape.queries - first);
      const int64_t seen = head.seen(first + count);
      const T* q = start<T>(query, head.batch, head.head) + first * query.step;
      multiply<T>(scores, line, count, Tile<T>::padded(seen), {q, query.step, 1}, keys, shape.width, false);
      T inverse[kQueries];
      for (int64_t r = 0; r < count; ++r) {
        T* row = scores + r * line;
        const T total =
            weigh(head, row, first + r, seen, log_sum_exp[head.index * shape.queries + first + r]);
        inverse[r] = total == T(0) ? T(0) : T(1) / total;
        drop(head, row, keep, first + r);
      }
      T* o = start<T>(out, head.batch, head.head) + first * out.step;
      // values are packed for all of the head's keys: a panel is head.keys deep, of which `seen` count.
      for (int64_t c = 0; c < shape.value_width; c += Tile<T>::cols)
        multiply<T>(o + c, out.step, count, std::min(Tile<T>::cols, shape.value_width - c), {scores, line, 1},
                    values + c * head.keys, seen, false);
      for (int64_t r = 0; r < count; ++r)
        for (int64_t c = 0; c < shape.value_width; ++c) o[r * out.step + c] *= inverse[r];
    }
  });
}

template <class T>
void clear_rows(const HeadView& view, int64_t batch, int64_t head, int64_t steps, int64_t width) {
  if (!view.data) return;
  T* to = start<T>(view, batch, head);
  for (int64_t i = 0; i < steps; ++i) std::fill(to + i * view.step, to + i * view.step + width, T(0));
}

template <class T>
void backward_typed(const HeadView& grad_query, const HeadView& grad_key, const HeadView& grad_value,
                    const HeadView& gradient, const HeadView& out, const T* log_sum_exp,
                    const HeadView& query, const HeadView& key, const HeadView& value,
                    const AttentionShape& shape) {
  const int64_t line = Tile<T>::padded(shape.keys), width = shape.width, value_width = shape.value_width;
  const int64_t work = shape.queries * shape.keys * (width + value_width);
  const bool slopes_wanted = grad_query.data || grad_key.data;
  parallel_for(shape.batch * shape.heads, 65536 / (work + 1) + 1, [&](int64_t begin, int64_t end) {
    Scratch<T>& memory = scratch<T>();
    T* const scores = room(memory.scores, kQueries * line);
    T* const slopes = room(memory.slopes, kQueries * line);
    T* const keep = room(memory.keep, kQueries * line);
    T* const keys_across = room(memory.keys_across, line * width);
    T* const keys_down = room(memory.keys_down, shape.keys * Tile<T>::padded(width));
    T* const values_across = room(memory.values_across, line * value_width);
    T* const block = room(memory.block, kQueries * Tile<T>::padded(std::max(width, value_width)));
    for (int64_t index = begin; index < end; ++index) {
      const Head<T> head(shape, index);
      const auto at = [&](const HeadView& view) { return start<T>(view, head.batch, head.head); };
      clear_rows<T>(grad_key, head.batch, head.head, shape.keys, width);
      clear_rows<T>(grad_value, head.batch, head.head, shape.keys, value_width);
      pack_panels(keys_across, at(key), width, 1, head.keys, key.step);
      if (slopes_wanted) pack_panels(values_across, at(value), value_width, 1, head.keys, value.step);
      if (grad_query.data) pack_panels(keys_down, at(key), head.keys, key.step, width, 1);
      for (int64_t first = 0; first < shape.queries; first += kQueries) {
        const int64_t count = std::min(kQueries, shape.queries - first);
        const int64_t seen = head.seen(first + count), padded = Tile<T>::padded(seen);
        const T* q = at(query) + first * query.step;
        const T* g = at(gradient) + first * gradient.step;
        const T* o = at(out) + first * out.step;
        multiply<T>(scores, line, count, padded, {q, query.step, 1}, keys_across, width, false);
        if (slopes_wanted)
          multiply<T>(slopes, line, count, padded, {g, gradient.step, 1}, values_across, value_width, false);
        for (int64_t r = 0; r < count; ++r) {
          T *row = scores + r * line, *slope = slopes + r * line, *kept = keep + r * line;
          T mean = 0;  // of the slopes under the weights: gradient . out
          if (slopes_wanted) {
#pragma omp simd reduction(+ : mean)
            for (int64_t c = 0; c < value_width; ++c) mean += g[r * gradient.step + c] * o[r * out.step + c];
          }
          weigh_again(head, row, slope, kept, first + r, seen, log_sum_exp[index * shape.queries + first + r],
                      mean, slopes_wanted);
        }
        if (grad_value.data) {
          if (shape.dropout > 0)
            for (int64_t r = 0; r < count; ++r)
              for (int64_t j = 0; j < head.seen(first + r + 1); ++j)
                scores[r * line + j] *= keep[r * line + j];
          pack_panels(block, g, count, gradient.step, value_width, 1);
          multiply<T>(at(grad_value), grad_value.step, seen, value_width, {scores, 1, line}, block, count,
                      true);
        }
        if (grad_query.data)
          for (int64_t c = 0; c < width; c += Tile<T>::cols)
            multiply<T>(at(grad_query) + first * grad_query.step + c, grad_query.step, count,
                        std::min(Tile<T>::cols, width - c), {slopes, line, 1}, keys_down + c * head.keys,
                        seen, false);
        if (grad_key.data) {
          pack_panels(block, q, count, query.step, width, 1);
          multiply<T>(at(grad_key), grad_key.step, seen, width, {slopes, 1, line}, block, count, true);
        }
      }
    }
  });
}

}  // namespace

void attention(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value, DType dtype,
               const AttentionShape& shape) {
  if (dtype == DType::bfloat16)
    return attention_bfloat16(out, static_cast<float*>(log_sum_exp), query, key, value, shape);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    forward_typed<T>(out, static_cast<T*>(log_sum_exp), query, key, value, shape);
  });
}

void attention_grad(HeadView grad_query, HeadView grad_key, HeadView grad_value, HeadView gradient,
                    HeadView out, const void* log_sum_exp, HeadView query, HeadView key, HeadView value,
                    DType dtype, const AttentionShape& shape) {
  if (dtype == DType::bfloat16)
    return attention_grad_bfloat16(grad_query, grad_key, grad_value, gradient, out,
                                   static_cast<const float*>(log_sum_exp), query, key, value, shape);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    backward_typed<T>(grad_query, grad_key, grad_value, gradient, out, static_cast<const T*>(log_sum_exp),
                      query, key, value, shape);
  });
}

void attention_dropout(void* out, DType dtype, const AttentionShape& shape) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (int64_t row = 0; row < shape.batch * shape.heads * shape.queries; ++row)
      keep_factors(static_cast<T*>(out) + row * shape.keys, shape, row, shape.keys);
  });
}

bool attention_takes(DType dtype, const AttentionShape& shape) {
  return !is_half(dtype) || (dtype == DType::bfloat16 && attention_takes_bfloat16(shape));
}

AttentionKernels attention_table() { return {attention_takes, attention, attention_grad, attention_dropout}; }

}  // namespace tape::cpu::TAPE_ISA
