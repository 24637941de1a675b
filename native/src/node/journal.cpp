// Entry points of the journal of a step.
#include "tape/journal.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "javascript_function.h"

namespace tape::node {
namespace {

napi_value float64_array(napi_env env, const std::vector<double>& numbers) {
  void* data;
  napi_value buffer, array;
  napi_create_arraybuffer(env, numbers.size() * sizeof(double), &data, &buffer);
  if (!numbers.empty()) std::memcpy(data, numbers.data(), numbers.size() * sizeof(double));
  napi_create_typedarray(env, napi_float64_array, numbers.size(), buffer, 0, &array);
  return array;
}

/// The function gets a node's number, whether these are the gradients it gives, and their handles (0: none),
/// which it must dispose; undefined: nobody looks.
void start(Environment& environment, napi_value function, Device device) {
  napi_valuetype type;
  napi_typeof(environment.env, function, &type);
  if (type == napi_undefined) return start_journal({}, device);
  check_function(environment, "journal", function);
  auto callback = std::make_shared<JavaScriptFunction>(environment, function);
  start_journal(
      [callback](int64_t node, bool given, const std::vector<Tensor>& gradients) {
        Environment& mine = callback->environment();
        const HandleScope scope(mine.env);
        (*callback)({write(mine, node), write(mine, given), write(mine, gradients)});
      },
      device);
}

/// A list of numbers that says by itself how long it is: count, then the entries.
void put_shape(std::vector<double>& to, DType dtype, const Dims& shape) {
  to.push_back(static_cast<double>(dtype));
  to.push_back(shape.size());
  for (int i = 0; i < shape.size(); ++i) to.push_back(static_cast<double>(shape[i]));
}

/// The last part of a journal: which leaf is which of `variables` (-1: none of them), and the storage of the
/// gradient that each of those has.
void put_variables(std::vector<double>& to, const Journal& journal, const std::vector<Tensor>& variables,
                   const std::vector<int64_t>& gradients) {
  for (const JournalLeaf& leaf : journal.leaves) {
    double place = -1;
    for (size_t i = 0; i < variables.size(); ++i)
      if (variables[i].impl() == leaf.variable) place = static_cast<double>(i);
    to.push_back(place);
  }
  for (int64_t gradient : gradients) to.push_back(static_cast<double>(gradient));
}

/// Names of the nodes' ops, then numbers in the order that main/engine/journal.ts reads them in, then three
/// columns of lines: event, value, milliseconds.
napi_value stop(Environment& environment, const std::vector<Tensor>& variables) {
  std::vector<int64_t> gradients;
  for (const Tensor& variable : variables)
    gradients.push_back(variable.grad().defined() ? journal_storage(variable.grad()) : -1);
  const Journal journal = stop_journal();
  napi_env env = environment.env;
  napi_value result, ops;
  napi_create_array_with_length(env, 5, &result);
  napi_create_array_with_length(env, journal.nodes.size(), &ops);
  std::vector<double> numbers{static_cast<double>(journal.active), static_cast<double>(journal.nodes.size()),
                              static_cast<double>(journal.leaves.size())};
  uint32_t at = 0;
  for (const JournalNode& node : journal.nodes) {
    napi_set_element(env, ops, at++, write(environment, node.op));
    numbers.push_back(node.forward);
    numbers.push_back(node.reached);
    numbers.push_back(static_cast<double>(node.outputs.size()));
    for (const OutputInfo& output : node.outputs) put_shape(numbers, output.dtype, output.shape);
    numbers.push_back(static_cast<double>(node.inputs.size()));
    for (const JournalInput& input : node.inputs) {
      numbers.push_back(input.node == JournalInput::kNone ? NAN : static_cast<double>(input.node));
      numbers.push_back(input.output);
    }
    numbers.push_back(static_cast<double>(node.saved.size()));
    for (const JournalSaved& saved : node.saved) {
      numbers.push_back(static_cast<double>(saved.storage));
      numbers.push_back(saved.is_output);
      put_shape(numbers, saved.dtype, saved.shape);
    }
  }
  for (const JournalLeaf& leaf : journal.leaves) put_shape(numbers, leaf.dtype, leaf.shape);
  put_variables(numbers, journal, variables, gradients);
  std::vector<double> columns[3];
  for (const JournalLine& line : journal.lines) {
    columns[0].push_back(static_cast<double>(line.event));
    columns[1].push_back(line.value);
    columns[2].push_back(line.milliseconds);
  }
  napi_set_element(env, result, 0, ops);
  napi_set_element(env, result, 1, float64_array(env, numbers));
  for (uint32_t i = 0; i < 3; ++i) napi_set_element(env, result, 2 + i, float64_array(env, columns[i]));
  return result;
}

/// Bytes of the blocks that tensors lie in, each counted once; `rooms`: of the parts of flat buffers that
/// optimizers keep for their gradients.
double held_bytes(const std::vector<Tensor>& tensors, bool rooms) {
  std::vector<const Storage*> seen;
  double total = 0;
  for (const Tensor& tensor : tensors) {
    const TensorImpl* impl = rooms ? tensor.impl()->grad_room.get() : tensor.impl();
    if (!impl) continue;
    const Storage* root = impl->storage.get();
    while (root->parent) root = root->parent.get();
    if (std::find(seen.begin(), seen.end(), root) != seen.end()) continue;
    seen.push_back(root);
    total += static_cast<double>(root->block);
  }
  return total;
}

}  // namespace

std::vector<Binding> journal_bindings() {
  return {
      bind<start>("journalStart", "journal"),
      bind<mark_journal>("journalMark", "journal"),
      bind<stop>("journalStop", "journal"),
      bind<held_bytes>("heldBytes"),
  };
}

}  // namespace tape::node
