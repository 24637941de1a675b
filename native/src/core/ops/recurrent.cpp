// Whole-sequence RNN, LSTM and GRU as one op: the input products of a layer in one matrix product over all
// packed rows, then a time loop of small products and fused gates. Backward runs the loop the other way and
// takes every weight's gradient in one product over all steps.
#include <algorithm>
#include <memory>

#include "recurrent_support.h"
#include "tape/precision.h"
#include "tape/random.h"

namespace tape {
namespace {

/// One call, as its derivative sees it.
struct Run {
  CellKind kind;
  int64_t layers, directions, hidden;
  double dropout;
  std::vector<PhiloxState> dropped;  // after each layer but the last
  Packing packing;
  DType states{};  // of states and gates: float32 where the rest is bfloat16

  int64_t gates() const { return gate_count(kind) * hidden; }
  RecurrentShape shape() const {
    return {kind,
            packing.batch,
            hidden,
            packing.steps,
            packing.sizes.data(),
            packing.starts.data(),
            directions,
            packing.there(packing.sizes),
            packing.there(packing.starts)};
  }
  Device device() const { return packing.device; }
  const Kernels& kernels() const {
    return packing.device == Device::cpu ? tape::kernels() : device_kernels(packing.device);
  }
};

/// What forward keeps of one direction of one layer.
struct Kept {
  Tensor gates, previous, previous_cell;
};
struct KeptLayer {
  Tensor input;
  Kept of[2];
};

// Inputs of the node: x, the initial states, then four weights for each direction of each layer.
constexpr size_t kFirstWeight = 3;

RecurrentWeights weights_at(const std::vector<Tensor>& all, size_t position) {
  return {all[4 * position], all[4 * position + 1], all[4 * position + 2], all[4 * position + 3]};
}

std::string part_name(int64_t layer, bool reverse) {
  return "layer " + std::to_string(layer) + (reverse ? " reverse: " : ": ");
}

void check_lengths(const char* where, const Tensor& lengths, const Tensor& x) {
  if (lengths.dtype() != DType::int64 || lengths.shape() != Dims{x.size(0)})
    fail(ErrorCode::shape, where, "lengths must be int64 ", x.size(0), ", one for each sequence, got ",
         name_of(lengths.dtype()), " ", to_string(lengths.shape()));
  for (int64_t i = 0; i < x.size(0); ++i) {
    const int64_t length = lengths.data_as<int64_t>()[i];
    if (length < 0 || length > x.size(1))
      fail(ErrorCode::value, where, "length ", length, " of sequence ", i, " is outside 0..", x.size(1),
           " (input ", to_string(x.shape()), ")");
  }
}

void check_state(const char* where, const char* name, const Tensor& state, const Tensor& x,
                 const Dims& shape) {
  if (!state.defined()) return;
  if (state.dtype() != x.dtype())
    fail(ErrorCode::dtype, where, "the initial ", name, " state is ", name_of(state.dtype()), ", the input ",
         name_of(x.dtype()), ", convert one with to()");
  if (state.shape() != shape)
    fail(ErrorCode::shape, where, "the initial ", name, " state must be ", to_string(shape),
         " (layers x directions, batch, hidden), got ", to_string(state.shape()));
}

/// What is added to the input products: both biases, except that of the gate a GRU scales.
Tensor input_bias(CellKind kind, const RecurrentWeights& w, int64_t hidden) {
  if (!w.bias_hidden.defined()) return w.bias_input;
  if (kind != CellKind::gru) return w.bias_input.defined() ? add(w.bias_input, w.bias_hidden) : w.bias_hidden;
  const Tensor bias = w.bias_input.defined()
                          ? clone(w.bias_input)
                          : full({3 * hidden}, 0, w.bias_hidden.dtype(), w.bias_hidden.device());
  binary_(BinaryOp::add, narrow(bias, 0, 0, 2 * hidden), narrow(w.bias_hidden, 0, 0, 2 * hidden));
  return bias;
}

/// Dropout between layers; its kernel takes no 16-bit numbers.
Tensor dropped(const Tensor& rows, const PhiloxState& state, double p) {
  const Tensor wide = to(rows, compute_dtype(rows.dtype()));
  kernels(wide).random.dropout(wide.data(), wide.data(), wide.dtype(), wide.numel(), state, p);
  return to(wide, rows.dtype());
}

/// input @ weight^T + bias, one gate's columns after the other, into gates of `width` columns.
void input_products(const Run& run, const Tensor& gates, int64_t width, const Tensor& input,
                    const Tensor& weight, const Tensor& bias) {
  const int64_t rows = run.packing.rows, depth = input.size(1);
  const Matrix c{gates.data(), rows, run.gates(), width, 1},
      a = matrix(input, rows, depth), b = transposed(matrix(weight, run.gates(), depth));
  const void* added = bias.defined() ? bias.data() : nullptr;
  if (is_half(input.dtype()))
    run.kernels().linear.gemm_half(input.dtype(), c, a, b, static_cast<const float*>(added));
  else
    run.kernels().linear.gemm(input.dtype(), c, a, b, added, false);
}

/// Runs one layer over packed rows; `state` and `cell` hold a tensor in packed order for each direction.
Tensor forward_layer(const Run& run, const std::vector<Tensor>& weights, size_t first, KeptLayer& kept,
                     Tensor* state, Tensor* cell, bool keep) {
  const int64_t rows = run.packing.rows, H = run.hidden, width = kept_count(run.kind) * H;
  const DType dtype = kept.input.dtype();
  Tensor output = empty({rows, run.directions * H}, dtype, run.device());
  const bool lstm = run.kind == CellKind::lstm, gru = run.kind == CellKind::gru;
  RecurrentForward passes[2];
  Tensor bias_new[2];
  for (int64_t d = 0; d < run.directions; ++d) {
    RecurrentWeights w = weights_at(weights, first + static_cast<size_t>(d));
    w.bias_input = half_to_float32(w.bias_input);
    w.bias_hidden = half_to_float32(w.bias_hidden);
    Kept& own = kept.of[d];
    own.gates = empty({rows, width}, run.states, run.device());
    if (keep) own.previous = empty({rows, H}, dtype, run.device());
    if (keep && lstm) own.previous_cell = empty({rows, H}, run.states, run.device());
    const Tensor bias = input_bias(run.kind, w, H);
    if (rows > 0) input_products(run, own.gates, width, kept.input, w.input_hidden, bias);
    const auto offset = static_cast<size_t>(d * H) * size_of(dtype);
    if (gru && w.bias_hidden.defined())
      bias_new[d] = narrow(w.bias_hidden, 0, 2 * H, H);
    else if (gru)
      bias_new[d] = full({H}, 0, run.states, run.device());
    passes[d] = {d == 1,
                 own.gates.data(),
                 keep ? own.previous.data() : nullptr,
                 keep && lstm ? own.previous_cell.data() : nullptr,
                 static_cast<char*>(output.data()) + offset,
                 run.directions * H,
                 state[d].data(),
                 lstm ? cell[d].data() : nullptr,
                 w.hidden_hidden.data(),
                 gru ? bias_new[d].data() : nullptr};
  }
  run.kernels().recurrent.forward(dtype, run.shape(), passes);
  return output;
}

/// Block `index` of a [L * D, B, H] tensor.
void* block(const Tensor& all, int64_t index) {
  return static_cast<char*>(all.data()) +
         static_cast<size_t>(index * all.size(1) * all.size(2)) * size_of(all.dtype());
}

/// Block `index` of `all` in packed order as the kernels take states, or zeros.
Tensor sorted(const Run& run, const Tensor& all, int64_t index) {
  if (!all.defined()) return full({run.packing.batch, run.hidden}, 0, run.states, run.device());
  return to(run.packing.arrange(block(all, index), all.dtype(), run.hidden, run.packing.order), run.states);
}

/// The way back, into block `index` of `all`.
void unsort(const Run& run, const Tensor& all, int64_t index, const Tensor& state) {
  run.packing.arrange_into(block(all, index), to(state, all.dtype()), run.packing.place);
}

/// Gives input `at` the gradient a @ b, straight into its room where it has one.
void give_product(const Backward& to, size_t at, Device device, DType dtype, const Matrix& a,
                  const Matrix& b) {
  const bool filled = to.fill(at, [&](const Tensor& into, bool adds) {
    const Matrix c = matrix(into, a.rows, b.cols);
    if (adds)
      kernels(into).linear.gemm_add(dtype, c, a, b);
    else if (a.cols == 0)
      fill_(into, 0);
    else
      multiply(kernels(into), dtype, c, a, b, nullptr);
  });
  if (!filled) to.give(at, product_of(device, dtype, a, b));
}

/// Gradients of one layer: into the weights' slots, and those of the states in place.
/// Returns the gradient of its input when `wants_input`.
Tensor backward_layer(const Backward& b, const Run& run, const std::vector<Tensor>& weights, size_t first,
                      const KeptLayer& kept, const Tensor& output_grad, Tensor* state, Tensor* cell,
                      bool wants_input) {
  const int64_t rows = run.packing.rows, H = run.hidden, G = run.gates(), input = kept.input.size(1);
  const DType dtype = kept.input.dtype();
  const bool lstm = run.kind == CellKind::lstm, gru = run.kind == CellKind::gru;
  Tensor gates_grad[2], hidden_grad[2];
  RecurrentBackward passes[2];
  for (int64_t d = 0; d < run.directions; ++d) {
    const Kept& own = kept.of[d];
    gates_grad[d] = empty({rows, G}, dtype, run.device());
    hidden_grad[d] = gru ? empty({rows, G}, dtype, run.device()) : gates_grad[d];
    const auto offset = static_cast<size_t>(d * H) * size_of(dtype);
    passes[d] = {d == 1,
                 own.gates.data(),
                 own.previous.data(),
                 lstm ? own.previous_cell.data() : nullptr,
                 output_grad.defined() ? static_cast<char*>(output_grad.data()) + offset : nullptr,
                 run.directions * H,
                 gates_grad[d].data(),
                 gru ? hidden_grad[d].data() : nullptr,
                 state[d].data(),
                 lstm ? cell[d].data() : nullptr,
                 weights_at(weights, first + static_cast<size_t>(d)).hidden_hidden.data()};
  }
  run.kernels().recurrent.backward(dtype, run.shape(), passes);

  Tensor input_grad;
  for (int64_t d = 0; d < run.directions; ++d) {
    const size_t at = kFirstWeight + 4 * (first + static_cast<size_t>(d));
    const Matrix outer = matrix(gates_grad[d], rows, G), inner = matrix(hidden_grad[d], rows, G);
    if (b.wants(at))
      give_product(b, at, run.device(), dtype, transposed(outer), matrix(kept.input, rows, input));
    if (b.wants(at + 1))
      give_product(b, at + 1, run.device(), dtype, transposed(inner), matrix(kept.of[d].previous, rows, H));
    Tensor bias_grad;  // of both biases, but in a GRU
    if (b.wants(at + 2)) b.give(at + 2, bias_grad = sum(gates_grad[d], {0}));
    if (b.wants(at + 3)) b.give(at + 3, gru || !bias_grad.defined() ? sum(hidden_grad[d], {0}) : bias_grad);
    if (!wants_input) continue;
    const Tensor& weight = weights_at(weights, first + static_cast<size_t>(d)).input_hidden;
    const Tensor part = product_of(run.device(), dtype, outer, matrix(weight, G, input));
    if (d == 0)
      input_grad = part;
    else
      binary_(BinaryOp::add, input_grad, part);
  }
  return input_grad;
}

/// Where each tensor stands among the node's saved ones; -1 where there is none.
struct Slots {
  struct OfKept {
    int gates, previous, previous_cell;
  };
  struct OfLayer {
    int input;
    OfKept of[2];
  };
  std::vector<int> inputs;
  std::vector<OfLayer> layers;
};

int save(Node& node, const Tensor& tensor) {
  if (!tensor.defined()) return -1;
  node.save(tensor);
  return static_cast<int>(node.saved.size()) - 1;
}
Tensor saved(const Backward& b, int slot) { return slot < 0 ? Tensor() : b.saved(static_cast<size_t>(slot)); }

/// The same by plain ops, for createGraph.
void run_composed_backward(const Backward& b, const Run& run, const Slots& slots) {
  const Packing& packing = run.packing;
  ComposedRun composed{run.kind, run.layers, run.directions, packing.lengths(), {}};
  std::vector<Tensor> inputs;
  for (int slot : slots.inputs) inputs.push_back(saved(b, slot));
  const DType dtype = inputs[0].dtype();
  {
    GradMode mode(false);
    for (const PhiloxState& state : run.dropped) {
      const Tensor kept = full({packing.rows, run.directions * run.hidden}, 1, run.states, run.device());
      kernels(kept).random.dropout(kept.data(), kept.data(), kept.dtype(), kept.numel(), state, run.dropout);
      composed.masks.push_back(packing.unpack(kept));
    }
  }
  composite_backward(
      b,
      [composed, dtype](const std::vector<Tensor>& in) {
        return with_each(composed_recurrent(composed, with_each(in, half_to_float32)),
                         [dtype](const Tensor& x) { return float32_to(x, dtype); });
      },
      inputs);
}

void run_backward(const Backward& b, const Run& run, const Slots& slots) {
  if (grad_enabled()) return run_composed_backward(b, run, slots);
  const Tensor x = saved(b, slots.inputs[0]);
  std::vector<Tensor> weights;
  for (size_t i = kFirstWeight; i < slots.inputs.size(); ++i) weights.push_back(saved(b, slots.inputs[i]));
  const bool lstm = run.kind == CellKind::lstm;
  const Tensor hidden_grads = b.grads[1].defined() ? contiguous(b.grads[1]) : Tensor();
  const Tensor cell_grads = lstm && b.grads[2].defined() ? contiguous(b.grads[2]) : Tensor();
  const Dims states{run.layers * run.directions, run.packing.batch, run.hidden};
  const Tensor hidden_out = b.wants(1) ? empty(states, x.dtype(), x.device()) : Tensor();
  const Tensor cell_out = b.wants(2) ? empty(states, x.dtype(), x.device()) : Tensor();

  Tensor gradient = b.grad().defined() ? run.packing.pack(contiguous(b.grad())) : Tensor();
  for (int64_t layer = run.layers - 1; layer >= 0; --layer) {
    const Slots::OfLayer& at = slots.layers[static_cast<size_t>(layer)];
    KeptLayer kept{saved(b, at.input), {}};
    Tensor state[2], cell[2];
    const int64_t first = layer * run.directions;
    for (int64_t d = 0; d < run.directions; ++d) {
      kept.of[d] = {saved(b, at.of[d].gates), saved(b, at.of[d].previous), saved(b, at.of[d].previous_cell)};
      state[d] = sorted(run, hidden_grads, first + d);
      if (lstm) cell[d] = sorted(run, cell_grads, first + d);
    }
    gradient = backward_layer(b, run, weights, static_cast<size_t>(first), kept, gradient, state, cell,
                              layer > 0 || b.wants(0));
    if (layer > 0 && run.dropout > 0)
      gradient = dropped(gradient, run.dropped[static_cast<size_t>(layer - 1)], run.dropout);
    for (int64_t d = 0; d < run.directions; ++d) {
      if (hidden_out.defined()) unsort(run, hidden_out, first + d, state[d]);
      if (cell_out.defined()) unsort(run, cell_out, first + d, cell[d]);
    }
  }
  if (b.wants(0)) b.give(0, run.packing.unpack(gradient));
  if (hidden_out.defined()) b.give(1, hidden_out);
  if (cell_out.defined()) b.give(2, cell_out);
}

/// Whether the time loops take 16-bit operands as they are. What is wrong with them is found by the checks.
bool loops_in_bfloat16(CellKind kind, const Tensor& x, const Tensor& hidden, const Tensor& cell,
                       const std::vector<Tensor>& weights) {
  const auto low = [](const Tensor& t) { return !t.defined() || t.dtype() == DType::bfloat16; };
  if (!low(x) || !low(hidden) || !low(cell) || !std::all_of(weights.begin(), weights.end(), low))
    return false;
  if (x.rank() != 3 || weights.size() < 2 || !weights[1].defined() || weights[1].rank() != 2 ||
      weights[1].size(1) == 0)
    return false;
  return kernels(x).recurrent.takes_bfloat16(
      {kind, x.size(0), weights[1].size(1), x.size(1), nullptr, nullptr, 1});
}

}  // namespace

RecurrentResult recurrent(CellKind kind, const Tensor& x_in, const Tensor& lengths_in,
                          const Tensor& hidden_in, const Tensor& cell_in,
                          const std::vector<Tensor>& weights_in, const RecurrentOptions& options) {
  const auto again = [&](const Tensor& x, const Tensor& hidden, const Tensor& cell,
                         const std::vector<Tensor>& weights) {
    return recurrent(kind, x, lengths_in, hidden, cell, weights, options);
  };
  if (autocast_enabled()) return autocast_lower(again, x_in, hidden_in, cell_in, weights_in);
  if (any_half(x_in, hidden_in, cell_in, weights_in) &&
      !loops_in_bfloat16(kind, x_in, hidden_in, cell_in, weights_in))
    return compute_in_float32(again, x_in, hidden_in, cell_in, weights_in);
  const char* where = name_of(kind);
  check_floating(where, x_in);
  if (x_in.rank() != 3)
    fail(ErrorCode::shape, where, "input must be [batch, time, features], got ", to_string(x_in.shape()));
  const int64_t directions = options.bidirectional ? 2 : 1;
  const auto count = static_cast<int64_t>(weights_in.size());
  if (count == 0 || count % (4 * directions) != 0)
    fail(ErrorCode::value, where, "weights must hold one entry for each layer",
         options.bidirectional ? " and direction" : "", ", got ", count / 4);
  if (!(options.dropout >= 0 && options.dropout <= 1))
    fail(ErrorCode::value, where, "dropout must be between 0 and 1, got ", options.dropout);
  const int64_t layers = count / (4 * directions);
  if (!weights_in[1].defined() || weights_in[1].rank() != 2 || weights_in[1].size(1) == 0)
    fail(ErrorCode::shape, where, "layer 0: hiddenHidden must be [", gate_count(kind),
         " * hidden, hidden], got ", weights_in[1].defined() ? to_string(weights_in[1].shape()) : "nothing");
  const int64_t hidden = weights_in[1].size(1), batch = x_in.size(0);
  for (int64_t i = 0; i < layers * directions; ++i) {
    const RecurrentWeights w = weights_at(weights_in, static_cast<size_t>(i));
    const std::string part = part_name(i / directions, i % directions == 1);
    if (!w.input_hidden.defined() || !w.hidden_hidden.defined())
      fail(ErrorCode::value, where, part, w.input_hidden.defined() ? "hiddenHidden" : "inputHidden",
           " is missing");
    check_weights(where, part, kind, w, x_in, i < directions ? x_in.size(2) : directions * hidden, hidden);
  }
  const Dims states{layers * directions, batch, hidden};
  check_state(where, "hidden", hidden_in, x_in, states);
  check_state(where, "cell", cell_in, x_in, states);
  const Tensor lengths = lengths_in.defined() ? to(contiguous(lengths_in), Device::cpu) : lengths_in;
  if (lengths.defined()) check_lengths(where, lengths, x_in);

  const auto plain = [](const Tensor& tensor) { return tensor.defined() ? contiguous(tensor) : tensor; };
  std::vector<Tensor> inputs{plain(x_in), plain(hidden_in), plain(cell_in)};
  for (const Tensor& weight : weights_in) inputs.push_back(plain(weight));
  const std::vector<Tensor> weights(inputs.begin() + kFirstWeight, inputs.end());
  bool records = false;
  for (const Tensor& input : inputs) records = records || should_record({&input});

  const bool drops = options.training && options.dropout > 0;
  const auto run = std::make_shared<Run>(Run{
      kind,
      layers,
      directions,
      hidden,
      drops ? options.dropout : 0,
      {},
      Packing(batch, x_in.size(1), lengths.defined() ? lengths.data_as<int64_t>() : nullptr, x_in.device()),
      compute_dtype(x_in.dtype())});
  std::vector<KeptLayer> kept(static_cast<size_t>(layers));
  RecurrentResult result;
  {
    GradMode mode(false);
    const DType dtype = x_in.dtype();
    const bool lstm = kind == CellKind::lstm;
    result.hidden = empty(states, dtype, x_in.device());
    if (lstm) result.cell = empty(states, dtype, x_in.device());
    Tensor rows = run->packing.pack(inputs[0]);
    for (int64_t layer = 0; layer < layers; ++layer) {
      const int64_t first = layer * directions;
      Tensor state[2], cell[2];
      for (int64_t d = 0; d < directions; ++d) {
        state[d] = sorted(*run, inputs[1], first + d);
        if (lstm) cell[d] = sorted(*run, inputs[2], first + d);
      }
      KeptLayer& own = kept[static_cast<size_t>(layer)];
      own.input = rows;
      rows = forward_layer(*run, weights, static_cast<size_t>(first), own, state, cell, records);
      for (int64_t d = 0; d < directions; ++d) {
        unsort(*run, result.hidden, first + d, state[d]);
        if (lstm) unsort(*run, result.cell, first + d, cell[d]);
      }
      if (drops && layer + 1 < layers) {
        run->dropped.push_back(reserve_random(rows.numel()));
        rows = dropped(rows, run->dropped.back(), options.dropout);
      }
      if (!records) own = {};
    }
    result.output = run->packing.unpack(rows);
  }
  std::vector<const Tensor*> pointers;
  for (const Tensor& input : inputs) pointers.push_back(&input);
  if (tape_mode & kAnomaly) [[unlikely]]
    for (const Tensor* output : {&result.output, &result.hidden, &result.cell})
      if (output->defined()) check_forward(where, *output, pointers);
  if (!records) return result;

  const auto slots = std::make_shared<Slots>();
  auto derivative = [run, slots](const Backward& b) { run_backward(b, *run, *slots); };
  Ref<Node> node(new OpNode<decltype(derivative)>(derivative));
  node->name = where;
  connect(*node, pointers);
  for (const Tensor& input : inputs) slots->inputs.push_back(save(*node, input));
  for (const KeptLayer& layer : kept) {
    Slots::OfLayer at{save(*node, layer.input), {}};
    for (int64_t d = 0; d < directions; ++d)
      at.of[d] = {save(*node, layer.of[d].gates), save(*node, layer.of[d].previous),
                  save(*node, layer.of[d].previous_cell)};
    slots->layers.push_back(at);
  }
  set_history(result.output, node);
  set_history(result.hidden, node);
  if (result.cell.defined()) set_history(result.cell, node);
  return result;
}

}  // namespace tape
