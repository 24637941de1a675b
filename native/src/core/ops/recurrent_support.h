// What the recurrent layers and their cells share.
#pragma once
#include <vector>

#include "composite.h"

namespace tape {

/// "rnn", "lstm" or "gru".
const char* name_of(CellKind kind);

/// One direction of one layer.
struct RecurrentWeights {
  Tensor input_hidden, hidden_hidden, bias_input, bias_hidden;
};

/// Checks shapes and dtypes against `like`; `where` is the op, `part` is "layer 1 reverse: " or "".
void check_weights(const char* where, const std::string& part, CellKind kind, const RecurrentWeights& weights,
                   const Tensor& like, int64_t input, int64_t hidden);

/// A whole call made of plain ops.
struct ComposedRun {
  CellKind kind;
  int64_t layers, directions;
  std::vector<int64_t> lengths;  // of each sequence
  std::vector<Tensor>
      masks;  // dropout after each layer but the last: 0 or 1 / (1 - p), as the output; or empty
};

/// Output, hidden and, of an LSTM, cell; `in` as the inputs of recurrent()'s node: x, initial states,
/// weights.
std::vector<Tensor> composed_recurrent(const ComposedRun& run, const std::vector<Tensor>& in);
/// One step: h and c become the next ones.
void composed_step(CellKind kind, const Tensor& input_gates, const RecurrentWeights& w, Tensor& h, Tensor& c);

/// Row-major view of a contiguous tensor's memory as rows x cols.
inline Matrix matrix(const Tensor& x, int64_t rows, int64_t cols) { return {x.data(), rows, cols, cols, 1}; }
inline Matrix transposed(Matrix m) { return {m.data, m.cols, m.rows, m.col_stride, m.row_stride}; }
/// c = a @ b (+ bias), none of them empty.
void multiply(const Kernels& kernels, DType dtype, Matrix c, Matrix a, Matrix b, const void* bias);
/// a @ b as a new tensor of `dtype` on `device`, without history.
Tensor product_of(Device device, DType dtype, Matrix a, Matrix b);

/// How a padded batch [B, T, ..] lies packed by time step; see kernels/recurrent.h.
struct Packing {
  int64_t batch = 0, steps = 0, rows = 0;
  std::vector<int64_t> sizes, starts;  // for each step
  std::vector<int64_t> order;          // sequence at each place of a step
  std::vector<int64_t> place;          // place of each sequence
  std::vector<int64_t> to_packed;      // padded row of each packed row
  std::vector<int64_t> to_padded;      // packed row of each padded row, -1 in the padding
  Device device;                       // of the sequences
  Tensor lists;                        // all of the above there, one after the other; none on the processor

  /// `lengths` may be null: all have `steps`.
  Packing(int64_t batch, int64_t steps, const int64_t* lengths, Device device);
  /// One of the lists above, where kernels read it.
  const int64_t* there(const std::vector<int64_t>& list) const;
  /// The lengths it was made with.
  std::vector<int64_t> lengths() const;
  Tensor pack(const Tensor& padded) const;  // [B, T, W] -> [rows, W]
  Tensor unpack(const Tensor& packed) const;
  /// Row r of the result is row index[r] of the [B, width] matrix at `from`.
  Tensor arrange(const void* from, DType dtype, int64_t width, const std::vector<int64_t>& index) const;
  void arrange_into(void* to, const Tensor& from, const std::vector<int64_t>& index) const;

 private:
  Tensor gathered(const Dims& shape, const void* from, DType dtype, const std::vector<int64_t>& index) const;
};

}  // namespace tape
