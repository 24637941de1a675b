// Rewinding the tape. The thread that calls drives it: nodes leave a heap in reverse order of
// recording, so that what forward saved last is released first.
#include <algorithm>
#include <utility>
#include <vector>

#include "tape/anomaly.h"
#include "tape/autograd.h"
#include "tape/journal.h"
#include "tape/ops.h"
#include "tape/precision.h"
#include "tape/profile.h"
#include "tape_internal.h"

namespace tape {
namespace {

constinit thread_local uint32_t next_task = 1;

struct Capture {
  Node* node;
  uint16_t output_nr;
  size_t slot;
};

/// A node an outer backward has in hand: its marks, to be put back when the inner one is done.
struct Borrowed {
  Ref<Node> node;
  uint32_t visit;
  int32_t dependencies;
  bool needed;
  std::vector<Tensor> incoming;
};

/// One call of backward. Marks on the nodes are taken away again however it ends.
struct Task {
  Task() {
    id = next_task++;
    if (id == 0) id = next_task++;
  }
  ~Task() {
    for (const Ref<Node>& node : nodes) {
      node->visit = 0;
      node->dependencies = 0;
      node->needed = true;
      node->incoming.clear();
    }
    for (Borrowed& entry : borrowed) {
      entry.node->visit = entry.visit;
      entry.node->dependencies = entry.dependencies;
      entry.node->needed = entry.needed;
      entry.node->incoming.resize(entry.incoming.size());
      for (size_t i = 0; i < entry.incoming.size(); ++i)
        entry.node->incoming[i] = std::move(entry.incoming[i]);
    }
    forget_all_recomputed();
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  bool claim(Node& node) {
    if (node.visit == id) return false;
    if (node.visit != 0) {
      Borrowed entry{Ref<Node>(&node), node.visit, node.dependencies, node.needed, {}};
      for (Tensor& gradient : node.incoming) entry.incoming.push_back(std::move(gradient));
      borrowed.push_back(std::move(entry));
      node.incoming.clear();
      node.dependencies = 0;
      node.needed = true;
    }
    node.visit = id;
    nodes.emplace_back(&node);
    return true;
  }

  /// Counts how many gradients each node behind the roots waits for.
  void discover() {
    for (size_t i = 0; i < nodes.size(); ++i) {
      Node& node = *nodes[i];  // grows while it is read
      for (Edge& edge : node.edges) {
        if (!edge.node) continue;
        claim(*edge.node);
        ++edge.node->dependencies;
      }
    }
  }

  /// For grad(): only what leads to a wanted input runs.
  void mark_needed(const std::vector<Capture>& captures) {
    for (const Ref<Node>& node : nodes) node->needed = false;
    for (const Capture& capture : captures)
      if (capture.node->visit == id) capture.node->needed = true;
    // An edge leads to an older node, or to a leaf's accumulator, so oldest first is inputs first.
    std::vector<Node*> order;
    order.reserve(nodes.size());
    for (const Ref<Node>& node : nodes)
      if (!node->accumulates()) order.push_back(node.get());
    std::sort(order.begin(), order.end(), [](Node* a, Node* b) { return a->sequence < b->sequence; });
    for (Node* node : order)
      for (Edge& edge : node->edges)
        if (edge.node && edge.node->needed) node->needed = true;
  }

  static bool runs_later(Node* a, Node* b) { return a->sequence < b->sequence; }
  void push(Node* node) {
    ready.push_back(node);
    std::push_heap(ready.begin(), ready.end(), runs_later);
  }
  Node* pop() {
    std::pop_heap(ready.begin(), ready.end(), runs_later);
    Node* node = ready.back();
    ready.pop_back();
    return node;
  }

  uint32_t id;
  std::vector<Ref<Node>> nodes;
  std::vector<Borrowed> borrowed;
  std::vector<Node*> ready;
};

/// Adds a gradient to what `node` has gathered for its output `output_nr`.
void gather(Node& node, uint16_t output_nr, Tensor gradient) {
  if (node.incoming.size() < node.outputs.size()) node.incoming.resize(node.outputs.size());
  Tensor& slot = node.incoming[output_nr];
  if (!slot.defined()) {
    slot = std::move(gradient);
    return;
  }
  const bool own = slot.impl()->refs == 1 && slot.impl()->storage->refs == 1 && is_dense(slot);
  if (own && !grad_enabled())
    binary_(BinaryOp::add, slot, gradient);
  else
    slot = add(slot, gradient);
}

/// The gradient for one input, in the shape and dtype of what was fed in.
Tensor fit(const Node& from, size_t input, Tensor gradient, const OutputInfo& expected) {
  if (gradient.device() != expected.device)
    fail(ErrorCode::gradient, from.name, "gradient of input ", input, " is on ", name_of(gradient.device()),
         ", the input on ", name_of(expected.device));
  if (gradient.dtype() != expected.dtype)
    fail(ErrorCode::gradient, from.name, "gradient of input ", input, " is ", name_of(gradient.dtype()),
         ", expected ", name_of(expected.dtype));
  if (gradient.shape() == expected.shape) return gradient;
  if (!is_expandable(expected.shape, gradient.shape()))
    fail(ErrorCode::gradient, from.name, "gradient of input ", input, " has shape ",
         to_string(gradient.shape()), ", expected ", to_string(expected.shape));
  return sum_to(gradient, expected.shape);
}

/// Runs the derivative; under anomaly detection looks at what it made.
void apply(Node& node, std::span<Tensor> incoming, std::span<Tensor> result) {
  if (!(tape_mode & (kAnomaly | kProfiling | kJournal))) return node.apply(incoming, result);
  if (tape_mode & kJournal) return journal_apply(node, incoming, result);
  if (tape_mode & kProfiling && !(tape_mode & kAnomaly)) return run_profiled(node, incoming, result);
  const std::vector<Tensor> before(incoming.begin(), incoming.end());
  // The ops inside are part of this derivative: blame it, not them.
  struct Quiet {
    Quiet() { tape_mode &= ~kAnomaly; }
    ~Quiet() { tape_mode |= kAnomaly; }
  };
  {
    Quiet quiet;
    node.apply(incoming, result);
  }
  if (!node.accumulates()) return check_backward(node, before, result);
  const Tensor total = static_cast<AccumulateGrad&>(node).variable.grad();
  check_backward(node, before, {&total, 1});
}

/// Whether derivatives may write gradients of leaves themselves, while it lives.
struct FillsLeaves {
  explicit FillsLeaves(bool fills) : before(std::exchange(fills_leaves, fills)) {}
  ~FillsLeaves() { fills_leaves = before; }
  FillsLeaves(const FillsLeaves&) = delete;
  FillsLeaves& operator=(const FillsLeaves&) = delete;
  bool before;
};

std::vector<Tensor> run(const char* where, const std::vector<Tensor>& outputs,
                        const std::vector<Tensor>& grads, const std::vector<Tensor>* inputs,
                        bool retain_graph, bool create_graph) {
  std::vector<Tensor> captured(inputs ? inputs->size() : 0);
  GradMode mode(create_graph);
  AutocastOff off;  // derivatives run in the dtype their op ran in
  FillsLeaves fills(inputs == nullptr);
  Task task;
  std::vector<Edge> roots;
  for (const Tensor& output : outputs) {
    roots.push_back(edge_of(output));
    if (!roots.back().node)
      fail(ErrorCode::gradient, where, "the output (", name_of(output.dtype()), " ",
           to_string(output.shape()),
           ") does not require gradients: nothing it was made from has requiresGrad");
    task.claim(*roots.back().node);
  }
  const std::vector<Ref<Node>> root_nodes = task.nodes;
  task.discover();
  if (tape_mode & kJournal) [[unlikely]]
    journal_backward(task.nodes);

  std::vector<Capture> captures;
  if (inputs) {
    for (size_t i = 0; i < inputs->size(); ++i) {
      const Edge edge = edge_of((*inputs)[i]);
      if (!edge.node) fail(ErrorCode::gradient, where, "input ", i, " does not require gradients");
      if (edge.node->visit == task.id) captures.push_back({edge.node.get(), edge.input_nr, i});
    }
    task.mark_needed(captures);
  }

  for (size_t i = 0; i < outputs.size(); ++i) {
    Tensor seed = i < grads.size() ? grads[i] : Tensor();
    if (!seed.defined()) {
      if (outputs[i].numel() != 1)
        fail(ErrorCode::gradient, where, "the output has ", outputs[i].numel(), " elements (",
             to_string(outputs[i].shape()), "), pass a gradient of that shape or reduce it to one element");
      seed = full(outputs[i].shape(), 1, outputs[i].dtype(), outputs[i].device());
    } else if (seed.device() != outputs[i].device()) {
      fail(ErrorCode::gradient, where, "the gradient given is on ", name_of(seed.device()),
           ", the output on ", name_of(outputs[i].device()));
    } else if (seed.shape() != outputs[i].shape() || seed.dtype() != outputs[i].dtype()) {
      fail(ErrorCode::gradient, where, "the gradient given is ", name_of(seed.dtype()), " ",
           to_string(seed.shape()), ", expected ", name_of(outputs[i].dtype()), " ",
           to_string(outputs[i].shape()));
    }
    if (tape_mode & kAnomaly) check_seed(where, seed);
    gather(*roots[i].node, roots[i].input_nr, std::move(seed));
  }
  for (const Ref<Node>& node : root_nodes)
    if (node->dependencies == 0) task.push(node.get());

  SmallVector<Tensor, 4> result;
  SmallVector<Tensor, 1> incoming;
  while (!task.ready.empty()) {
    Node& node = *task.pop();
    Making making(node.name, true);
    // Taken off the node, which a backward started by a hook or a custom function may reach again.
    incoming.take(node.incoming);
    incoming.resize(node.outputs.size());
    bool any = false;
    for (const Tensor& gradient : incoming) any = any || gradient.defined();
    if (any) run_hooks(node, incoming, inputs == nullptr);
    for (const Capture& capture : captures)
      if (capture.node == &node) captured[capture.slot] = incoming[capture.output_nr];

    if (node.accumulates()) {
      if (!inputs && any) apply(node, incoming, {});
      incoming.clear();
      continue;
    }
    bool leads_on = false;
    for (Edge& edge : node.edges) leads_on = leads_on || (edge.node && edge.node->needed);
    result.resize(node.edges.size());
    if (any && leads_on) {
      apply(node, incoming, result);
      if (node.extras) forget_recomputed(node);
      if (!retain_graph) node.release_saved();
    }
    incoming.clear();
    for (size_t i = 0; i < node.edges.size(); ++i) {
      Edge& edge = node.edges[i];
      if (!edge.node) continue;
      if (result[i].defined() && edge.node->needed)
        gather(*edge.node, edge.input_nr,
               fit(node, i, std::move(result[i]), edge.node->outputs[edge.input_nr]));
      if (--edge.node->dependencies == 0) task.push(edge.node.get());
    }
    result.clear();
  }
  return captured;
}

}  // namespace

void backward(const std::vector<Tensor>& outputs, const std::vector<Tensor>& grads, bool retain_graph,
              bool create_graph) {
  run("backward", outputs, grads, nullptr, retain_graph, create_graph);
}

std::vector<Tensor> grad(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                         const std::vector<Tensor>& grads, bool retain_graph, bool create_graph,
                         bool allow_unused) {
  std::vector<Tensor> result = run("grad", outputs, grads, &inputs, retain_graph, create_graph);
  for (size_t i = 0; i < result.size() && !allow_unused; ++i)
    if (!result[i].defined())
      fail(ErrorCode::gradient, "grad", "input ", i, " (", to_string(inputs[i].shape()),
           ") is not used by the outputs, pass allowUnused to get nothing for it");
  return result;
}

}  // namespace tape
