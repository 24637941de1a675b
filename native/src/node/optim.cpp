// Entry points of the optimizers. An optimizer is a number too, the place in the environment's list.
#include "tape/optim.h"

#include "call.h"

namespace tape::node {
namespace {

int32_t put(Environment& environment, std::unique_ptr<Optimizer> optimizer) {
  auto& all = environment.optimizers;
  for (size_t i = 0; i < all.size(); ++i)
    if (!all[i]) {
      all[i] = std::move(optimizer);
      return static_cast<int32_t>(i);
    }
  all.push_back(std::move(optimizer));
  return static_cast<int32_t>(all.size() - 1);
}

Optimizer& at(Environment& environment, int32_t id) {
  auto& all = environment.optimizers;
  if (id < 0 || static_cast<size_t>(id) >= all.size() || !all[static_cast<size_t>(id)])
    fail(ErrorCode::handle, "optim", "the optimizer was disposed, make a new one");
  return *all[static_cast<size_t>(id)];
}

int32_t sgd(Environment& environment, const std::vector<Tensor>& parameters, double lr, double momentum,
            bool nesterov, double weight_decay) {
  return put(environment, std::make_unique<Sgd>(parameters, lr, momentum, nesterov, weight_decay));
}
int32_t adam(Environment& environment, const std::vector<Tensor>& parameters, double lr, double beta1,
             double beta2, double eps, double weight_decay, bool decoupled) {
  return put(environment, std::make_unique<Adam>(parameters, lr, beta1, beta2, eps, weight_decay, decoupled));
}
void step(Environment& environment, int32_t id) { at(environment, id).step(); }
void zero_grad(Environment& environment, int32_t id) { at(environment, id).zero_grad(); }
double lr(Environment& environment, int32_t id) { return at(environment, id).lr; }
void set_lr(Environment& environment, int32_t id, double value) {
  if (!(value >= 0)) fail(ErrorCode::value, "optim", "lr must not be negative, got ", value);
  at(environment, id).lr = value;
}
int64_t steps(Environment& environment, int32_t id) { return at(environment, id).steps; }
void set_steps(Environment& environment, int32_t id, int64_t value) { at(environment, id).steps = value; }
void dispose(Environment& environment, int32_t id) {
  at(environment, id);
  environment.optimizers[static_cast<size_t>(id)].reset();
}

/// [[names], [handles]] of the moments; the tensors share memory with the optimizer.
napi_value state(Environment& environment, int32_t id) {
  napi_value pair, names, handles;
  napi_create_array_with_length(environment.env, 2, &pair);
  napi_create_array(environment.env, &names);
  napi_create_array(environment.env, &handles);
  uint32_t i = 0;
  for (auto& [name, tensor] : at(environment, id).state()) {
    napi_set_element(environment.env, names, i, write(environment, name));
    napi_set_element(environment.env, handles, i++, write(environment, tensor));
  }
  napi_set_element(environment.env, pair, 0, names);
  napi_set_element(environment.env, pair, 1, handles);
  return pair;
}

}  // namespace

std::vector<Binding> optim_bindings() {
  return {
      bind<sgd>("optimSgd", "SGD"),       bind<adam>("optimAdam", "Adam"),
      bind<step>("optimStep", "step"),    bind<zero_grad>("optimZeroGrad", "zeroGrad"),
      bind<lr>("optimLr", "lr"),          bind<set_lr>("optimSetLr", "lr"),
      bind<steps>("optimSteps", "steps"), bind<set_steps>("optimSetSteps", "steps"),
      bind<state>("optimState", "state"), bind<dispose>("optimDispose", "dispose"),
  };
}

}  // namespace tape::node
