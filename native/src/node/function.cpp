// Custom functions: nodes whose backward is written in JavaScript.
#include <algorithm>

#include "call.h"
#include "tape/autograd.h"
#include "tape/ops.h"

namespace tape::node {
namespace {

/// What recordFunction is told beside tensors, as bits of one number.
enum FunctionFlags : int32_t { kMaterializeGrads = 1, kOnceDifferentiable = 2 };

/// callback(handles of saved tensors, handles of gradients) returns one handle, or 0, for each input.
struct FunctionNode final : Node {
  FunctionNode(Environment& environment, std::string function_name, napi_value callback)
      : environment(environment), function_name(std::move(function_name)) {
    name = this->function_name.c_str();
    napi_create_reference(environment.env, callback, 1, &reference);
  }
  ~FunctionNode() override { napi_delete_reference(environment.env, reference); }

  void apply(std::span<Tensor> grads, std::span<Tensor> result) override {
    if (flags & kOnceDifferentiable && grad_enabled())
      fail(ErrorCode::gradient, name, "its backward is marked onceDifferentiable, createGraph cannot pass");
    const HandleScope scope(environment.env);
    if (released) unpack(0);
    std::vector<Tensor> unpacked;
    for (size_t i = 0; i < saved.size(); ++i) unpacked.push_back(unpack(i));
    std::vector<Tensor> incoming(grads.begin(), grads.end());
    if (flags & kMaterializeGrads)
      for (size_t i = 0; i < incoming.size(); ++i)
        if (!incoming[i].defined()) incoming[i] = full(outputs[i].shape, 0, outputs[i].dtype);

    const std::vector<Tensor> gradients = call_back(unpacked, incoming);
    if (gradients.size() != edges.size())
      fail(ErrorCode::gradient, name, "backward must return one gradient for each of the ", edges.size(),
           " inputs, got ", gradients.size());
    for (size_t i = 0; i < gradients.size(); ++i) {
      if (!gradients[i].defined() || !wants(i)) continue;
      const OutputInfo& expected = edges[i].node->outputs[edges[i].input_nr];
      if (gradients[i].shape() != expected.shape)
        fail(ErrorCode::gradient, name, "gradient of input ", positions[i], " has shape ",
             to_string(gradients[i].shape()), ", expected ", to_string(expected.shape));
      if (gradients[i].dtype() != expected.dtype)
        fail(ErrorCode::gradient, name, "gradient of input ", positions[i], " is ",
             name_of(gradients[i].dtype()), ", expected ", name_of(expected.dtype));
      result[i] = gradients[i];
    }
  }

  std::vector<Tensor> call_back(const std::vector<Tensor>& unpacked, const std::vector<Tensor>& incoming) {
    napi_env env = environment.env;
    napi_value callback, undefined, returned;
    napi_get_reference_value(env, reference, &callback);
    napi_get_undefined(env, &undefined);
    napi_value arguments[] = {write(environment, unpacked), write(environment, incoming)};
    const Call call{environment, name};
    const std::vector<Handle> lent[] = {read_handles(call, arguments[0], 0),
                                        read_handles(call, arguments[1], 0)};
    if (napi_call_function(env, undefined, callback, 2, arguments, &returned) != napi_ok) {
      // The callback's scope has disposed them, unless it did not get that far.
      for (const auto& handles : lent) environment.dispose(handles);
      throw PendingException{};
    }
    // JavaScript hands over fresh handles; they are ours to dispose.
    const std::vector<Handle> handles = read_handles(call, returned, 0);
    std::vector<Tensor> gradients;
    for (Handle handle : handles) gradients.push_back(handle == 0 ? Tensor() : environment.get(name, handle));
    environment.dispose(handles);
    return gradients;
  }

  Environment& environment;
  std::string function_name;
  napi_ref reference = nullptr;
  int32_t flags = 0;
  std::vector<int32_t> positions;  // of the tensors among forward's arguments, for messages
};

bool contains(const std::vector<Tensor>& tensors, const Tensor& wanted) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const Tensor& t) { return t.ref() == wanted.ref(); });
}

/// Makes `outputs` the results of a custom function of `inputs`. `differentiable[i]` says which outputs
/// take part; `dirty` are inputs that forward has changed in place and returns; tensors in `saved` that are
/// among the outputs are kept without a cycle.
void record_function(Environment& environment, const std::string& name, const std::vector<Tensor>& inputs,
                     const std::vector<int32_t>& positions, const std::vector<Tensor>& outputs,
                     const std::vector<int32_t>& differentiable, const std::vector<Tensor>& dirty,
                     const std::vector<Tensor>& saved, int32_t flags, napi_value callback) {
  GradMode mode(true);
  auto* function = new FunctionNode(environment, name, callback);
  const Ref<Node> node(function);
  function->flags = flags;
  function->positions = positions;
  for (const Tensor& tensor : dirty) {
    check_inplace(node->name, tensor);
    if (!contains(outputs, tensor))
      fail(ErrorCode::gradient, node->name, "an input given to markDirty (", to_string(tensor.shape()),
           ") must be returned by forward");
    if (tensor.impl()->base && tensor.requires_grad())
      fail(ErrorCode::gradient, node->name, "markDirty of a view (", to_string(tensor.shape()),
           ") is not supported, work on a clone()");
  }
  for (const Tensor& input : inputs) {
    const Tensor* pointer = &input;
    connect(*node, {&pointer, 1});
  }
  // What was saved before an input got its new history is that input as it was.
  std::vector<bool> is_output;
  for (const Tensor& tensor : saved) is_output.push_back(contains(outputs, tensor));
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!differentiable[i]) continue;
    if (!is_floating(outputs[i].dtype()))
      fail(ErrorCode::dtype, node->name, "output ", i, " is ", name_of(outputs[i].dtype()),
           " and cannot carry a gradient, pass it to markNonDifferentiable");
    if (outputs[i].requires_grad() && !contains(dirty, outputs[i]))
      fail(ErrorCode::gradient, node->name, "output ", i,
           " has a history of its own: forward must return tensors it made or its inputs");
    if (tape_mode & kAnomaly) {
      std::vector<const Tensor*> given;
      for (const Tensor& input : inputs) given.push_back(&input);
      check_forward(node->name, outputs[i], given);
    }
    set_history(outputs[i], node);
  }
  for (size_t i = 0; i < saved.size(); ++i) {
    if (is_output[i])
      node->save_output(saved[i]);
    else
      node->save(saved[i]);
  }
}

}  // namespace

std::vector<Binding> function_bindings() {
  return {
      bind<record_function>("recordFunction", "Function"),
  };
}

}  // namespace tape::node
