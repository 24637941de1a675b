// What is the same in attention whatever the products are made in: the walk over a head's queries, and what a
// row of scores becomes.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "rows.h"
#include "tape/kernels/attention.h"
#include "tape/random.h"
#include "vector_math.h"

namespace tape::cpu::TAPE_ISA {

constexpr int64_t kQueries = 48;  // of a block; a multiple of every tile's rows

template <class T>
T* start(const HeadView& view, int64_t batch, int64_t head) {
  return static_cast<T*>(view.data) + batch * view.batch + head * view.head;
}

/// Grows only; contents are whatever was there.
template <class T>
T* room(std::vector<T>& buffer, int64_t size) {
  if (buffer.size() < static_cast<size_t>(size)) buffer.resize(static_cast<size_t>(size));
  return buffer.data();
}

/// 0 or 1 / (1 - dropout) for the first `count` keys of a query.
template <class T>
void keep_factors(T* keep, const AttentionShape& shape, int64_t query, int64_t count) {
  const uint32_t threshold = drop_threshold(shape.dropout);
  const T factor = shape.dropout < 1 ? static_cast<T>(1.0 / (1.0 - shape.dropout)) : T(0);
  const uint64_t first = shape.state.offset + static_cast<uint64_t>(query * ((shape.keys + 3) / 4));
  for (int64_t j = 0; j < count; j += 4) {
    const Philox random = philox(shape.state.seed, first + static_cast<uint64_t>(j / 4));
    for (int64_t i = j; i < std::min(j + 4, count); ++i)
      keep[i] = stays(random.v[i - j], threshold) ? factor : T(0);
  }
}

/// One head, and the block of its queries in hand.
template <class T>
struct Head {
  Head(const AttentionShape& shape, int64_t index)
      : shape(shape), index(index), batch(index / shape.heads), head(index % shape.heads) {
    keys = shape.key_lengths ? shape.key_lengths[batch] : shape.keys;
  }
  /// Keys that some query before `end` sees.
  int64_t seen(int64_t end) const { return shape.causal ? std::min(keys, end) : keys; }

  /// Scales row `query` of scores and hides what its mask hides. Returns the greatest of the first `count`.
  T prepare(T* scores, int64_t query, int64_t count) const {
    const T scale = static_cast<T>(shape.scale);
    T top = -std::numeric_limits<T>::infinity();
    if (!shape.mask.data) {
#pragma omp simd reduction(max : top)
      for (int64_t j = 0; j < count; ++j) {
        const T score = scores[j] * scale;
        scores[j] = score;
        top = score > top ? score : top;
      }
      return top;
    }
    const int64_t* strides = shape.mask.strides;
    const int64_t at = batch * strides[0] + head * strides[1] + query * strides[2], step = strides[3];
    if (shape.mask.dtype == DType::boolean) {
      const bool* mask = static_cast<const bool*>(shape.mask.data) + at;
      for (int64_t j = 0; j < count; ++j)
        scores[j] = mask[j * step] ? scores[j] * scale : -std::numeric_limits<T>::infinity();
    } else {
      const T* mask = static_cast<const T*>(shape.mask.data) + at;
      for (int64_t j = 0; j < count; ++j) scores[j] = scores[j] * scale + mask[j * step];
    }
    return row_max(scores, count);
  }

  const AttentionShape& shape;
  int64_t index, batch, head, keys;
};

/// Row `query` of the scores becomes weights, not yet divided by their sum, which is returned: 0 when the
/// query sees nothing. Zeros up to `seen`. `log_sum_exp` gets the logarithm of the sum.
template <class T>
T weigh(const Head<T>& head, T* row, int64_t query, int64_t seen, T& log_sum_exp) {
  const int64_t sees = head.seen(query + 1);
  const T top = head.prepare(row, query, sees);
  T total = 0;
  if (top > -std::numeric_limits<T>::infinity()) {
#pragma omp simd reduction(+ : total)
    for (int64_t j = 0; j < sees; ++j) {
      const T e = fast_exp(row[j] - top);
      row[j] = e;
      total += e;
    }
  } else {
    for (int64_t j = 0; j < sees; ++j) {
      row[j] = row[j] != row[j] ? row[j] : T(0);  // hidden, all of them, or not numbers
      total += row[j];
    }
  }
  for (int64_t j = sees; j < seen; ++j) row[j] = 0;
  log_sum_exp = total == T(0) ? -std::numeric_limits<T>::infinity() : top + std::log(total);
  return total;
}

/// Weights of row `query` times the factors of its dropout, which `keep` gets.
template <class T>
void drop(const Head<T>& head, T* row, T* keep, int64_t query) {
  if (head.shape.dropout == 0) return;
  const int64_t sees = head.seen(query + 1);
  keep_factors(keep, head.shape, head.index * head.shape.queries + query, sees);
  for (int64_t j = 0; j < sees; ++j) row[j] *= keep[j];
}

/// Row `query` of the scores becomes weights, and `slope`, what the weights' gradient is before dropout,
/// becomes the gradient of the scores; `mean` is gradient . out of the query. `keep` gets the factors of
/// dropout. Zeros up to `seen`.
template <class T>
void weigh_again(const Head<T>& head, T* row, T* slope, T* keep, int64_t query, int64_t seen, T log_sum_exp,
                 T mean, bool slopes_wanted) {
  const AttentionShape& shape = head.shape;
  const int64_t sees = head.seen(query + 1);
  head.prepare(row, query, sees);
  // None where the query sees nothing.
  const bool blind = log_sum_exp == -std::numeric_limits<T>::infinity();
#pragma omp simd
  for (int64_t j = 0; j < sees; ++j) row[j] = blind ? T(0) : fast_exp(row[j] - log_sum_exp);
  for (int64_t j = sees; j < seen; ++j) row[j] = slope[j] = 0;
  if (shape.dropout > 0) keep_factors(keep, shape, head.index * shape.queries + query, sees);
  if (!slopes_wanted) return;
  const T scale = static_cast<T>(shape.scale);
  if (shape.dropout > 0)
    for (int64_t j = 0; j < sees; ++j) slope[j] *= keep[j];
#pragma omp simd
  for (int64_t j = 0; j < sees; ++j) slope[j] = row[j] * (slope[j] - mean) * scale;
}

}  // namespace tape::cpu::TAPE_ISA
