// Rewinding the tape. The thread that calls drives it: nodes leave a heap in reverse order of
// recording, so that what forward saved last is released first.
#include <algorithm>
#include <vector>

#include "tape/autograd.h"
#include "tape/ops.h"

namespace tape {
namespace {

thread_local uint32_t next_task = 1;

struct Capture {
  Node* node;
  uint16_t output_nr;
  size_t slot;
};

/// One call of backward. Marks on the nodes are taken away again however it ends.
struct Task {
  explicit Task(const char* where) : where(where) {
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
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  bool claim(Node& node) {
    if (node.visit == id) return false;
    if (node.visit != 0)
      fail(ErrorCode::gradient, where, "a backward inside backward reached op ", node.name,
           " which the outer one still works on, run it on a graph of its own (detach the inputs)");
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
        ++edge.node->dependencies;
        claim(*edge.node);
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

  const char* where;
  uint32_t id;
  std::vector<Ref<Node>> nodes;
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
  const bool own = slot.impl()->refs == 1 && slot.impl()->storage->refs == 1 && slot.is_contiguous();
  if (own && !grad_enabled())
    binary_(BinaryOp::add, slot, gradient);
  else
    slot = add(slot, gradient);
}

/// The gradient for one input, in the shape and dtype of what was fed in.
Tensor fit(const Node& from, size_t input, Tensor gradient, const OutputInfo& expected) {
  if (gradient.dtype() != expected.dtype)
    fail(ErrorCode::gradient, from.name, "gradient of input ", input, " is ", name_of(gradient.dtype()),
         ", expected ", name_of(expected.dtype));
  if (gradient.shape() == expected.shape) return gradient;
  if (!is_expandable(expected.shape, gradient.shape()))
    fail(ErrorCode::gradient, from.name, "gradient of input ", input, " has shape ",
         to_string(gradient.shape()), ", expected ", to_string(expected.shape));
  return sum_to(gradient, expected.shape);
}

std::vector<Tensor> run(const char* where, const std::vector<Tensor>& outputs,
                        const std::vector<Tensor>& grads, const std::vector<Tensor>* inputs,
                        bool retain_graph, bool create_graph) {
  std::vector<Tensor> captured(inputs ? inputs->size() : 0);
  GradMode mode(create_graph);
  Task task(where);
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
      seed = full(outputs[i].shape(), 1, outputs[i].dtype());
    } else if (seed.shape() != outputs[i].shape() || seed.dtype() != outputs[i].dtype()) {
      fail(ErrorCode::gradient, where, "the gradient given is ", name_of(seed.dtype()), " ",
           to_string(seed.shape()), ", expected ", name_of(outputs[i].dtype()), " ",
           to_string(outputs[i].shape()));
    }
    gather(*roots[i].node, roots[i].input_nr, std::move(seed));
  }
  for (const Ref<Node>& node : root_nodes)
    if (node->dependencies == 0) task.push(node.get());

  SmallVector<Tensor, 4> result;
  while (!task.ready.empty()) {
    Node& node = *task.pop();
    if (node.incoming.size() < node.outputs.size()) node.incoming.resize(node.outputs.size());
    bool any = false;
    for (const Tensor& gradient : node.incoming) any = any || gradient.defined();
    if (any)
      for (auto& hook : node.hooks)
        if (Tensor replaced = hook(node.incoming[0]); replaced.defined()) node.incoming[0] = replaced;
    for (const Capture& capture : captures)
      if (capture.node == &node) captured[capture.slot] = node.incoming[capture.output_nr];

    if (node.accumulates()) {
      if (!inputs && any) node.apply(node.incoming, {});
      node.incoming.clear();
      continue;
    }
    bool leads_on = false;
    for (Edge& edge : node.edges) leads_on = leads_on || (edge.node && edge.node->needed);
    result.resize(node.edges.size());
    if (any && leads_on) {
      node.apply(node.incoming, result);
      if (!retain_graph) node.release_saved();
    }
    node.incoming.clear();
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
