// What a backend provides: a versioned table of kernels over plain views. Kernels trust their input;
// ops check it at the front door and allocate the output. CPU kernels are compiled once per
// instruction set and the table with the highest score the machine supports is used.
#pragma once
#include <cstdint>

#include "tape/dtype.h"

namespace tape {

/// Memory as a kernel sees it. Strides are in elements and may be 0 (broadcast).
struct View {
  void* data;
  DType dtype;
  int rank;
  const int64_t* shape;
  const int64_t* strides;
};

enum class UnaryOp : uint8_t {
  neg,
  exp,
  log,
  sqrt,
  abs,
  square,
  relu,
  tanh,
  sigmoid,
  sign,
  logical_not,
  pow_scalar,
  rsub_scalar
};
enum class BinaryOp : uint8_t { add, sub, mul, div, pow, maximum, minimum };
enum class CompareOp : uint8_t { eq, ne, lt, le, gt, ge };
/// Derivatives that read the op's output (or input) and the incoming gradient in one pass.
enum class GradOp : uint8_t { relu, tanh, sigmoid };
enum class ReduceOp : uint8_t { sum, max, min, argmax };
enum class Reduction : uint8_t { none, mean, sum };

/// Row- or column-major matrix; exactly one of the strides may differ from 1 (both may be anything
/// when the size in that direction is 1).
struct Matrix {
  void* data;
  int64_t rows, cols, row_stride, col_stride;
};

struct PhiloxState {
  uint64_t seed;
  uint64_t offset;  // in blocks of four 32-bit numbers
};

struct SgdParameters {
  double lr, momentum, weight_decay;
  bool nesterov;
};
struct AdamParameters {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled;  // AdamW
  int64_t step;    // counted from 1
};
/// One parameter of an optimizer: all contiguous, the same floating dtype, `count` elements.
struct OptimizerSegment {
  void* parameter;
  const void* gradient;
  void* state_a;  // momentum or first moment; null when unused
  void* state_b;  // second moment; null when unused
  int64_t count;
};

constexpr uint32_t kBackendVersion = 1;

struct Kernels {
  uint32_t version;
  const char* name;  // "AVX2", also reported as the instruction set

  // Elementwise. Operands have the output's shape (broadcast by stride 0); output never overlaps an
  // input except exactly.
  void (*unary)(UnaryOp op, View out, View in, double parameter);
  void (*binary)(BinaryOp op, View out, View a, View b);
  void (*compare)(CompareOp op, View out_bool, View a, View b);
  void (*grad)(GradOp op, View out, View grad, View saved);
  void (*where)(View out, View condition, View a, View b);
  void (*copy)(View out, View in);  // casts when dtypes differ
  void (*fill)(View out, double value);

  // `in` has the kept dimensions first (`kept` of them), reduced ones after; `out` is contiguous over
  // the kept ones. argmax writes int64. mean is sum followed by a scale: `scale` applies to sum only.
  void (*reduce)(ReduceOp op, View out, View in, int kept, double scale);

  // Rows are contiguous along the last dimension.
  void (*softmax)(void* out, const void* in, DType dtype, int64_t rows, int64_t cols, bool log);
  void (*softmax_grad)(void* out, const void* grad, const void* output, DType dtype, int64_t rows,
                       int64_t cols, bool log);
  // loss[r] = logsumexp(logits[r]) - logits[r][target[r]]; log_sum_exp[r] is kept for the gradient.
  // Returns the row of the first label out of range, or -1.
  int64_t (*cross_entropy)(void* loss, void* log_sum_exp, const void* logits, const int64_t* target,
                           DType dtype, int64_t rows, int64_t cols);
  // out[r][c] = (softmax(logits[r])[c] - [c == target[r]]) * grad[r * grad_stride] * scale
  void (*cross_entropy_grad)(void* out, const void* grad, int64_t grad_stride, double scale,
                             const void* logits, const void* log_sum_exp, const int64_t* target, DType dtype,
                             int64_t rows, int64_t cols);

  // c = a @ b (+ bias over columns) (then relu). c is row-major. bias may be null.
  void (*gemm)(DType dtype, Matrix c, Matrix a, Matrix b, const void* bias, bool relu);

  // out[i] = table[index[i]], rows of `row_bytes`; returns the position of the first index out of
  // range, or -1.
  int64_t (*gather_rows)(void* out, const void* table, const int64_t* index, int64_t count,
                         int64_t table_rows, int64_t row_bytes);
  // table[index[i]] += rows[i]; sequential over i for every column, so the result is deterministic.
  void (*scatter_add_rows)(void* table, const void* rows, const int64_t* index, DType dtype, int64_t count,
                           int64_t row_size);

  // Philox streams: element i takes number i % 4 of block offset + i / 4.
  void (*uniform)(void* out, DType dtype, int64_t count, PhiloxState state, double low, double high);
  void (*normal)(void* out, DType dtype, int64_t count, PhiloxState state, double mean, double std);
  // out = in * (u >= p) / (1 - p)
  void (*dropout)(void* out, const void* in, DType dtype, int64_t count, PhiloxState state, double p);

  void (*sgd)(DType dtype, const OptimizerSegment* segments, int64_t count, SgdParameters parameters);
  void (*adam)(DType dtype, const OptimizerSegment* segments, int64_t count, AdamParameters parameters);
  double (*sum_of_squares)(const void* data, DType dtype, int64_t count);
};

/// The table in use. Chosen on first use; TAPE_ISA=generic|avx2|avx512 in the environment forces one.
const Kernels& kernels();

}  // namespace tape
