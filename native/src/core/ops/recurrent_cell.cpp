// One step of a recurrent cell as one op: two products and the fused gates.
#include "recurrent_support.h"
#include "tape/precision.h"

namespace tape {
namespace {

constexpr const char* kNames[] = {"rnnCell", "rnnCell", "lstmCell", "gruCell"};

void check_cell_state(const char* where, const char* name, const Tensor& state, const Tensor& x,
                      int64_t hidden) {
  check_same_dtype(where, x, state);
  if (state.shape() != Dims{x.size(0), hidden})
    fail(ErrorCode::shape, where, "the ", name, " state must be ", x.size(0), "x", hidden,
         " (batch, hidden), got ", to_string(state.shape()), " (input ", to_string(x.shape()), ")");
}

/// x @ weight^T + bias.
Tensor gates_of(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  Tensor out = empty({x.size(0), weight.size(0)}, x.dtype());
  if (out.numel() > 0)
    multiply(x.dtype(), matrix(out, x.size(0), weight.size(0)), matrix(x, x.size(0), x.size(1)),
             transposed(matrix(weight, weight.size(0), weight.size(1))),
             bias.defined() ? bias.data() : nullptr);
  return out;
}

// Inputs: x, hidden, cell, input to hidden, hidden to hidden, biases. Saved: the first five (hidden again
// where there is no cell), gates, of a GRU hidden gates, then the biases there are.

/// The same by plain ops, for createGraph.
void composed_derivative(const Backward& b, CellKind kind, bool bias_input, bool bias_hidden) {
  size_t next = kind == CellKind::gru ? 7 : 6;
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < 5; ++i) inputs.push_back(b.saved(i));
  if (kind != CellKind::lstm) inputs[2] = Tensor();
  inputs.push_back(bias_input ? b.saved(next++) : Tensor());
  inputs.push_back(bias_hidden ? b.saved(next) : Tensor());
  composite_backward(
      b,
      [kind](const std::vector<Tensor>& in) {
        Tensor h = in[1], c = in[2];
        composed_step(kind, linear(in[0], in[3], in[5]), {in[3], in[4], in[5], in[6]}, h, c);
        return kind == CellKind::lstm ? std::vector<Tensor>{h, c} : std::vector<Tensor>{h};
      },
      inputs);
}

void cell_derivative(const Backward& b, CellKind kind, bool bias_input, bool bias_hidden) {
  if (grad_enabled()) return composed_derivative(b, kind, bias_input, bias_hidden);
  const Tensor x = b.saved(0), state = b.saved(1), cell = b.saved(2), gates = b.saved(5);
  const DType dtype = x.dtype();
  const int64_t rows = x.size(0), H = state.size(1), G = gates.size(1);
  const bool lstm = kind == CellKind::lstm, gru = kind == CellKind::gru;
  const auto incoming = [&](size_t output) {
    return b.grads[output].defined() ? contiguous(b.grads[output]) : full({rows, H}, 0, dtype);
  };
  const Tensor state_in = incoming(0), cell_in = lstm ? incoming(1) : Tensor();
  const Tensor gates_grad = empty({rows, G}, dtype), hidden_grad = gru ? empty({rows, G}, dtype) : gates_grad;
  const Tensor kept = gru ? empty({rows, H}, dtype) : Tensor();
  const Tensor cell_grad = lstm ? empty({rows, H}, dtype) : Tensor();
  const Tensor hidden_gates = gru ? b.saved(6) : Tensor();
  kernels().recurrent.cell_backward(
      dtype, kind, rows, H,
      {gates.data(), gru ? hidden_gates.data() : nullptr, state.data(), cell.data(), state_in.data(),
       lstm ? cell_in.data() : nullptr, gates_grad.data(), hidden_grad.data(), gru ? kept.data() : nullptr,
       lstm ? cell_grad.data() : nullptr});

  const Matrix outer = matrix(gates_grad, rows, G), inner = matrix(hidden_grad, rows, G);
  if (b.wants(0)) b.give(0, product_of(dtype, outer, matrix(b.saved(3), G, x.size(1))));
  if (b.wants(1)) {
    const Tensor through = product_of(dtype, inner, matrix(b.saved(4), G, H));
    if (gru) binary_(BinaryOp::add, through, kept);
    b.give(1, through);
  }
  if (b.wants(2)) b.give(2, cell_grad);
  if (b.wants(3)) b.give(3, product_of(dtype, transposed(outer), matrix(x, rows, x.size(1))));
  if (b.wants(4)) b.give(4, product_of(dtype, transposed(inner), matrix(state, rows, H)));
  if (b.wants(5)) b.give(5, sum(gates_grad, {0}));
  if (b.wants(6)) b.give(6, sum(hidden_grad, {0}));
}

}  // namespace

std::array<Tensor, 2> recurrent_cell(CellKind kind, const Tensor& x_in, const Tensor& hidden_in,
                                     const Tensor& cell_in, const Tensor& input_hidden_in,
                                     const Tensor& hidden_hidden_in, const Tensor& bias_input_in,
                                     const Tensor& bias_hidden_in) {
  const auto again = [kind](const auto&... tensors) { return recurrent_cell(kind, tensors...); };
  if (autocast_enabled())
    return autocast_lower(again, x_in, hidden_in, cell_in, input_hidden_in, hidden_hidden_in, bias_input_in,
                          bias_hidden_in);
  if (any_half(x_in, hidden_in, cell_in, input_hidden_in, hidden_hidden_in, bias_input_in, bias_hidden_in))
    return compute_in_float32(again, x_in, hidden_in, cell_in, input_hidden_in, hidden_hidden_in,
                              bias_input_in, bias_hidden_in);
  const char* where = kNames[static_cast<int>(kind)];
  check_floating(where, x_in);
  if (x_in.rank() != 2)
    fail(ErrorCode::shape, where, "input must be [batch, features], got ", to_string(x_in.shape()));
  if (hidden_hidden_in.rank() != 2 || hidden_hidden_in.size(1) == 0)
    fail(ErrorCode::shape, where, "hiddenHidden must be [", gate_count(kind), " * hidden, hidden], got ",
         to_string(hidden_hidden_in.shape()));
  const int64_t hidden = hidden_hidden_in.size(1), rows = x_in.size(0);
  check_weights(where, "", kind, {input_hidden_in, hidden_hidden_in, bias_input_in, bias_hidden_in}, x_in,
                x_in.size(1), hidden);
  const bool lstm = kind == CellKind::lstm, gru = kind == CellKind::gru;
  check_cell_state(where, "hidden", hidden_in, x_in, hidden);
  if (lstm) check_cell_state(where, "cell", cell_in, x_in, hidden);

  const auto plain = [](const Tensor& tensor) { return tensor.defined() ? contiguous(tensor) : tensor; };
  const Tensor x = contiguous(x_in), state = contiguous(hidden_in),
               cell = lstm ? contiguous(cell_in) : Tensor();
  const Tensor input_hidden = contiguous(input_hidden_in), hidden_hidden = contiguous(hidden_hidden_in);
  const Tensor bias_input = plain(bias_input_in), bias_hidden = plain(bias_hidden_in);

  const Tensor gates = gates_of(x, input_hidden, bias_input);
  const Tensor hidden_gates = gates_of(state, hidden_hidden, bias_hidden);
  const Tensor next = empty({rows, hidden}, x.dtype());
  const Tensor next_cell = lstm ? empty({rows, hidden}, x.dtype()) : Tensor();
  kernels().recurrent.cell_forward(
      x.dtype(), kind, rows, hidden,
      {gates.data(), hidden_gates.data(), state.data(), lstm ? cell.data() : nullptr, next.data(),
       lstm ? next_cell.data() : nullptr});
  auto derivative = [kind, one = bias_input.defined(), two = bias_hidden.defined()](const Backward& b) {
    cell_derivative(b, kind, one, two);
  };
  const std::initializer_list<const Tensor*> inputs{
      &x, &state, &cell, &input_hidden, &hidden_hidden, &bias_input, &bias_hidden};
  const std::initializer_list<const Tensor*> saved{
      &x, &state, lstm ? &cell : &state, &input_hidden, &hidden_hidden, &gates};
  Node* node = lstm ? record({&next, &next_cell}, where, inputs, saved, derivative)
                    : record(next, where, inputs, saved, derivative);
  if (node && gru) node->save(hidden_gates);
  if (node && bias_input.defined()) node->save(bias_input);
  if (node && bias_hidden.defined()) node->save(bias_hidden);
  return {next, next_cell};
}

}  // namespace tape
