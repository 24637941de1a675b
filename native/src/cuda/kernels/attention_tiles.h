// Attention, a block of queries (or of keys) at a time, with what it meets going by in tiles of shared
// memory: nothing of the size queries x keys reaches memory (Dao et al. 2022 and 2023). The gradient computes
// the weights again, once for queries and once for keys and values, so that no two blocks add to one place
// and results repeat to the bit. Each file attention_*.cu makes one dtype of it.
#pragma once
#include "../map.h"
#include "../warp.h"
#include "tape/kernels/attention.h"
#include "tape/philox.h"

namespace tape::cuda {

constexpr int64_t kWidestHead = 128;

void attention_float32(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value,
                       const AttentionShape& shape);
void attention_float64(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value,
                       const AttentionShape& shape);
void attention_bfloat16(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value,
                        const AttentionShape& shape);

/// Operands of a gradient; those that are not wanted have no data.
struct AttentionGradient {
  HeadView grad_query, grad_key, grad_value, gradient, out;
  const void* log_sum_exp;
  HeadView query, key, value;
};
void attention_gradient_float32(const AttentionGradient& call, const AttentionShape& shape);
void attention_gradient_float64(const AttentionGradient& call, const AttentionShape& shape);
void attention_gradient_bfloat16(const AttentionGradient& call, const AttentionShape& shape);

/// What a kernel is told of a call: sizes, and how a score becomes a weight.
template <class C>
struct AttentionRules {
  int64_t heads, queries, keys, width, value_width;
  C scale, keep;
  bool causal, mask_hides;
  const int64_t* key_lengths;
  const void* mask;
  int64_t mask_strides[4];
  bool drops;
  uint32_t threshold;
  PhiloxState state;

  explicit AttentionRules(const AttentionShape& s)
      : heads(s.heads),
        queries(s.queries),
        keys(s.keys),
        width(s.width),
        value_width(s.value_width),
        scale(static_cast<C>(s.scale)),
        keep(s.dropout < 1 ? static_cast<C>(1.0 / (1.0 - s.dropout)) : C(0)),
        causal(s.causal),
        mask_hides(s.mask.data && s.mask.dtype == DType::boolean),
        key_lengths(s.key_lengths),
        mask(s.mask.data),
        mask_strides{},
        drops(s.dropout > 0),
        threshold(drop_threshold(s.dropout)),
        state(s.state) {
    for (int d = 0; mask && d < 4; ++d) mask_strides[d] = s.mask.strides[d];
  }

  /// Keys of a sequence that count.
  TAPE_BOTH int64_t length(int64_t head) const { return key_lengths ? key_lengths[head / heads] : keys; }
  /// Keys that some query before `end` sees.
  TAPE_BOTH int64_t seen(int64_t length, int64_t end) const { return causal && end < length ? end : length; }
  /// A product of query and key as a score: minus infinity where it is hidden.
  TAPE_BOTH C score(C product, int64_t head, int64_t query, int64_t key, int64_t length) const {
    const C hidden = -std::numeric_limits<C>::infinity();
    if (key >= length || (causal && key > query) || query >= queries) return hidden;
    if (!mask) return product * scale;
    const int64_t at = head / heads * mask_strides[0] + head % heads * mask_strides[1] +
                       query * mask_strides[2] + key * mask_strides[3];
    if (mask_hides) return static_cast<const bool*>(mask)[at] ? product * scale : hidden;
    return product * scale + static_cast<const C*>(mask)[at];
  }
  /// 0 or 1 / (1 - dropout), the processor's numbers.
  TAPE_BOTH C kept(int64_t head, int64_t query, int64_t key) const {
    const auto block = static_cast<uint64_t>((head * queries + query) * ((keys + 3) / 4) + key / 4);
    const PhiloxState at = resolved(state);
    const Philox random = philox(at.seed, at.offset + block);
    const int place = static_cast<int>(key % 4);
    const uint32_t bits = place == 0   ? random.v[0]
                          : place == 1 ? random.v[1]
                          : place == 2 ? random.v[2]
                                       : random.v[3];
    return stays(bits, threshold) ? keep : C(0);
  }
};

/// Rows of one head in memory.
template <class S>
struct HeadRows {
  S* data;
  int64_t batch, head, step;
  bool whole;  // rows may be read 16 bytes at a time

  HeadRows(const HeadView& view, int64_t width)
      : data(static_cast<S*>(view.data)), batch(view.batch), head(view.head), step(view.step) {
    constexpr int64_t pack = Pack<S>::size;
    whole =
        aligned(view.data) && width % pack == 0 && batch % pack == 0 && head % pack == 0 && step % pack == 0;
  }
  TAPE_BOTH S* row(int64_t index, int64_t heads, int64_t i) const {
    return data + index / heads * batch + index % heads * head + i * step;
  }
};

/// Sizes of the tiles of one dtype: `width` is the widest head, a block has 16 rows for each warp and meets
/// `cols` rows of the other side at a time.
template <class S, int width_, int warps_, int cols_>
struct Tiling {
  using Element = S;
  using C = std::conditional_t<std::is_same_v<S, double>, double, float>;
  static constexpr bool tensor_cores = std::is_same_v<S, BFloat16>;
  static constexpr int width = width_, warps = warps_, cols = cols_;
  static constexpr int rows = 16 * warps_of(warps);
  static constexpr int stride = width + Pack<S>::size;  // neighbouring rows begin in other banks
  static constexpr int room_stride = cols + Pack<C>::size;
  // Where products of numbers are made one by one, a warp's weights pass through shared memory.
  static constexpr size_t room_bytes =
      tensor_cores ? 0 : static_cast<size_t>(warps_of(warps)) * 16 * room_stride * sizeof(C);
  static constexpr size_t row_bytes = static_cast<size_t>(rows) * stride * sizeof(S);
  static constexpr size_t col_bytes = static_cast<size_t>(cols) * stride * sizeof(S);
  using Scores = Lanes<C, cols / 2>;
  using Outputs = Lanes<C, width / 2>;
};

/// Rows [first, first + rows) of a head into shared memory; zeros past `last` and past `width`.
template <class T, class Block, class S>
TAPE_KERNEL void load_rows(const Block& block, S* to, int rows, const HeadRows<S>& from, int64_t index,
                           int64_t heads, int64_t first, int64_t last, int64_t width) {
  constexpr int pack = Pack<S>::size, packs = T::width / pack;
  block.each(static_cast<int64_t>(rows) * packs, [&](int64_t i) {
    const int row = static_cast<int>(i / packs), col = static_cast<int>(i % packs) * pack;
    Pack<S> values;
    TAPE_UNROLL for (int k = 0; k < pack; ++k) values.of[k] = S(0);
    if (first + row < last) {
      const S* const source = from.row(index, heads, first + row) + col;
      if (from.whole && col < width) {
        values = *reinterpret_cast<const Pack<S>*>(source);
      } else {
        TAPE_UNROLL for (int k = 0; k < pack; ++k) if (col + k < width) values.of[k] = source[k];
      }
    }
    *reinterpret_cast<Pack<S>*>(to + row * T::stride + col) = values;
  });
}

/// scores = a @ b^T: 16 rows of a, all `cols` rows of b.
template <class T, class S, class C, int n>
TAPE_KERNEL void multiply_rows(Lanes<C, n>& scores, const S* a, const S* b) {
  each_lane([&](int lane) { TAPE_UNROLL for (int i = 0; i < n; ++i) scores(lane, i) = C(0); });
  if constexpr (T::tensor_cores) {
    TAPE_UNROLL for (int k = 0; k < T::width; k += 16) {
      Lanes<Pair, 4> left, right;
      load_matrices(left, false, [&](int lane) {
        return a + (lane % 8 + 8 * (lane / 8 % 2)) * T::stride + k + 8 * (lane / 16);
      });
      TAPE_UNROLL for (int tile = 0; tile < n / 4; tile += 2) {
        load_matrices(right, false, [&](int lane) {
          return b + (8 * tile + lane % 8 + 8 * (lane / 16)) * T::stride + k + 8 * (lane / 8 % 2);
        });
        multiply_tile(scores, tile, left, right, 0);
        multiply_tile(scores, tile + 1, left, right, 2);
      }
    }
  } else {
    each_lane([&](int lane) {
      using P = Pack<S>;
      for (int k = 0; k < T::width; k += P::size) {
        const P upper = *reinterpret_cast<const P*>(a + tile_row(lane, 0) * T::stride + k);
        const P lower = *reinterpret_cast<const P*>(a + tile_row(lane, 2) * T::stride + k);
        TAPE_UNROLL for (int tile = 0; tile < n / 4; ++tile) {
          TAPE_UNROLL for (int e = 0; e < 2; ++e) {
            const P other = *reinterpret_cast<const P*>(b + (8 * tile + tile_col(lane, e)) * T::stride + k);
            TAPE_UNROLL for (int p = 0; p < P::size; ++p) {
              scores(lane, 4 * tile + e) += upper.of[p] * other.of[p];
              scores(lane, 4 * tile + 2 + e) += lower.of[p] * other.of[p];
            }
          }
        }
      }
    });
  }
}

/// sums += weights @ b: 16 rows of weights, all `cols` rows of b. `room` is the warp's, 16 rows of
/// room_stride.
template <class T, class S, class C, int m, int n>
TAPE_KERNEL void multiply_weights(Lanes<C, m>& sums, Lanes<C, n>& weights, const S* b, C* room) {
  if constexpr (T::tensor_cores) {
    TAPE_UNROLL for (int k = 0; k < n / 8; ++k) {  // 16 rows of b, two tiles of weights
      Lanes<Pair, 4> left, right;
      each_lane([&](int lane) {
        TAPE_UNROLL for (int i = 0; i < 4; ++i) left(lane, i) =
            pair_of(weights(lane, 8 * k + 2 * i), weights(lane, 8 * k + 2 * i + 1));
      });
      TAPE_UNROLL for (int tile = 0; tile < m / 4; tile += 2) {
        load_matrices(right, true, [&](int lane) {
          return b + (16 * k + lane % 8 + 8 * (lane / 8 % 2)) * T::stride + 8 * tile + 8 * (lane / 16);
        });
        multiply_tile(sums, tile, left, right, 0);
        multiply_tile(sums, tile + 1, left, right, 2);
      }
    }
  } else {
    sync_warp();
    each_lane([&](int lane) {
      TAPE_UNROLL for (int i = 0; i < n; ++i)
          room[tile_row(lane, i % 4) * T::room_stride + i / 4 * 8 + tile_col(lane, i % 4)] = weights(lane, i);
    });
    sync_warp();
    each_lane([&](int lane) {
      for (int k = 0; k < T::cols; ++k) {
        const C upper = room[tile_row(lane, 0) * T::room_stride + k];
        const C lower = room[tile_row(lane, 2) * T::room_stride + k];
        const S* const row = b + k * T::stride;
        TAPE_UNROLL for (int i = 0; i < m; ++i) sums(lane, i) +=
            (i % 4 < 2 ? upper : lower) * row[i / 4 * 8 + tile_col(lane, i % 4)];
      }
    });
  }
}

/// A block's rows of sums into memory, times `factor` of their row (0 the upper of a lane's two, 1 the
/// lower).
template <class S, class C, int m, class Factor>
TAPE_KERNEL void store_rows(Lanes<C, m>& sums, const HeadRows<S>& to, int64_t index, int64_t heads,
                            int64_t first, int64_t last, int64_t width, Factor factor) {
  each_lane([&](int lane) {
    TAPE_UNROLL for (int half = 0; half < 2; ++half) {
      const int64_t row = first + tile_row(lane, 2 * half);
      if (row >= last) continue;
      S* const out = to.row(index, heads, row);
      const C by = factor(lane, half);
      TAPE_UNROLL for (int tile = 0; tile < m / 4; ++tile) {
        TAPE_UNROLL for (int e = 0; e < 2; ++e) {
          const int col = 8 * tile + tile_col(lane, e);
          if (col < width)
            out[col] = static_cast<S>(static_cast<C>(sums(lane, 4 * tile + 2 * half + e) * by));
        }
      }
    }
  });
}

template <class C, int n>
TAPE_KERNEL void clear(Lanes<C, n>& x) {
  each_lane([&](int lane) { TAPE_UNROLL for (int i = 0; i < n; ++i) x(lane, i) = C(0); });
}

template <class T>
void attention_tiles(HeadView out_view, void* log_sum_exp, HeadView query_view, HeadView key_view,
                     HeadView value_view, const AttentionShape& shape) {
  using S = typename T::Element;
  using C = typename T::C;
  const AttentionRules<C> rules(shape);
  const HeadRows<S> out(out_view, shape.value_width), query(query_view, shape.width),
      key(key_view, shape.width), value(value_view, shape.value_width);
  auto* const log_sums = static_cast<C*>(log_sum_exp);
  const int64_t blocks = (shape.queries + T::rows - 1) / T::rows;
  const size_t bytes = T::row_bytes + 2 * T::col_bytes + T::room_bytes;
  for_blocks<T::warps>(shape.batch * shape.heads * blocks, bytes, [=] TAPE_KERNEL(int64_t item, auto block) {
    // The last queries see most keys where it is causal: they begin first.
    const int64_t head = item / blocks, first = (blocks - 1 - item % blocks) * T::rows;
    S* const queries = reinterpret_cast<S*>(block.shared);
    S* const keys = reinterpret_cast<S*>(block.shared + T::row_bytes);
    S* const values = reinterpret_cast<S*>(block.shared + T::row_bytes + T::col_bytes);
    C* const room = reinterpret_cast<C*>(block.shared + T::row_bytes + 2 * T::col_bytes) +
                    block.warp() * 16 * T::room_stride;
    load_rows<T>(block, queries, T::rows, query, head, rules.heads, first, rules.queries, rules.width);
    const int64_t length = rules.length(head), own = first + 16 * block.warp();
    const int64_t seen = rules.seen(length, first + T::rows);
    Lanes<C, 2> top, total;
    typename T::Outputs sums;
    clear(sums);
    each_lane([&](int lane) {
      TAPE_UNROLL for (int half = 0; half < 2; ++half) {
        top(lane, half) = -std::numeric_limits<C>::infinity();
        total(lane, half) = C(0);
      }
    });
    for (int64_t start = 0; start < seen; start += T::cols) {
      block.sync();
      load_rows<T>(block, keys, T::cols, key, head, rules.heads, start, length, rules.width);
      load_rows<T>(block, values, T::cols, value, head, rules.heads, start, length, rules.value_width);
      block.sync();
      typename T::Scores scores;
      multiply_rows<T>(scores, queries + 16 * block.warp() * T::stride, keys);
      Lanes<C, 2> highest;
      each_lane([&](int lane) {
        TAPE_UNROLL for (int half = 0; half < 2; ++half) highest(lane, half) = top(lane, half);
        TAPE_UNROLL for (int i = 0; i < T::cols / 2; ++i) {
          const int half = i % 4 / 2;
          C& s = scores(lane, i);
          s = rules.score(s, head, own + tile_row(lane, i % 4), start + i / 4 * 8 + tile_col(lane, i % 4),
                          length);
          highest(lane, half) = s > highest(lane, half) ? s : highest(lane, half);
        }
      });
      combine_rows(highest, Greater{});
      each_lane([&](int lane) {
        const C none = -std::numeric_limits<C>::infinity();
        C shrink[2];
        TAPE_UNROLL for (int half = 0; half < 2; ++half) {
          shrink[half] =
              top(lane, half) == highest(lane, half) ? C(1) : exp_of(top(lane, half) - highest(lane, half));
          top(lane, half) = highest(lane, half);
          total(lane, half) *= shrink[half];
        }
        TAPE_UNROLL for (int i = 0; i < T::width / 2; ++i) sums(lane, i) *= shrink[i % 4 / 2];
        TAPE_UNROLL for (int i = 0; i < T::cols / 2; ++i) {
          const int half = i % 4 / 2;
          C& s = scores(lane, i);
          // Nothing seen yet: what is not a number stays, the rest counts nothing.
          s = top(lane, half) == none ? (s != s ? s : C(0)) : exp_of(s - top(lane, half));
          total(lane, half) += s;
          if (rules.drops)
            s *= rules.kept(head, own + tile_row(lane, i % 4), start + i / 4 * 8 + tile_col(lane, i % 4));
        }
      });
      multiply_weights<T>(sums, scores, values, room);
    }
    combine_rows(total, Plus{});
    store_rows(sums, out, head, rules.heads, own, rules.queries, rules.value_width, [&](int lane, int half) {
      return total(lane, half) == C(0) ? C(0) : C(1) / total(lane, half);
    });
    each_lane([&](int lane) {
      if (lane % 4 != 0) return;
      TAPE_UNROLL for (int half = 0; half < 2; ++half) {
        const int64_t row = own + tile_row(lane, 2 * half);
        const C sum = total(lane, half);
        if (row < rules.queries)
          log_sums[head * rules.queries + row] =
              sum == C(0) ? -std::numeric_limits<C>::infinity() : top(lane, half) + log_of(sum);
      }
    });
  });
}

/// The weight of a score, from the logarithm of its row's sum; 0 where the query sees nothing.
template <class C>
TAPE_BOTH C weight_of(C score, C log_sum) {
  return log_sum == -std::numeric_limits<C>::infinity() ? C(0) : exp_of(score - log_sum);
}

/// The gradient of the queries: blocks of them, keys and values go by.
template <class T>
void query_gradient(const AttentionGradient& call, const typename T::C* means, const AttentionShape& shape) {
  using S = typename T::Element;
  using C = typename T::C;
  const AttentionRules<C> rules(shape);
  const HeadRows<S> to(call.grad_query, shape.width), gradient(call.gradient, shape.value_width),
      query(call.query, shape.width), key(call.key, shape.width), value(call.value, shape.value_width);
  const auto* const log_sums = static_cast<const C*>(call.log_sum_exp);
  const int64_t blocks = (shape.queries + T::rows - 1) / T::rows;
  const size_t bytes = 2 * T::row_bytes + 2 * T::col_bytes + T::room_bytes;
  for_blocks<T::warps>(shape.batch * shape.heads * blocks, bytes, [=] TAPE_KERNEL(int64_t item, auto block) {
    const int64_t head = item / blocks, first = (blocks - 1 - item % blocks) * T::rows;
    S* const queries = reinterpret_cast<S*>(block.shared);
    S* const slopes = reinterpret_cast<S*>(block.shared + T::row_bytes);
    S* const keys = reinterpret_cast<S*>(block.shared + 2 * T::row_bytes);
    S* const values = reinterpret_cast<S*>(block.shared + 2 * T::row_bytes + T::col_bytes);
    C* const room = reinterpret_cast<C*>(block.shared + 2 * T::row_bytes + 2 * T::col_bytes) +
                    block.warp() * 16 * T::room_stride;
    load_rows<T>(block, queries, T::rows, query, head, rules.heads, first, rules.queries, rules.width);
    load_rows<T>(block, slopes, T::rows, gradient, head, rules.heads, first, rules.queries,
                 rules.value_width);
    const int64_t length = rules.length(head), own = first + 16 * block.warp();
    const int64_t seen = rules.seen(length, first + T::rows);
    Lanes<C, 2> log_sum, mean;
    each_lane([&](int lane) {
      TAPE_UNROLL for (int half = 0; half < 2; ++half) {
        const int64_t row = own + tile_row(lane, 2 * half), at = head * rules.queries + row;
        const bool there = row < rules.queries;
        log_sum(lane, half) = there ? log_sums[at] : -std::numeric_limits<C>::infinity();
        mean(lane, half) = there ? means[at] : C(0);
      }
    });
    typename T::Outputs sums;
    clear(sums);
    for (int64_t start = 0; start < seen; start += T::cols) {
      block.sync();
      load_rows<T>(block, keys, T::cols, key, head, rules.heads, start, length, rules.width);
      load_rows<T>(block, values, T::cols, value, head, rules.heads, start, length, rules.value_width);
      block.sync();
      typename T::Scores scores, along;
      multiply_rows<T>(scores, queries + 16 * block.warp() * T::stride, keys);
      multiply_rows<T>(along, slopes + 16 * block.warp() * T::stride, values);
      each_lane([&](int lane) {
        TAPE_UNROLL for (int i = 0; i < T::cols / 2; ++i) {
          const int half = i % 4 / 2;
          const int64_t row = own + tile_row(lane, i % 4), col = start + i / 4 * 8 + tile_col(lane, i % 4);
          const C weight =
              weight_of(rules.score(scores(lane, i), head, row, col, length), log_sum(lane, half));
          const C slope = rules.drops ? along(lane, i) * rules.kept(head, row, col) : along(lane, i);
          scores(lane, i) = weight * (slope - mean(lane, half)) * rules.scale;
        }
      });
      multiply_weights<T>(sums, scores, keys, room);
    }
    store_rows(sums, to, head, rules.heads, own, rules.queries, rules.width, [](int, int) { return C(1); });
  });
}

/// The gradients of keys and values: blocks of them, queries go by. Scores are transposed here: a row is a
/// key.
template <class T>
void key_gradient(const AttentionGradient& call, const typename T::C* means, const AttentionShape& shape) {
  using S = typename T::Element;
  using C = typename T::C;
  const AttentionRules<C> rules(shape);
  const HeadRows<S> to_key(call.grad_key, shape.width), to_value(call.grad_value, shape.value_width),
      gradient(call.gradient, shape.value_width), query(call.query, shape.width), key(call.key, shape.width),
      value(call.value, shape.value_width);
  const auto* const log_sums = static_cast<const C*>(call.log_sum_exp);
  const int64_t blocks = (shape.keys + T::rows - 1) / T::rows;
  const size_t numbers = 2 * T::cols * sizeof(C);
  const size_t bytes = 2 * T::row_bytes + 2 * T::col_bytes + T::room_bytes + numbers;
  for_blocks<T::warps>(shape.batch * shape.heads * blocks, bytes, [=] TAPE_KERNEL(int64_t item, auto block) {
    const int64_t head = item / blocks, first = item % blocks * T::rows;
    S* const keys = reinterpret_cast<S*>(block.shared);
    S* const values = reinterpret_cast<S*>(block.shared + T::row_bytes);
    S* const queries = reinterpret_cast<S*>(block.shared + 2 * T::row_bytes);
    S* const slopes = reinterpret_cast<S*>(block.shared + 2 * T::row_bytes + T::col_bytes);
    C* const log_sum = reinterpret_cast<C*>(block.shared + 2 * T::row_bytes + 2 * T::col_bytes);
    C* const mean = log_sum + T::cols;
    C* const room = mean + T::cols + block.warp() * 16 * T::room_stride;
    const int64_t length = rules.length(head), own = first + 16 * block.warp();
    load_rows<T>(block, keys, T::rows, key, head, rules.heads, first, length, rules.width);
    load_rows<T>(block, values, T::rows, value, head, rules.heads, first, length, rules.value_width);
    typename T::Outputs key_sums, value_sums;
    clear(key_sums);
    clear(value_sums);
    // A causal key is seen by queries from its own place on; none is seen behind the end.
    const int64_t begin = first >= length ? rules.queries : rules.causal ? first / T::cols * T::cols : 0;
    for (int64_t start = begin; start < rules.queries; start += T::cols) {
      block.sync();
      load_rows<T>(block, queries, T::cols, query, head, rules.heads, start, rules.queries, rules.width);
      load_rows<T>(block, slopes, T::cols, gradient, head, rules.heads, start, rules.queries,
                   rules.value_width);
      block.each(T::cols, [&](int64_t i) {
        const bool there = start + i < rules.queries;
        log_sum[i] = there ? log_sums[head * rules.queries + start + i] : -std::numeric_limits<C>::infinity();
        mean[i] = there ? means[head * rules.queries + start + i] : C(0);
      });
      block.sync();
      typename T::Scores scores, along;
      multiply_rows<T>(scores, keys + 16 * block.warp() * T::stride, queries);
      multiply_rows<T>(along, values + 16 * block.warp() * T::stride, slopes);
      each_lane([&](int lane) {
        TAPE_UNROLL for (int i = 0; i < T::cols / 2; ++i) {
          const int col = i / 4 * 8 + tile_col(lane, i % 4);
          const int64_t row = own + tile_row(lane, i % 4);
          const C weight =
              weight_of(rules.score(scores(lane, i), head, start + col, row, length), log_sum[col]);
          const C kept = rules.drops ? rules.kept(head, start + col, row) : C(1);
          scores(lane, i) = weight * kept;
          along(lane, i) = weight * (along(lane, i) * kept - mean[col]) * rules.scale;
        }
      });
      multiply_weights<T>(value_sums, scores, slopes, room);
      multiply_weights<T>(key_sums, along, queries, room);
    }
    const auto plain = [](int, int) { return C(1); };
    if (to_key.data) store_rows(key_sums, to_key, head, rules.heads, own, rules.keys, rules.width, plain);
    if (to_value.data)
      store_rows(value_sums, to_value, head, rules.heads, own, rules.keys, rules.value_width, plain);
  });
}

/// gradient . out of every query: the mean of the slopes under its weights.
template <class S, class C>
C* slope_means(const AttentionGradient& call, const AttentionShape& shape) {
  const int64_t rows = shape.batch * shape.heads * shape.queries, heads = shape.heads,
                queries = shape.queries, width = shape.value_width;
  C* const means = static_cast<C*>(scratch(static_cast<size_t>(rows) * sizeof(C)));
  const HeadRows<S> gradient(call.gradient, width), out(call.out, width);
  for_rows(rows, width, [=] TAPE_KERNEL(int64_t row, auto team) {
    const S* const g = gradient.row(row / queries, heads, row % queries);
    const S* const o = out.row(row / queries, heads, row % queries);
    const C mean = team.fold(
        C(0), width, [&](int64_t i) { return static_cast<C>(g[i]) * static_cast<C>(o[i]); }, Plus{});
    if (team.leads()) means[row] = mean;
  });
  return means;
}

template <class T>
void attention_gradient_tiles(const AttentionGradient& call, const AttentionShape& shape) {
  const auto* const means = slope_means<typename T::Element, typename T::C>(call, shape);
  if (call.grad_query.data) query_gradient<T>(call, means, shape);
  if (call.grad_key.data || call.grad_value.data) key_gradient<T>(call, means, shape);
}

}  // namespace tape::cuda
