// Refusals of the recurrent layers and cells, word by word.
#include "helpers.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;

Tensor f32(const Dims& shape) { return full(shape, 1, DType::float32); }
Tensor lengths_of(double a, double b) { return make({2}, {a, b}, DType::int64); }

/// An LSTM of 3 units over 5 features.
Tensors lstm(int64_t input = 5) { return {f32({12, input}), f32({12, 3}), f32({12}), f32({12})}; }
Tensors two(const Tensors& a, const Tensors& b) {
  Tensors all = a;
  all.insert(all.end(), b.begin(), b.end());
  return all;
}
Tensors with(Tensors all, size_t index, const Tensor& other) {
  all[index] = other;
  return all;
}

std::string refusal(const Tensors& weights, const RecurrentOptions& options = {}, const Tensor& lengths = {},
                    const Tensor& hidden = {}, const Tensor& cell = {}, const Tensor& x = f32({2, 4, 5})) {
  return message_of([&] { recurrent(CellKind::lstm, x, lengths, hidden, cell, weights, options); });
}

}  // namespace

TEST_CASE("errors: recurrent layers name the layer, the direction and the sequence") {
  CHECK(refusal(lstm(), {}, {}, {}, {}, f32({4, 5})) ==
        "[lstm] input must be [batch, time, features], got 4x5");
  CHECK(refusal(lstm(), {}, {}, {}, {}, full({2, 4, 5}, 0, DType::int64)) ==
        "[lstm] needs a floating tensor, got int64 2x4x5, convert it with to('float32')");
  CHECK(refusal({}) == "[lstm] weights must hold one entry for each layer, got 0");
  CHECK(refusal(lstm(), {.bidirectional = true}) ==
        "[lstm] weights must hold one entry for each layer and direction, got 1");
  CHECK(refusal(lstm(), {.dropout = 2}) == "[lstm] dropout must be between 0 and 1, got 2");
  CHECK(refusal(with(lstm(), 1, f32({12}))) ==
        "[lstm] layer 0: hiddenHidden must be [4 * hidden, hidden], got 12");
  CHECK(refusal(with(lstm(), 1, Tensor())) ==
        "[lstm] layer 0: hiddenHidden must be [4 * hidden, hidden], got nothing");
  CHECK(refusal(with(lstm(), 0, Tensor())) == "[lstm] layer 0: inputHidden is missing");
  CHECK(refusal(lstm(6)) ==
        "[lstm] layer 0: inputHidden must be 12x5, got 12x6 (input 2x4x5, 3 hidden units)");
  CHECK(refusal(two(lstm(), with(lstm(), 1, f32({12, 2}))), {.bidirectional = true}) ==
        "[lstm] layer 0 reverse: hiddenHidden must be 12x3, got 12x2 (input 2x4x5, 3 hidden units)");
  CHECK(refusal(two(lstm(), lstm())) ==
        "[lstm] layer 1: inputHidden must be 12x3, got 12x5 (input 2x4x5, 3 hidden units)");
  CHECK(refusal(with(lstm(), 3, f32({9}))) ==
        "[lstm] layer 0: biasHidden must be 12, got 9 (input 2x4x5, 3 hidden units)");
  CHECK(refusal(with(lstm(), 2, full({12}, 0, DType::float64))) ==
        "[lstm] layer 0: biasInput is float64, the input float32, convert one with to()");
  CHECK(refusal(lstm(), {}, lengths_of(4, 5)) ==
        "[lstm] length 5 of sequence 1 is outside 0..4 (input 2x4x5)");
  CHECK(refusal(lstm(), {}, lengths_of(-1, 4)) ==
        "[lstm] length -1 of sequence 0 is outside 0..4 (input 2x4x5)");
  CHECK(refusal(lstm(), {}, f32({2})) ==
        "[lstm] lengths must be int64 2, one for each sequence, got float32 2");
  CHECK(refusal(lstm(), {}, full({3}, 1, DType::int64)) ==
        "[lstm] lengths must be int64 2, one for each sequence, got int64 3");
  CHECK(refusal(lstm(), {}, {}, f32({2, 3})) ==
        "[lstm] the initial hidden state must be 1x2x3 (layers x directions, batch, hidden), got 2x3");
  CHECK(refusal(lstm(), {}, {}, {}, full({1, 2, 3}, 0, DType::float64)) ==
        "[lstm] the initial cell state is float64, the input float32, convert one with to()");
  CHECK(message_of([] {
          recurrent(CellKind::gru, f32({2, 4, 5}), {}, {}, {}, lstm());
        }) == "[gru] layer 0: inputHidden must be 9x5, got 12x5 (input 2x4x5, 3 hidden units)");
}

TEST_CASE("errors: recurrent cells") {
  const Tensors w = lstm();
  const auto cell = [&](const Tensor& x, const Tensor& h, const Tensor& c) {
    return message_of([&] { recurrent_cell(CellKind::lstm, x, h, c, w[0], w[1], w[2], w[3]); });
  };
  CHECK(cell(f32({5}), f32({2, 3}), f32({2, 3})) == "[lstmCell] input must be [batch, features], got 5");
  CHECK(cell(f32({2, 4}), f32({2, 3}), f32({2, 3})) ==
        "[lstmCell] inputHidden must be 12x4, got 12x5 (input 2x4, 3 hidden units)");
  CHECK(cell(f32({2, 5}), f32({1, 3}), f32({2, 3})) ==
        "[lstmCell] the hidden state must be 2x3 (batch, hidden), got 1x3 (input 2x5)");
  CHECK(cell(f32({2, 5}), f32({2, 3}), f32({2, 4})) ==
        "[lstmCell] the cell state must be 2x3 (batch, hidden), got 2x4 (input 2x5)");
  CHECK(message_of([&] {
          recurrent_cell(CellKind::gru, f32({2, 5}), f32({2, 3}), {}, w[0], f32({9}), {}, {});
        }) == "[gruCell] hiddenHidden must be [3 * hidden, hidden], got 9");
}

}  // namespace tape::test
