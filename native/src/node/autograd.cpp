// Entry points of the tape, and nodes whose backward is written in JavaScript.
#include "tape/autograd.h"

#include "call.h"
#include "tape/ops.h"

namespace tape::node {
namespace {

bool requires_grad(const Tensor& x) { return x.requires_grad(); }
void set_requires_grad(const Tensor& x, bool value) { x.set_requires_grad(value); }
bool is_leaf(const Tensor& x) { return x.is_leaf(); }
Tensor detach_op(const Tensor& x) { return detach(x); }
std::string grad_fn_name(const Tensor& x) {
  const Edge edge = edge_of(x);
  return edge.node && !edge.node->accumulates() ? edge.node->name : "";
}

/// Handle of the gradient: `cached` when that still is it, 0 when there is none, else a fresh one.
napi_value grad_handle(Environment& environment, const Tensor& x, int32_t cached) {
  const Tensor gradient = x.grad();
  if (gradient.defined() && cached != 0 && environment.alive(cached) &&
      environment.get("grad", cached).ref() == gradient.ref())
    return write(environment, cached);
  return write(environment, gradient);
}

void set_grad(const Tensor& x, const MaybeTensor& gradient) {
  if (gradient.tensor.defined() &&
      (gradient.tensor.shape() != x.shape() || gradient.tensor.dtype() != x.dtype()))
    fail(ErrorCode::shape, "grad", "the gradient must be ", name_of(x.dtype()), " ", to_string(x.shape()),
         ", got ", name_of(gradient.tensor.dtype()), " ", to_string(gradient.tensor.shape()));
  x.set_grad(gradient.tensor);
}

void backward_op(const std::vector<Tensor>& outputs, const std::vector<Tensor>& grads, bool retain_graph,
                 bool create_graph) {
  backward(outputs, grads, retain_graph, create_graph);
}

std::vector<Tensor> grad_op(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                            const std::vector<Tensor>& grads, bool retain_graph, bool create_graph,
                            bool allow_unused) {
  return grad(outputs, inputs, grads, retain_graph, create_graph, allow_unused);
}

/// A node that calls back into JavaScript: callback(handles of saved tensors, handles of gradients)
/// returns one handle, or 0, for each input.
struct FunctionNode final : Node {
  FunctionNode(Environment& environment, std::string function_name, napi_value callback)
      : environment(environment), function_name(std::move(function_name)) {
    name = this->function_name.c_str();
    napi_create_reference(environment.env, callback, 1, &reference);
  }
  ~FunctionNode() override { napi_delete_reference(environment.env, reference); }

  void apply(std::span<Tensor> grads, std::span<Tensor> result) override {
    napi_env env = environment.env;
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    struct Close {
      napi_env env;
      napi_handle_scope scope;
      ~Close() { napi_close_handle_scope(env, scope); }
    } close{env, scope};

    std::vector<Tensor> unpacked;
    for (size_t i = 0; i < saved.size(); ++i) unpacked.push_back(unpack(i));
    if (released) unpack(0);
    // An output nothing depended on has gradient zero.
    std::vector<Tensor> incoming(grads.begin(), grads.end());
    for (size_t i = 0; i < incoming.size(); ++i)
      if (!incoming[i].defined()) incoming[i] = full(outputs[i].shape, 0, outputs[i].dtype);

    napi_value callback, undefined, returned;
    napi_get_reference_value(env, reference, &callback);
    napi_get_undefined(env, &undefined);
    napi_value arguments[] = {write(environment, unpacked), write(environment, incoming)};
    if (napi_call_function(env, undefined, callback, 2, arguments, &returned) != napi_ok)
      throw PendingException{};

    // JavaScript hands over fresh handles; they are ours to dispose.
    const Call call{environment, name};
    const std::vector<Tensor> gradients = read_tensors(call, returned, 0);
    for (Handle handle : read_handles(call, returned, 0))
      if (handle != 0) environment.dispose(handle);
    if (gradients.size() != edges.size())
      fail(ErrorCode::gradient, name, "backward must return one gradient for each of the ", edges.size(),
           " inputs, got ", gradients.size());
    for (size_t i = 0; i < gradients.size(); ++i) {
      if (!gradients[i].defined() || !wants(i)) continue;
      const OutputInfo& expected = edges[i].node->outputs[edges[i].input_nr];
      if (gradients[i].shape() != expected.shape)
        fail(ErrorCode::gradient, name, "gradient of input ", i, " has shape ",
             to_string(gradients[i].shape()), ", expected ", to_string(expected.shape));
      if (gradients[i].dtype() != expected.dtype)
        fail(ErrorCode::gradient, name, "gradient of input ", i, " is ", name_of(gradients[i].dtype()),
             ", expected ", name_of(expected.dtype));
      result[i] = gradients[i];
    }
  }

  Environment& environment;
  std::string function_name;
  napi_ref reference = nullptr;
};

/// Makes `outputs` the results of a custom function of `inputs`. `differentiable[i]` says which
/// outputs take part; tensors in `saved` that are among the outputs are kept without a cycle.
void record_function(Environment& environment, const std::string& name, const std::vector<Tensor>& inputs,
                     const std::vector<Tensor>& outputs, const Dims& differentiable,
                     const std::vector<Tensor>& saved, napi_value callback) {
  GradMode mode(true);
  Ref<Node> node(new FunctionNode(environment, name, callback));
  for (const Tensor& input : inputs) {
    const Tensor* pointer = &input;
    connect(*node, {&pointer, 1});
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!differentiable[static_cast<int>(i)]) continue;
    if (!is_floating(outputs[i].dtype()))
      fail(ErrorCode::dtype, node->name, "output ", i, " is ", name_of(outputs[i].dtype()),
           " and cannot carry a gradient, pass it to markNonDifferentiable");
    if (outputs[i].requires_grad())
      fail(ErrorCode::gradient, node->name, "output ", i,
           " has a history of its own: forward must return new tensors, not its inputs");
    set_history(outputs[i], node);
  }
  for (const Tensor& tensor : saved) {
    const bool is_output = tensor.impl()->grad_fn == node;
    if (is_output)
      node->save_output(tensor);
    else
      node->save(tensor);
  }
}

}  // namespace

std::vector<Binding> autograd_bindings() {
  return {
      bind<requires_grad>("requiresGrad"),
      bind<set_requires_grad>("setRequiresGrad", "requiresGrad"),
      bind<is_leaf>("isLeaf"),
      bind<detach_op>("detach"),
      bind<grad_fn_name>("gradFnName"),
      bind<grad_handle>("gradHandle", "grad"),
      bind<set_grad>("setGrad", "grad"),
      bind<grad_enabled>("gradEnabled"),
      bind<set_grad_enabled>("setGradEnabled"),
      bind<backward_op>("backward"),
      bind<grad_op>("grad"),
      bind<record_function>("recordFunction", "Function"),
  };
}

}  // namespace tape::node
