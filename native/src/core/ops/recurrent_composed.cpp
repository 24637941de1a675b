// The recurrent layers and cells made of plain ops, step by step over the whole padded batch: what
// createGraph differentiates, and what the fused kernels are tested against.
#include "recurrent_support.h"

namespace tape {
namespace {

/// Tensors of one shape along a new dimension 0.
Tensor stack_rows(const std::vector<Tensor>& parts) {
  Tensor out;
  {
    GradMode mode(false);
    Dims shape = parts[0].shape();
    shape.insert(0, static_cast<int64_t>(parts.size()));
    out = empty(shape, parts[0].dtype(), parts[0].device());
    for (size_t i = 0; i < parts.size(); ++i) copy_(select(out, 0, static_cast<int64_t>(i)), parts[i]);
  }
  std::vector<const Tensor*> pointers;
  bool records = false;
  for (const Tensor& part : parts) {
    pointers.push_back(&part);
    records = records || should_record({&part});
  }
  if (!records) return out;
  auto derivative = [](const Backward& b) {
    for (size_t i = 0; i < b.node.edges.size(); ++i)
      if (b.wants(i)) b.give(i, select(b.grad(), 0, static_cast<int64_t>(i)));
  };
  Ref<Node> node(new OpNode<decltype(derivative)>(derivative));
  node->name = "stack";
  connect(*node, pointers);
  set_history(out, node);
  return out;
}

/// bool [T, B, 1]: which sequences reach step t.
Tensor reaches(const std::vector<int64_t>& lengths, int64_t steps, Device device) {
  const auto batch = static_cast<int64_t>(lengths.size());
  Tensor mask = empty({steps, batch, 1}, DType::boolean);
  for (int64_t t = 0; t < steps; ++t)
    for (int64_t i = 0; i < batch; ++i)
      mask.data_as<bool>()[t * batch + i] = lengths[static_cast<size_t>(i)] > t;
  return to(mask, device);
}

}  // namespace

void composed_step(CellKind kind, const Tensor& input_gates, const RecurrentWeights& w, Tensor& h,
                   Tensor& c) {
  const Tensor hidden_gates = linear(h, w.hidden_hidden, w.bias_hidden);
  const int64_t units = h.size(1);
  const auto part = [units](const Tensor& gates, int64_t k) { return narrow(gates, 1, k * units, units); };
  if (kind == CellKind::gru) {
    const Tensor reset = sigmoid(add(part(input_gates, 0), part(hidden_gates, 0)));
    const Tensor update = sigmoid(add(part(input_gates, 1), part(hidden_gates, 1)));
    const Tensor fresh = tanh(add(part(input_gates, 2), mul(reset, part(hidden_gates, 2))));
    h = add(fresh, mul(update, sub(h, fresh)));
    return;
  }
  const Tensor gates = add(input_gates, hidden_gates);
  if (kind == CellKind::lstm) {
    c = add(mul(sigmoid(part(gates, 1)), c), mul(sigmoid(part(gates, 0)), tanh(part(gates, 2))));
    h = mul(sigmoid(part(gates, 3)), tanh(c));
  } else {
    h = kind == CellKind::tanh ? tanh(gates) : relu(gates);
  }
}

std::vector<Tensor> composed_recurrent(const ComposedRun& run, const std::vector<Tensor>& in) {
  const Tensor& x = in[0];
  const int64_t B = x.size(0), T = x.size(1), H = in[4].size(1);
  const bool lstm = run.kind == CellKind::lstm;
  const Tensor zeros = full({B, H}, 0, x.dtype(), x.device());
  std::vector<Tensor> masks, hidden, cells;
  const Tensor all_masks = reaches(run.lengths, T, x.device());
  for (int64_t t = 0; t < T; ++t) masks.push_back(select(all_masks, 0, t));
  Tensor rows = x;
  for (int64_t layer = 0; layer < run.layers; ++layer) {
    std::vector<Tensor> outputs(static_cast<size_t>(T * run.directions));
    for (int64_t d = 0; d < run.directions; ++d) {
      const int64_t index = layer * run.directions + d;
      const auto at = static_cast<size_t>(3 + 4 * index);
      const RecurrentWeights w{in[at], in[at + 1], in[at + 2], in[at + 3]};
      Tensor h = in[1].defined() ? select(in[1], 0, index) : zeros;
      Tensor c = lstm && in[2].defined() ? select(in[2], 0, index) : zeros;
      const Tensor gates = linear(rows, w.input_hidden, w.bias_input);
      for (int64_t i = 0; i < T; ++i) {
        const int64_t t = d == 1 ? T - 1 - i : i;
        const Tensor& mask = masks[static_cast<size_t>(t)];
        Tensor next = h, next_cell = c;
        composed_step(run.kind, select(gates, 1, t), w, next, next_cell);
        h = where(mask, next, h);
        if (lstm) c = where(mask, next_cell, c);
        outputs[static_cast<size_t>(t * run.directions + d)] = where(mask, next, zeros);
      }
      hidden.push_back(h);
      cells.push_back(c);
    }
    if (T == 0) {
      rows = full({B, 0, run.directions * H}, 0, x.dtype(), x.device());
    } else {
      const Tensor all = reshape(stack_rows(outputs), {T, run.directions, B, H});
      rows = reshape(permute(all, {2, 0, 1, 3}), {B, T, run.directions * H});
    }
    if (static_cast<size_t>(layer) < run.masks.size())
      rows = mul(rows, run.masks[static_cast<size_t>(layer)]);
  }
  std::vector<Tensor> result{rows, stack_rows(hidden)};
  if (lstm) result.push_back(stack_rows(cells));
  return result;
}

}  // namespace tape
