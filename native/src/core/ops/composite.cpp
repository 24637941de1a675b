#include "composite.h"

#include <memory>

namespace tape {
namespace {

/// The function from (inputs, gradients of the outputs in `given`) to the gradients of the inputs in
/// `wanted`.
Composite gradient_of(Composite function, size_t inputs, std::vector<size_t> given,
                      std::vector<size_t> wanted) {
  return [function = std::move(function), inputs, given = std::move(given),
          wanted = std::move(wanted)](const std::vector<Tensor>& arguments) {
    // Recording, it is itself being differentiated, and its arguments are leaves made for that.
    const bool differentiated = grad_enabled();
    GradMode mode(true);
    std::vector<Tensor> x(arguments.begin(), arguments.begin() + static_cast<int64_t>(inputs)), variables;
    for (size_t i : wanted) {
      if (!differentiated || !x[i].requires_grad()) {
        x[i] = detach(x[i]);
        x[i].set_requires_grad(true);
      }
      variables.push_back(x[i]);
    }
    const std::vector<Tensor> all = function(x);
    std::vector<Tensor> outputs, seeds;
    for (size_t i = 0; i < given.size(); ++i) {
      if (!all[given[i]].requires_grad()) continue;
      outputs.push_back(all[given[i]]);
      seeds.push_back(arguments[inputs + i]);
    }
    std::vector<Tensor> gradients(variables.size());
    if (!outputs.empty()) gradients = grad(outputs, variables, seeds, differentiated, differentiated, true);
    for (size_t i = 0; i < gradients.size(); ++i)
      if (!gradients[i].defined())
        gradients[i] = full(variables[i].shape(), 0, variables[i].dtype(), variables[i].device());
    return gradients;
  };
}

}  // namespace

void composite_backward(const Backward& b, const Composite& function, const std::vector<Tensor>& inputs) {
  std::vector<size_t> given, wanted;
  std::vector<Tensor> arguments = inputs;
  for (size_t i = 0; i < b.grads.size(); ++i) {
    if (!b.grads[i].defined()) continue;
    given.push_back(i);
    arguments.push_back(b.grads[i]);
  }
  for (size_t i = 0; i < inputs.size(); ++i)
    if (b.wants(i)) wanted.push_back(i);
  const std::vector<Tensor> gradients =
      apply_composite(b.node.name, gradient_of(function, inputs.size(), given, wanted), arguments);
  for (size_t i = 0; i < wanted.size(); ++i) b.give(wanted[i], gradients[i]);
}

std::vector<Tensor> apply_composite(const char* name, const Composite& function,
                                    const std::vector<Tensor>& inputs) {
  std::vector<Tensor> outputs;
  {
    GradMode mode(false);
    outputs = function(inputs);
  }
  bool records = false;
  for (const Tensor& input : inputs) records = records || should_record({&input});
  if (!records) return outputs;
  // Which of the inputs are there, and so saved.
  std::vector<bool> there;
  for (const Tensor& input : inputs) there.push_back(input.defined());
  auto derivative = [function, there](const Backward& b) {
    std::vector<Tensor> saved;
    size_t next = 0;
    for (bool is_there : there) saved.push_back(is_there ? b.saved(next++) : Tensor());
    composite_backward(b, function, saved);
  };
  Ref<Node> node(new OpNode<decltype(derivative)>(derivative));
  node->name = name;
  for (const Tensor& input : inputs) {
    const Tensor* pointer = &input;
    connect(*node, {&pointer, 1});
    if (input.defined()) node->save(input);
  }
  for (Tensor& output : outputs) {
    output = detach(output);
    set_history(output, node);
  }
  return outputs;
}

}  // namespace tape
