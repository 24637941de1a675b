#include "attention_bfloat16.h"

#include "attention_rows.h"
#include "bfloat16_pairs.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {

#if defined(TAPE_BFLOAT16_PAIRS)
namespace {

constexpr int64_t kPairBytes = sizeof(Pair);

/// Scratch memory of a thread.
struct Scratch {
  std::vector<float> scores, slopes, keep, block, key_sums, value_sums;
  std::vector<BFloat16> low;
  std::vector<Pair> keys_across, keys_down, values_across, values_down, left, right;
};
Scratch& scratch() {
  thread_local Scratch instance;
  return instance;
}

BFloat16* rows_of(const HeadView& view, int64_t batch, int64_t head) {
  return start<BFloat16>(view, batch, head);
}

/// Rows of weights or slopes, transposed: rows of the result are keys, the depth is queries.
PairLeft across(Pair* left, const float* rows, int64_t line, int64_t count, int64_t seen) {
  for (int64_t r = 0; r < count; r += 2)
    round_pairs(left + r / 2 * line, rows + r * line, r + 1 < count ? rows + (r + 1) * line : nullptr, seen);
  return {left, kPairBytes, line * kPairBytes};
}

/// Rows as the operand on the left, with a zero where a last pair wants one.
PairLeft rounded(BFloat16* low, const float* rows, int64_t line, int64_t count, int64_t seen) {
  for (int64_t r = 0; r < count; ++r) {
    round_line(low + r * line, rows + r * line, seen);
    if (seen % 2 != 0) low[r * line + seen] = BFloat16(0.0f);
  }
  return lines(low, line);
}

/// Rows of float32 sums into a head's rows.
void store(const HeadView& to, int64_t batch, int64_t head, const float* sums, int64_t line, int64_t rows,
           int64_t width) {
  BFloat16* out = rows_of(to, batch, head);
  for (int64_t r = 0; r < rows; ++r) round_line(out + r * to.step, sums + r * line, width);
}

}  // namespace

bool attention_takes_bfloat16(const AttentionShape& s) {
  // A pair of keys of which no query sees the second would bring what it holds into the result, were that not
  // finite.
  const bool whole = !s.causal || s.keys == s.queries || s.queries % 2 == 0;
  return multiplies_pairs() && whole && s.width % 2 == 0 && s.value_width % 2 == 0;
}

void attention_bfloat16(HeadView out, float* log_sum_exp, HeadView query, HeadView key, HeadView value,
                        const AttentionShape& shape) {
  const int64_t blocks = (shape.queries + kQueries - 1) / kQueries;
  const int64_t line = pair_padded(shape.keys), across_width = pair_padded(shape.value_width);
  const int64_t work = std::min(kQueries, shape.queries) * shape.keys * (shape.width + shape.value_width);
  parallel_for(shape.batch * shape.heads * blocks, 65536 / (work + 1) + 1, [&](int64_t begin, int64_t end) {
    Scratch& memory = scratch();
    float* const scores = room(memory.scores, kQueries * line);
    float* const keep = room(memory.keep, shape.keys);
    float* const sums = room(memory.block, kQueries * across_width);
    BFloat16* const low = room(memory.low, kQueries * line);
    Pair* const keys = room(memory.keys_across, pairs_size(shape.width, shape.keys));
    Pair* const values = room(memory.values_down, pairs_size(shape.keys, shape.value_width));
    int64_t packed = -1;
    for (int64_t item = begin; item < end; ++item) {
      const Head<float> head(shape, item / blocks);
      if (packed != head.index) {
        packed = head.index;
        pack_pairs_across(keys, rows_of(key, head.batch, head.head), shape.width, head.keys, key.step);
        pack_pairs_down(values, rows_of(value, head.batch, head.head), head.keys, shape.value_width,
                        value.step);
      }
      const int64_t first = item % blocks * kQueries;
      const int64_t count = std::min(kQueries, shape.queries - first);
      const int64_t seen = head.seen(first + count);
      const BFloat16* q = rows_of(query, head.batch, head.head) + first * query.step;
      multiply_pairs(scores, line, count, seen, lines(q, query.step), keys, shape.width / 2, shape.width / 2,
                     false);
      float inverse[kQueries];
      for (int64_t r = 0; r < count; ++r) {
        float* row = scores + r * line;
        const float total =
            weigh(head, row, first + r, seen, log_sum_exp[head.index * shape.queries + first + r]);
        inverse[r] = total == 0 ? 0 : 1 / total;
        drop(head, row, keep, first + r);
      }
      multiply_pairs(sums, across_width, count, shape.value_width, rounded(low, scores, line, count, seen),
                     values, pair_count(head.keys), pair_count(seen), false);
      BFloat16* o = rows_of(out, head.batch, head.head) + first * out.step;
      for (int64_t r = 0; r < count; ++r) {
        float* row = sums + r * across_width;
#pragma omp simd
        for (int64_t c = 0; c < shape.value_width; ++c) row[c] *= inverse[r];
        round_line(o + r * out.step, row, shape.value_width);
      }
    }
  });
}

void attention_grad_bfloat16(HeadView grad_query, HeadView grad_key, HeadView grad_value, HeadView gradient,
                             HeadView out, const float* log_sum_exp, HeadView query, HeadView key,
                             HeadView value, const AttentionShape& shape) {
  const int64_t width = shape.width, value_width = shape.value_width, line = pair_padded(shape.keys);
  const int64_t key_line = pair_padded(width), value_line = pair_padded(value_width);
  const int64_t work = shape.queries * shape.keys * (width + value_width);
  const bool slopes_wanted = grad_query.data || grad_key.data;
  parallel_for(shape.batch * shape.heads, 65536 / (work + 1) + 1, [&](int64_t begin, int64_t end) {
    Scratch& memory = scratch();
    float* const scores = room(memory.scores, kQueries * line);
    float* const slopes = room(memory.slopes, kQueries * line);
    float* const keep = room(memory.keep, kQueries * line);
    float* const sums = room(memory.block, kQueries * key_line);
    float* const key_sums = room(memory.key_sums, shape.keys * key_line);
    float* const value_sums = room(memory.value_sums, shape.keys * value_line);
    BFloat16* const low = room(memory.low, kQueries * line);
    Pair* const keys_across = room(memory.keys_across, pairs_size(width, shape.keys));
    Pair* const keys_down = room(memory.keys_down, pairs_size(shape.keys, width));
    Pair* const values_across = room(memory.values_across, pairs_size(value_width, shape.keys));
    Pair* const left = room(memory.left, pair_count(kQueries) * line);
    Pair* const right = room(memory.right, pairs_size(kQueries, std::max(width, value_width)));
    for (int64_t index = begin; index < end; ++index) {
      const Head<float> head(shape, index);
      const auto at = [&](const HeadView& view) { return rows_of(view, head.batch, head.head); };
      std::fill(key_sums, key_sums + shape.keys * key_line, 0.0f);
      std::fill(value_sums, value_sums + shape.keys * value_line, 0.0f);
      pack_pairs_across(keys_across, at(key), width, head.keys, key.step);
      if (slopes_wanted) pack_pairs_across(values_across, at(value), value_width, head.keys, value.step);
      if (grad_query.data) pack_pairs_down(keys_down, at(key), head.keys, width, key.step);
      for (int64_t first = 0; first < shape.queries; first += kQueries) {
        const int64_t count = std::min(kQueries, shape.queries - first);
        const int64_t seen = head.seen(first + count), pairs = pair_count(count);
        const BFloat16* q = at(query) + first * query.step;
        const BFloat16* g = at(gradient) + first * gradient.step;
        const BFloat16* o = at(out) + first * out.step;
        multiply_pairs(scores, line, count, seen, lines(q, query.step), keys_across, width / 2, width / 2,
                       false);
        if (slopes_wanted)
          multiply_pairs(slopes, line, count, seen, lines(g, gradient.step), values_across, value_width / 2,
                         value_width / 2, false);
        for (int64_t r = 0; r < count; ++r) {
          float mean = 0;  // of the slopes under the weights: gradient . out
#pragma omp simd reduction(+ : mean)
          for (int64_t c = 0; c < value_width; ++c)
            mean += static_cast<float>(g[r * gradient.step + c]) * static_cast<float>(o[r * out.step + c]);
          weigh_again(head, scores + r * line, slopes + r * line, keep + r * line, first + r, seen,
                      log_sum_exp[index * shape.queries + first + r], mean, slopes_wanted);
        }
        if (grad_value.data) {
          if (shape.dropout > 0)
            for (int64_t r = 0; r < count; ++r)
              for (int64_t j = 0; j < head.seen(first + r + 1); ++j)
                scores[r * line + j] *= keep[r * line + j];
          pack_pairs_down(right, g, count, value_width, gradient.step);
          multiply_pairs(value_sums, value_line, seen, value_width, across(left, scores, line, count, seen),
                         right, pairs, pairs, true);
        }
        if (grad_query.data) {
          multiply_pairs(sums, key_line, count, width, rounded(low, slopes, line, count, seen), keys_down,
                         pair_count(head.keys), pair_count(seen), false);
          BFloat16* to = at(grad_query) + first * grad_query.step;
          for (int64_t r = 0; r < count; ++r)
            round_line(to + r * grad_query.step, sums + r * key_line, width);
        }
        if (grad_key.data) {
          pack_pairs_down(right, q, count, width, query.step);
          multiply_pairs(key_sums, key_line, seen, width, across(left, slopes, line, count, seen), right,
                         pairs, pairs, true);
        }
      }
      if (grad_key.data) store(grad_key, head.batch, head.head, key_sums, key_line, shape.keys, width);
      if (grad_value.data)
        store(grad_value, head.batch, head.head, value_sums, value_line, shape.keys, value_width);
    }
  });
}

#else

bool attention_takes_bfloat16(const AttentionShape&) { return false; }
void attention_bfloat16(HeadView, float*, HeadView, HeadView, HeadView, const AttentionShape&) {}
void attention_grad_bfloat16(HeadView, HeadView, HeadView, HeadView, HeadView, const float*, HeadView,
                             HeadView, HeadView, const AttentionShape&) {}

#endif

}  // namespace tape::cpu::TAPE_ISA
