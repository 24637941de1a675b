// Recording: nodes, their edges, saved tensors, and views changed in place.
#include <vector>

#include "tape/anomaly.h"
#include "tape/autograd.h"
#include "tape/checkpoint.h"
#include "tape/journal.h"
#include "tape/ops.h"
#include "tape_internal.h"

namespace tape {

constinit thread_local uint32_t tape_mode = kRecording;

namespace {

constinit thread_local uint64_t next_sequence = 1;

// Deferred deletion: freeing a node frees its edges, which frees the next node; doing that by
// recursion would overflow the stack on long tapes.
thread_local std::vector<Node*> doomed;
constinit thread_local bool draining = false;

// The in-place op that is running, for anomaly detection.
constinit thread_local const char* inplace_name = "";

/// Gives a tensor another history; a gradient it retains is from then on that of its new value.
void assign_history(TensorImpl& impl, const Ref<Node>& node, uint16_t output_nr) {
  if (impl.retains_grad && impl.grad_fn != node) {
    if (impl.grad_fn && impl.grad_fn->extras)
      std::erase_if(impl.grad_fn->extras->retained, [&](const auto& entry) { return entry.tensor == &impl; });
    if (node) node->more().retained.push_back({&impl, output_nr});
    impl.retains_grad = static_cast<bool>(node);
  }
  impl.grad_fn = node;
  impl.output_nr = output_nr;
}

/// Backward of an in-place op on a view, seen from the base: the part of the gradient under the view
/// goes through the op's own node, the rest passes.
struct CopySlices final : Node {
  CopySlices(const Tensor& view, Ref<Node> inner) : inner(std::move(inner)) {
    const TensorImpl& base = *view.impl()->base;
    base_strides = base.strides;
    shape = view.shape();
    strides = view.strides();
    offset = view.impl()->offset - base.offset;
    name = this->inner->name;
  }
  void apply(std::span<Tensor> grads, std::span<Tensor> result) override {
    if (grad_enabled())
      for (const SavedTensor& entry : inner->saved)
        if (entry.is_output) refuse_create_graph(name);
    // Laid out as the base is, so that the view's strides fit.
    const Tensor whole = empty_strided(grads[0].shape(), base_strides, grads[0].dtype(), grads[0].device());
    copy_(whole, grads[0]);
    const Tensor slice = as_strided(whole, shape, strides, offset);
    Tensor incoming[] = {clone(slice)};
    std::vector<Tensor> inner_result(inner->edges.size());
    inner->apply(incoming, inner_result);
    // Input 0 of the op was the view itself: its gradient goes back into the slice.
    if (wants(0)) {
      if (inner_result[0].defined())
        copy_(slice, sum_to(inner_result[0], slice.shape()));
      else
        fill_(slice, 0);
      result[0] = whole;
    }
    for (size_t i = 1; i < inner_result.size(); ++i) result[i] = inner_result[i];
  }
  void release_saved() override {
    Node::release_saved();
    inner->release_saved();
  }
  Ref<Node> inner;
  Dims base_strides, shape, strides;
  int64_t offset;
};

}  // namespace

NodeExtras::NodeExtras() = default;
NodeExtras::~NodeExtras() = default;

Node::Node() : sequence(next_sequence++) { ++memory_stats().live_nodes; }
Node::~Node() {
  --memory_stats().live_nodes;
  if (tape_mode & kJournal) [[unlikely]]
    journal_destroyed(*this);
}

void Node::destroy() {
  doomed.push_back(this);
  if (draining) return;
  draining = true;
  while (!doomed.empty()) {
    Node* node = doomed.back();
    doomed.pop_back();
    delete node;
  }
  draining = false;
}

void Node::save(const Tensor& tensor) {
  if (tape_mode & (kPacking | kRecomputing)) [[unlikely]]
    if (save_in_checkpoint(*this, tensor, false)) return;
  saved.emplace_back(tensor, tensor.version(), false, uint16_t{0});
}

void Node::save_output(const Tensor& output) {
  if (tape_mode & (kPacking | kRecomputing)) [[unlikely]]
    if (save_in_checkpoint(*this, output, true)) return;
  saved.emplace_back(detach(output), output.version(), true, output.impl()->output_nr);
}

void Node::release_saved() {
  if (!saved.empty()) released = true;
  saved.clear();
  if (extras) extras->packed.clear();
}

Tensor Node::unpack(size_t index) {
  if (released)
    fail(ErrorCode::gradient, name,
         "backward a second time: what this op saved was released by the first one, pass retainGraph");
  SavedTensor& entry = saved[index];
  if (!entry.tensor.defined()) return unpack_from_checkpoint(*this, index);
  if (entry.tensor.version() != entry.version)
    fail(ErrorCode::gradient, name, "a tensor saved for backward (", name_of(entry.tensor.dtype()), " ",
         to_string(entry.tensor.shape()), ", ", entry.is_output ? "output" : "input",
         ") was changed in place: it is at version ", entry.tensor.version(), ", expected version ",
         entry.version, ", change a clone() instead");
  if (!entry.is_output) return entry.tensor;
  if (!grad_enabled()) return entry.tensor;
  Tensor output = detach(entry.tensor);
  output.impl()->grad_fn = Ref<Node>(this);
  output.impl()->output_nr = entry.output_nr;
  return output;
}

AccumulateGrad::AccumulateGrad(const Tensor& variable) : variable(variable) {
  name = "accumulateGrad";
  sequence = UINT64_MAX;  // runs as soon as its gradient is complete, so that memory is given back early
  outputs.emplace_back(variable);
  variable.impl()->accumulator = this;
}
AccumulateGrad::~AccumulateGrad() { variable.impl()->accumulator = nullptr; }

void AccumulateGrad::apply(std::span<Tensor> grads, std::span<Tensor>) {
  add_gradient(std::move(grads[0]));
  if (LeafHooks* hooks = variable.impl()->hooks.get()) run_post_accumulate_hooks(*hooks, variable);
}

namespace {

/// The leaf's part of its optimizer's buffer when no gradient is there and nobody holds the last one.
Tensor free_room(const TensorImpl& leaf) {
  const Ref<TensorImpl>& room = leaf.grad_room;
  const bool free = room && !leaf.grad && room->refs == 1 && room->storage->refs == 1;
  return free ? Tensor(room) : Tensor();
}

constexpr int64_t kSmallGradient = 4096;  // copied into its room; a larger one is kept where it was made

}  // namespace

constinit thread_local bool fills_leaves = false;

Tensor gradient_room(const Node& node, size_t input, bool& adds) {
  if (!fills_leaves || grad_enabled() || (tape_mode & kAnomaly) || !node.wants(input)) return {};
  const Node& next = *node.edges[input].node;
  if (!next.accumulates()) return {};
  const TensorImpl& leaf = *static_cast<const AccumulateGrad&>(next).variable.impl();
  if (!leaf.grad_room || leaf.hooks) return {};
  adds = static_cast<bool>(leaf.grad);
  if (!adds) return free_room(leaf);
  return leaf.grad == leaf.grad_room ? Tensor(leaf.grad) : Tensor();
}

void settle_gradient(const Node& node, size_t input, const Tensor& room) {
  room.bump_version();
  static_cast<const AccumulateGrad&>(*node.edges[input].node).variable.set_grad(room);
}

void AccumulateGrad::add_gradient(Tensor incoming) {
  TensorImpl& leaf = *variable.impl();
  if (!leaf.grad) {
    // Steal a gradient that nobody else holds; it must be a plain tensor of its own.
    const bool own = incoming.impl()->refs == 1 && incoming.impl()->storage->refs == 1 &&
                     incoming.is_contiguous() && !incoming.impl()->storage->parent;
    const Tensor room = own && incoming.numel() > kSmallGradient ? Tensor() : free_room(leaf);
    if (grad_enabled()) {
      leaf.grad = incoming.ref();
    } else if (room.defined()) {
      copy_(room, incoming);
      leaf.grad = room.ref();
    } else {
      leaf.grad = (own ? incoming : clone(incoming)).ref();
    }
    return;
  }
  if (grad_enabled()) {
    leaf.grad = add(Tensor(leaf.grad), incoming).ref();
  } else {
    binary_(BinaryOp::add, Tensor(leaf.grad), incoming);
  }
}

Edge edge_of(const Tensor& tensor) {
  TensorImpl& impl = *tensor.impl();
  if (impl.base && impl.base->storage->version != impl.view_version) {
    // The memory under this view was changed in place since: its history is now the base's.
    impl.view_version = impl.base->storage->version;
    const Tensor base(impl.base);
    if (base.requires_grad()) {
      GradMode mode(true);
      const Tensor fresh = as_strided(base, impl.shape, impl.strides, impl.offset - impl.base->offset);
      assign_history(impl, fresh.impl()->grad_fn, 0);
    }
  }
  if (impl.grad_fn) return {impl.grad_fn, impl.output_nr};
  if (!impl.requires_grad) return {};
  if (!impl.accumulator) return {Ref<Node>(new AccumulateGrad(tensor)), 0};
  return {Ref<Node>(impl.accumulator), 0};
}

void connect(Node& node, std::span<const Tensor* const> inputs) {
  for (const Tensor* input : inputs) {
    if (input->defined())
      node.edges.push_back(edge_of(*input));
    else
      node.edges.emplace_back();
    // Bringing a view up to date records a node: whoever uses it must come after it.
    const Node* before = node.edges[node.edges.size() - 1].node.get();
    if (before && before->sequence > node.sequence && !before->accumulates()) node.sequence = next_sequence++;
  }
  if (tape_mode & kAnomaly) [[unlikely]]
    keep_trace(node);
  if (tape_mode & kJournal) [[unlikely]]
    journal_recorded(node);
}

void set_history(const Tensor& output, const Ref<Node>& node) {
  assign_history(*output.impl(), node, static_cast<uint16_t>(node->outputs.size()));
  node->outputs.emplace_back(output);
}

void set_view(const Tensor& view, const Tensor& source) {
  TensorImpl& impl = *view.impl();
  impl.viewed_without_grad = !grad_enabled() || source.impl()->viewed_without_grad;
  // Inside backward views are plain aliases: a base would keep the gradient from being stolen.
  if (!grad_enabled() && !source.requires_grad()) return;
  impl.base = source.impl()->base ? source.impl()->base : source.ref();
  impl.view_version = view.version();
}

void detach_(const Tensor& tensor) {
  TensorImpl& impl = *tensor.impl();
  if (impl.base)
    fail(ErrorCode::gradient, "detach_", "a view cannot be cut off its base in place (shape ",
         to_string(tensor.shape()), "), use detach()");
  assign_history(impl, {}, 0);
  impl.requires_grad = false;
}

void check_inplace(const char* name, const Tensor& tensor) {
  if (tape_mode & kAnomaly) [[unlikely]]
    inplace_name = name;
  if (overlaps_itself(tensor))
    fail(ErrorCode::value, name, "cannot write into an expanded tensor of shape ", to_string(tensor.shape()),
         ", whose elements share memory, use clone() first");
  if (!grad_enabled()) return;
  const TensorImpl& impl = *tensor.impl();
  if (tensor.is_leaf() && impl.requires_grad)
    fail(ErrorCode::gradient, name, "a leaf that requires gradients cannot be changed in place (shape ",
         to_string(tensor.shape()), "), do it inside noGrad()");
  if (!impl.base) return;
  if (!impl.base->grad_fn && impl.base->requires_grad)
    fail(ErrorCode::gradient, name,
         "a view of a leaf that requires gradients cannot be changed in place (shape ",
         to_string(tensor.shape()), "), do it inside noGrad()");
}

void finish_inplace(const Tensor& tensor, Ref<Node> node) {
  tensor.bump_version();
  TensorImpl& impl = *tensor.impl();
  if (tape_mode & kAnomaly) [[unlikely]]
    check_inplace_result(inplace_name, tensor);
  if (!node) return;
  if (impl.viewed_without_grad)
    fail(ErrorCode::gradient, node->name,
         "a view made inside noGrad() cannot be changed in place with gradients, make the view outside");
  if (!impl.base) {
    set_history(tensor, node);
    return;
  }
  const Tensor base(impl.base);
  if (overlaps_itself(base))
    fail(ErrorCode::gradient, node->name, "a view of an expanded tensor cannot be changed in place (base ",
         to_string(base.shape()), "), use clone() first");
  auto* slices = new CopySlices(tensor, node);
  Ref<Node> rebased(slices);
  const Tensor* bases[] = {&base};
  connect(*rebased, bases);
  for (size_t i = 1; i < node->edges.size(); ++i) rebased->edges.push_back(node->edges[i]);
  node->outputs.emplace_back(tensor);
  set_history(base, rebased);
  impl.view_version = tensor.version() - 1;  // out of date: edge_of makes it a view of the new base
  edge_of(tensor);
}

Tensor sum_to(const Tensor& gradient, const Dims& shape) {
  if (gradient.shape() == shape) return gradient;
  const int lead = gradient.rank() - shape.size();
  Dims reduced;
  for (int i = 0; i < gradient.rank(); ++i)
    if (i < lead || (shape[i - lead] == 1 && gradient.size(i) != 1)) reduced.push_back(i);
  Tensor result = reduced.empty() ? gradient : sum(gradient, reduced, true);
  return lead > 0 ? reshape(result, shape) : result;
}

void refuse_create_graph(const char* name) {
  if (grad_enabled())
    fail(ErrorCode::gradient, name,
         "its backward is a fused kernel without a derivative, createGraph cannot pass through it");
}

}  // namespace tape
