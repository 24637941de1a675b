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

/// x @ weight^T + bias; float32 of 16-bit operands.
Tensor gates_of(const Tensor& x, const Tensor& weight, const Tensor& bias_in) {
  const Tensor bias = half_to_float32(bias_in);
  Tensor out = empty({x.size(0), weight.size(0)}, compute_dtype(x.dtype()), x.device());
  if (out.numel() == 0) return out;
  const Matrix c = matrix(out, x.size(0), weight.size(0)), a = matrix(x, x.size(0), x.size(1)),
               b = transposed(matrix(weight, weight.size(0), weight.size(1)));
  if (is_half(x.dtype()))
    kernels(out, x, weight, bias)
        .linear.gemm_half(x.dtype(), c, a, b, bias.defined() ? bias.address<float>() : nullptr);
  else
    multiply(kernels(out, x, weight, bias), x.dtype(), c, a, b, bias.defined() ? bias.data() : nullptr);
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
  const DType dtype = inputs[0].dtype();
  composite_backward(
      b,
      [kind, dtype](const std::vector<Tensor>& given) {
        const std::vector<Tensor> in = with_each(given, half_to_float32);
        Tensor h = in[1], c = in[2];
        composed_step(kind, linear(in[0], in[3], in[5]), {in[3], in[4], in[5], in[6]}, h, c);
        h = float32_to(h, dtype);
        return kind == CellKind::lstm ? std::vector<Tensor>{h, float32_to(c, dtype)} : std::vector<Tensor>{h};
      },
      inputs);
}

void cell_derivative(const Backward& b, CellKind kind, bool bias_input, bool bias_hidden) {
  if (grad_enabled()) return composed_derivative(b, kind, bias_input, bias_hidden);
  // 16-bit operands of products stay as they are; what is between is float32.
  const Tensor x = b.saved(0), state = b.saved(1), gates = b.saved(5);
  const Tensor wide_state = half_to_float32(state), cell = half_to_float32(b.saved(2));
  const DType dtype = x.dtype(), wide = gates.dtype();
  const int64_t rows = x.size(0), H = state.size(1), G = gates.size(1);
  const bool lstm = kind == CellKind::lstm, gru = kind == CellKind::gru;
  const auto incoming = [&](size_t output) {
    return b.grads[output].defined() ? contiguous(half_to_float32(b.grads[output]))
                                     : full({rows, H}, 0, wide, x.device());
  };
  const Tensor state_in = incoming(0), cell_in = lstm ? incoming(1) : Tensor();
  const Tensor gates_grad = empty({rows, G}, wide, x.device()),
               hidden_grad = gru ? empty({rows, G}, wide, x.device()) : gates_grad;
  const Tensor kept = gru ? empty({rows, H}, wide, x.device()) : Tensor();
  const Tensor cell_grad = lstm ? empty({rows, H}, wide, x.device()) : Tensor();
  const Tensor hidden_gates = gru ? b.saved(6) : Tensor();
  kernels(gates, hidden_gates, wide_state, cell, state_in, cell_in, gates_grad, hidden_grad, kept, cell_grad)
      .recurrent.cell_backward(
          wide, kind, rows, H,
          {gates.data(), gru ? hidden_gates.data() : nullptr, wide_state.data(), cell.data(), state_in.data(),
           lstm ? cell_in.data() : nullptr, gates_grad.data(), hidden_grad.data(),
           gru ? kept.data() : nullptr, lstm ? cell_grad.data() : nullptr});

  const Tensor gates_part = to(gates_grad, dtype), hidden_part = gru ? to(hidden_grad, dtype) : gates_part;
  const Matrix outer = matrix(gates_part, rows, G), inner = matrix(hidden_part, rows, G);
  if (b.wants(0)) b.give(0, product_of(x.device(), dtype, outer, matrix(b.saved(3), G, x.size(1))));
  if (b.wants(1)) {
    const Tensor through = product_of(x.device(), dtype, inner, matrix(b.saved(4), G, H));
    if (gru) binary_(BinaryOp::add, through, to(kept, dtype));
    b.give(1, through);
  }
  if (b.wants(2)) b.give(2, to(cell_grad, dtype));
  if (b.wants(3)) b.give(3, product_of(x.device(), dtype, transposed(outer), matrix(x, rows, x.size(1))));
  if (b.wants(4)) b.give(4, product_of(x.device(), dtype, transposed(inner), matrix(state, rows, H)));
  if (b.wants(5)) b.give(5, to(sum(gates_grad, {0}), dtype));
  if (b.wants(6)) b.give(6, to(sum(hidden_grad, {0}), dtype));
}

/// Whether a step takes 16-bit operands as they are. What is wrong with them is found by the checks.
template <class... T>
bool steps_in_bfloat16(const Tensor& x, const Tensor& hidden_hidden, const T&... others) {
  const auto low = [](const Tensor& t) { return !t.defined() || t.dtype() == DType::bfloat16; };
  if (!low(x) || !low(hidden_hidden) || !(low(others) && ...)) return false;
  return x.rank() == 2 && hidden_hidden.rank() == 2 &&
         kernels(x).recurrent.takes_bfloat16(
             {CellKind::tanh, x.size(0), hidden_hidden.size(1), 1, nullptr, nullptr, 1});
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
  if (any_half(x_in, hidden_in, cell_in, input_hidden_in, hidden_hidden_in, bias_input_in, bias_hidden_in) &&
      !steps_in_bfloat16(x_in, hidden_hidden_in, hidden_in, cell_in, input_hidden_in, bias_input_in,
                         bias_hidden_in))
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

  Tensor gates, hidden_gates, next, next_cell;
  {
    GradMode mode(false);
    gates = gates_of(x, input_hidden, bias_input);
    hidden_gates = gates_of(state, hidden_hidden, bias_hidden);
    const Tensor wide_state = half_to_float32(state), wide_cell = half_to_float32(cell);
    next = empty({rows, hidden}, gates.dtype(), gates.device());
    if (lstm) next_cell = empty({rows, hidden}, gates.dtype(), gates.device());
    kernels(gates, hidden_gates, wide_state, wide_cell, next, next_cell)
        .recurrent.cell_forward(
            gates.dtype(), kind, rows, hidden,
            {gates.data(), hidden_gates.data(), wide_state.data(), lstm ? wide_cell.data() : nullptr,
             next.data(), lstm ? next_cell.data() : nullptr});
    next = to(next, x.dtype());
    if (lstm) next_cell = to(next_cell, x.dtype());
  }
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
