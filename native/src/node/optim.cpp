// Entry points of the optimizers. An optimizer is a number too, the place in the environment's list; so is
// a moving average.
#include "tape/optim.h"

#include <cstring>
#include <span>

#include "call.h"

namespace tape::node {
namespace {

template <class T>
int32_t put(std::vector<std::unique_ptr<T>>& all, std::unique_ptr<T> made) {
  size_t i = 0;
  while (i < all.size() && all[i]) ++i;
  if (i == all.size()) all.emplace_back();
  all[i] = std::move(made);
  return static_cast<int32_t>(i);
}

template <class T>
std::unique_ptr<T>& at(std::vector<std::unique_ptr<T>>& all, int32_t id, const char* where,
                       const char* what) {
  if (id < 0 || static_cast<size_t>(id) >= all.size() || !all[static_cast<size_t>(id)])
    fail(ErrorCode::handle, where, "the ", what, " was disposed, make a new one");
  return all[static_cast<size_t>(id)];
}
std::unique_ptr<Optimizer>& place(Environment& environment, int32_t id) {
  return at(environment.optimizers, id, "optim", "optimizer");
}
Optimizer& at(Environment& environment, int32_t id) { return *place(environment, id); }
std::unique_ptr<Ema>& average_place(Environment& environment, int32_t id) {
  return at(environment.averages, id, "EMA", "average");
}
Ema& average_at(Environment& environment, int32_t id) { return *average_place(environment, id); }

napi_value float64_array(Environment& environment, const double* values, size_t count) {
  void* data;
  napi_value buffer, array;
  napi_create_arraybuffer(environment.env, count * sizeof(double), &data, &buffer);
  if (count > 0) std::memcpy(data, values, count * sizeof(double));
  napi_create_typedarray(environment.env, napi_float64_array, count, buffer, 0, &array);
  return array;
}

/// Numbers in the order of `numbersOf` in main/engine/optim/group.ts.
OptimizerOptions read_options(std::span<const double> n) {
  if (n.size() != 14) fail(ErrorCode::value, "optim", "expected 14 options, got ", n.size());
  return {.lr = n[0],
          .weight_decay = n[1],
          .momentum = n[2],
          .dampening = n[3],
          .beta1 = n[4],
          .beta2 = n[5],
          .eps = n[6],
          .alpha = n[7],
          .lr_decay = n[8],
          .initial_accumulator = n[9],
          .nesterov = n[10] != 0,
          .amsgrad = n[11] != 0,
          .centered = n[12] != 0,
          .maximize = n[13] != 0};
}

int32_t create(Environment& environment, int32_t kind, const std::vector<Tensor>& parameters,
               std::span<double> options) {
  if (kind < 0 || kind > static_cast<int32_t>(OptimizerKind::lion))
    fail(ErrorCode::value, "optim", "there is no algorithm number ", kind);
  return put(environment.optimizers, std::make_unique<Optimizer>(static_cast<OptimizerKind>(kind), parameters,
                                                                 read_options(options)));
}
void add_group(Environment& environment, int32_t id, const std::vector<Tensor>& parameters,
               std::span<double> options) {
  at(environment, id).add_group(parameters, read_options(options));
}
void set_options(Environment& environment, int32_t id, int32_t group, std::span<double> options) {
  at(environment, id).set_options(static_cast<size_t>(group), read_options(options));
}
void set_lr(Environment& environment, int32_t id, int32_t group, double lr) {
  at(environment, id).set_lr(static_cast<size_t>(group), lr);
}

void step(Environment& environment, int32_t id) { at(environment, id).step(); }
/// [norm, 1 when skipped, then three sums for each parameter when measured]
napi_value step_with(Environment& environment, int32_t id, double scale, double max_norm, double max_value,
                     bool norm, bool skip_non_finite, bool measure, bool later, int32_t witness) {
  const StepReport report = at(environment, id)
                                .step({scale, max_norm, max_value, norm, skip_non_finite, measure, later,
                                       witness == 0 ? Tensor() : environment.get("step", witness)});
  std::vector<double> numbers{report.norm, report.skipped ? 1.0 : 0.0};
  numbers.insert(numbers.end(), report.sums.begin(), report.sums.end());
  return float64_array(environment, numbers.data(), numbers.size());
}
/// [norm, how many were skipped] of steps that did not wait.
napi_value outcome(Environment& environment, int32_t id) {
  const LaterReport report = at(environment, id).outcome();
  const double numbers[] = {report.norm, static_cast<double>(report.skipped)};
  return float64_array(environment, numbers, 2);
}
Tensor device_outcome(Environment& environment, int32_t id) {
  const Tensor& outcome = at(environment, id).device_outcome();
  if (!outcome.defined())
    fail(ErrorCode::device, "outcome", "the parameters are on cpu, where a step tells it");
  return detach(outcome);
}
void zero_grad(Environment& environment, int32_t id) { at(environment, id).zero_grad(); }
void dispose(Environment& environment, int32_t id) { place(environment, id).reset(); }

/// [[names], [handles]] of the states; the tensors share memory with the optimizer.
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
napi_value steps(Environment& environment, int32_t id) {
  std::vector<double> numbers;
  for (int64_t count : at(environment, id).steps()) numbers.push_back(static_cast<double>(count));
  return float64_array(environment, numbers.data(), numbers.size());
}
void set_steps(Environment& environment, int32_t id, std::span<double> steps) {
  std::vector<int64_t> counts;
  for (double count : steps) counts.push_back(static_cast<int64_t>(count));
  at(environment, id).set_steps(counts);
}

double clip_norm(const std::vector<Tensor>& parameters, double max_norm, bool infinity_norm) {
  return clip_grad_norm(parameters, max_norm, infinity_norm);
}
void clip_value(const std::vector<Tensor>& parameters, double max_value) {
  clip_grad_value(parameters, max_value);
}

int32_t ema(Environment& environment, const std::vector<Tensor>& parameters) {
  return put(environment.averages, std::make_unique<Ema>(parameters));
}
void ema_update(Environment& environment, int32_t id, double decay) {
  average_at(environment, id).update(decay);
}
void ema_swap(Environment& environment, int32_t id) { average_at(environment, id).swap(); }
/// Handles of the averages, which share memory with it.
napi_value ema_shadows(Environment& environment, int32_t id) {
  std::vector<Tensor> views;
  for (const Tensor& shadow : average_at(environment, id).shadows()) views.push_back(detach(shadow));
  return write(environment, views);
}
void ema_dispose(Environment& environment, int32_t id) { average_place(environment, id).reset(); }

}  // namespace

std::vector<Binding> optim_bindings() {
  return {
      bind<create>("optimCreate", "optim"),
      bind<add_group>("optimAddGroup", "optim"),
      bind<set_options>("optimSetOptions", "optim"),
      bind<set_lr>("optimSetLr", "optim"),
      bind<step>("optimStep", "step"),
      bind<step_with>("optimStepWith", "step"),
      bind<outcome>("optimOutcome", "outcome"),
      bind<device_outcome>("optimDeviceOutcome", "outcome"),
      bind<zero_grad>("optimZeroGrad", "zeroGrad"),
      bind<state>("optimState", "state"),
      bind<steps>("optimSteps", "state"),
      bind<set_steps>("optimSetSteps", "loadState"),
      bind<dispose>("optimDispose", "dispose"),
      bind<clip_norm>("clipGradNorm"),
      bind<clip_value>("clipGradValue"),
      bind<ema>("ema", "EMA"),
      bind<ema_update>("emaUpdate", "EMA"),
      bind<ema_swap>("emaSwap", "EMA"),
      bind<ema_shadows>("emaShadows", "EMA"),
      bind<ema_dispose>("emaDispose", "EMA"),
  };
}

}  // namespace tape::node
