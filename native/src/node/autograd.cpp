// Entry points of the tape.
#include "tape/autograd.h"

#include "call.h"

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
  if (gradient.tensor.defined() && gradient.tensor.ref() == x.ref())
    fail(ErrorCode::value, "grad", "a tensor cannot be its own gradient, use clone()");
  x.set_grad(gradient.tensor);
}

void backward_op(const std::vector<Tensor>& outputs, const MaybeTensors& grads, bool retain_graph,
                 bool create_graph) {
  backward(outputs, grads.tensors, retain_graph, create_graph);
}

std::vector<Tensor> grad_op(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                            const MaybeTensors& grads, bool retain_graph, bool create_graph,
                            bool allow_unused) {
  return grad(outputs, inputs, grads.tensors, retain_graph, create_graph, allow_unused);
}

}  // namespace

std::vector<Binding> autograd_bindings() {
  return {
      bind<requires_grad>("requiresGrad"),
      bind<set_requires_grad>("setRequiresGrad", "requiresGrad"),
      bind<is_leaf>("isLeaf"),
      bind<detach_op>("detach"),
      bind<detach_>("detach_"),
      bind<grad_fn_name>("gradFnName"),
      bind<grad_handle>("gradHandle", "grad"),
      bind<set_grad>("setGrad", "grad"),
      bind<grad_enabled>("gradEnabled"),
      bind<set_grad_enabled>("setGradEnabled"),
      bind<backward_op>("backward"),
      bind<grad_op>("grad"),
  };
}

}  // namespace tape::node
