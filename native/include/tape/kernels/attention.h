// Scaled dot-product attention.
#pragma once
#include "tape/kernels/random.h"
#include "tape/view.h"

namespace tape {

/// [batch, heads, steps, width] with the numbers of a row side by side; strides in elements.
struct HeadView {
  void* data;
  int64_t batch, head, step;
};

struct AttentionShape {
  int64_t batch, heads, queries, keys, width, value_width;
  double scale;
  bool causal;                 // query i sees keys 0..i
  const int64_t* key_lengths;  // [batch], keys behind a sequence's end count nothing; or null
  View mask;          // [batch, heads, queries, keys]: bool, false hides; or added to the scores; or no data
  double dropout;     // weights are dropped with this probability
  PhiloxState state;  // of their numbers: each query's begin with a new block
};

/// A query that sees no key gets zeros. log_sum_exp [batch, heads, queries] is kept for the gradient; the
/// weights themselves are computed again.
struct AttentionKernels {
  /// Whether the kernels take these, and gain by it where that is bfloat16. log_sum_exp is float32 then; a
  /// mask that is added is float32 too.
  bool (*takes)(DType dtype, const AttentionShape& shape);
  void (*forward)(HeadView out, void* log_sum_exp, HeadView query, HeadView key, HeadView value, DType dtype,
                  const AttentionShape& shape);
  // A gradient without data is not wanted.
  void (*backward)(HeadView grad_query, HeadView grad_key, HeadView grad_value, HeadView grad, HeadView out,
                   const void* log_sum_exp, HeadView query, HeadView key, HeadView value, DType dtype,
                   const AttentionShape& shape);
  // out [batch, heads, queries, keys] = 0 where a weight is dropped, else 1 / (1 - dropout)
  void (*dropout_mask)(void* out, DType dtype, const AttentionShape& shape);
};

}  // namespace tape
