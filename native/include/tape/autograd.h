// The tape: nodes record what forward did, backward rewinds them in reverse order of recording.
#pragma once
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tape/hooks.h"
#include "tape/pool.h"
#include "tape/small_vector.h"
#include "tape/tensor.h"

namespace tape {

/// Where a gradient goes: input number `input_nr` of `node`, which is output `input_nr` of the op.
struct Edge {
  Ref<Node> node;
  uint16_t input_nr = 0;
};

struct OutputInfo {
  OutputInfo() = default;
  explicit OutputInfo(const Tensor& output)
      : shape(output.shape()), dtype(output.dtype()), device(output.device()) {}
  Dims shape;
  DType dtype;
  Device device;
};

/// A tensor kept for backward, with the version it had. Outputs are kept as an alias without history,
/// so that the node does not own itself. Undefined when it lies in a checkpoint.
struct SavedTensor {
  Tensor tensor;
  uint32_t version = 0;
  bool is_output = false;
  uint16_t output_nr = 0;
};

/// One recorded op.
struct Node : Pooled {
  uint32_t refs = 0;
  uint32_t visit = 0;          // graph task that has this node in hand; 0 when none
  int32_t dependencies = 0;    // gradients still to arrive, during a task
  bool needed = true;          // does this task want what lies behind this node
  bool released = false;       // saved tensors are gone
  uint64_t sequence = 0;       // order of recording
  const char* name = "";       // the op
  SmallVector<Edge, 3> edges;  // one per input; node is null where no gradient is wanted
  SmallVector<SavedTensor, 2> saved;
  SmallVector<OutputInfo, 1> outputs;
  SmallVector<Tensor, 1> incoming;  // gradients gathered during a task, one per output
  std::unique_ptr<NodeExtras> extras;

  Node();
  virtual ~Node();
  /// Fills `result[i]` for every input i with an edge. A missing incoming gradient is undefined.
  virtual void apply(std::span<Tensor> grads, std::span<Tensor> result) = 0;
  virtual bool accumulates() const { return false; }
  virtual void release_saved();
  bool wants(size_t input) const { return input < edges.size() && edges[input].node; }
  NodeExtras& more() {
    if (!extras) extras.reset(new NodeExtras);
    return *extras;
  }

  void save(const Tensor& tensor);
  void save_output(const Tensor& output);
  /// Error when it was changed in place since, or has been released.
  Tensor unpack(size_t index);

  /// Nodes are freed from a queue, not by recursion: a chain of any length fits the stack.
  void destroy();
};

/// Writes into the gradient of a leaf.
struct AccumulateGrad final : Node {
  explicit AccumulateGrad(const Tensor& variable);
  ~AccumulateGrad() override;
  void apply(std::span<Tensor> grads, std::span<Tensor> result) override;
  bool accumulates() const override { return true; }
  void add_gradient(Tensor incoming);
  Tensor variable;
};

/// Where the gradient of `node`'s input may be written by the derivative itself: the part of a flat buffer
/// that an optimizer keeps for a leaf. `adds` says whether a gradient is there already, to be added to.
/// Undefined where it must be given instead: no leaf, no optimizer, hooks that want to see it, somebody else
/// who holds what lies there.
Tensor gradient_room(const Node& node, size_t input, bool& adds);
/// Makes what was written to `room` the leaf's gradient.
void settle_gradient(const Node& node, size_t input, const Tensor& room);

/// What a derivative sees while it runs.
struct Backward {
  Node& node;
  std::span<Tensor> grads;
  std::span<Tensor> result;

  const Tensor& grad() const { return grads[0]; }
  /// For its last use: the op it goes into may write its result there when nobody else holds it.
  Tensor take_grad() const { return std::move(grads[0]); }
  bool wants(size_t input) const { return node.wants(input); }
  Tensor saved(size_t index) const { return node.unpack(index); }
  const Dims& output_shape() const { return node.outputs[0].shape; }
  /// Gradients may keep the output's broadcast shape: the engine sums them to the input's.
  void give(size_t input, Tensor grad) const { result[input] = std::move(grad); }
  /// Instead of give(), where the gradient has a room: write(room, adds) puts it there or adds it to what is
  /// there. False, and nothing is called, where it has none.
  template <class Write>
  bool fill(size_t input, const Write& write) const {
    bool adds = false;
    const Tensor room = gradient_room(node, input, adds);
    if (!room.defined()) return false;
    write(room, adds);
    settle_gradient(node, input, room);
    return true;
  }
};

/// What the tape does on this thread: one word, so that an op asks once.
enum TapeMode : uint32_t {
  kRecording = 1,
  kAnomaly = 2,      // look for NaN and infinity
  kPacking = 4,      // first run of a checkpoint
  kRecomputing = 8,  // second run
};
extern constinit thread_local uint32_t tape_mode;

inline bool grad_enabled() { return tape_mode & kRecording; }
/// Sets recording for this thread and returns what it was.
inline bool set_grad_enabled(bool enabled) {
  const bool before = grad_enabled();
  tape_mode = enabled ? tape_mode | kRecording : tape_mode & ~kRecording;
  return before;
}

struct GradMode {
  explicit GradMode(bool enabled) : before(set_grad_enabled(enabled)) {}
  ~GradMode() { set_grad_enabled(before); }
  GradMode(const GradMode&) = delete;
  GradMode& operator=(const GradMode&) = delete;
  bool before;
};

template <class F>
struct OpNode final : Node {
  explicit OpNode(F derivative) : derivative(std::move(derivative)) {}
  void apply(std::span<Tensor> grads, std::span<Tensor> result) override {
    derivative(Backward{*this, grads, result});
  }
  F derivative;
};

/// History of a tensor, bringing that of a view up to date first.
Edge edge_of(const Tensor& tensor);
void connect(Node& node, std::span<const Tensor* const> inputs);
/// Makes `output` the next output of `node`.
void set_history(const Tensor& output, const Ref<Node>& node);

void check_forward(const char* name, const Tensor& output, std::span<const Tensor* const> inputs);

inline bool should_record(std::initializer_list<const Tensor*> inputs) {
  if (!grad_enabled()) return false;
  for (const Tensor* input : inputs)
    if (input->defined() && input->requires_grad()) return true;
  return false;
}

/// As record() below for an op with several outputs (those that can carry a gradient, in order). In
/// `derivative` grads[i] is undefined where nothing depended on output i.
template <class F>
Node* record(std::initializer_list<const Tensor*> outputs, const char* name,
             std::initializer_list<const Tensor*> inputs, std::initializer_list<const Tensor*> saved,
             F&& derivative) {
  if (tape_mode & kAnomaly) [[unlikely]]
    for (const Tensor* output : outputs) check_forward(name, *output, {inputs.begin(), inputs.size()});
  if (!should_record(inputs)) return nullptr;
  Ref<Node> node(new OpNode<std::decay_t<F>>(std::forward<F>(derivative)));
  node->name = name;
  connect(*node, {inputs.begin(), inputs.size()});
  for (const Tensor* tensor : saved) node->save(*tensor);
  for (const Tensor* output : outputs) set_history(*output, node);
  return node.get();
}

/// Records `output` as made by op `name` from `inputs`. `saved` are kept for `derivative`, which is
/// called with a Backward. Returns the node, or null when nothing was recorded.
template <class F>
Node* record(const Tensor& output, const char* name, std::initializer_list<const Tensor*> inputs,
             std::initializer_list<const Tensor*> saved, F&& derivative) {
  return record({&output}, name, inputs, saved, std::forward<F>(derivative));
}

/// Before an in-place write by op `name`: errors for a leaf that needs grad and similar.
void check_inplace(const char* name, const Tensor& tensor);
/// After one: bumps the version and, when `node` is given, makes it the tensor's history
/// (through its base when the tensor is a view).
void finish_inplace(const Tensor& tensor, Ref<Node> node);
/// Marks `view` as a differentiable view of `source`.
void set_view(const Tensor& view, const Tensor& source);
/// Cuts `tensor` off its history. Error for a view, whose history is its base's.
void detach_(const Tensor& tensor);

/// Gradients of `outputs` into `.grad` of every leaf behind them. A missing gradient in `grads` means
/// ones, for a single element only.
void backward(const std::vector<Tensor>& outputs, const std::vector<Tensor>& grads, bool retain_graph,
              bool create_graph);
/// Gradients of `outputs` with respect to `inputs`, leaving every `.grad` alone. Undefined where an
/// output does not depend on an input, which is an error unless `allow_unused`.
std::vector<Tensor> grad(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                         const std::vector<Tensor>& grads, bool retain_graph, bool create_graph,
                         bool allow_unused);

/// `gradient` summed over what broadcasting had repeated, to `shape`.
Tensor sum_to(const Tensor& gradient, const Dims& shape);
/// For an op whose backward is a fused kernel without a derivative of its own.
void refuse_create_graph(const char* name);

}  // namespace tape
