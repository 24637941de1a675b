// Entry points where the tape calls JavaScript: hooks, checkpoints, anomaly detection.
#include "tape/hooks.h"

#include "javascript_function.h"
#include "tape/anomaly.h"
#include "tape/checkpoint.h"

namespace tape::node {
namespace {

/// A hook that hands JavaScript a fresh handle and takes back one of its own, or 0.
std::function<Tensor(const Tensor&)> call_with_tensor(Environment& environment, const char* where,
                                                      napi_value function) {
  check_function(environment, where, function);
  auto callback = std::make_shared<JavaScriptFunction>(environment, function);
  return [callback, where](const Tensor& tensor) -> Tensor {
    Environment& mine = callback->environment();
    const HandleScope scope(mine.env);
    const napi_value returned = (*callback)({write(mine, tensor)});
    const Handle handle = read_int32({mine, where}, returned, 0);
    if (handle == 0) return {};
    const Tensor result = mine.get(where, handle);
    mine.dispose(handle);
    return result;
  };
}

int32_t register_hook_op(Environment& environment, const Tensor& x, napi_value function) {
  return environment.hooks.add(register_hook(x, call_with_tensor(environment, "registerHook", function)));
}

int32_t register_post_accumulate_op(Environment& environment, const Tensor& x, napi_value function) {
  return environment.hooks.add(register_post_accumulate_hook(
      x, call_with_tensor(environment, "registerPostAccumulateGradHook", function)));
}

void remove_hook(Environment& environment, int32_t number) { environment.hooks.remove(number); }

/// The function gets the handles of the inputs when it has to run again.
void checkpoint_begin(Environment& environment, const std::vector<Tensor>& inputs, napi_value function) {
  check_function(environment, "checkpoint", function);
  auto callback = std::make_shared<JavaScriptFunction>(environment, function);
  begin_checkpoint(inputs, [callback](const std::vector<Tensor>& again) {
    Environment& mine = callback->environment();
    const HandleScope scope(mine.env);
    (*callback)({write(mine, again)});
  });
}

/// Detection on or off; with a function, its answer is kept as the trace of each op. Returns what it was.
bool set_anomaly(Environment& environment, bool enabled, napi_value trace) {
  napi_valuetype type;
  napi_typeof(environment.env, trace, &type);
  if (!enabled || type != napi_function) {
    set_trace_source({});
  } else {
    auto callback = std::make_shared<JavaScriptFunction>(environment, trace);
    set_trace_source([callback] {
      Environment& mine = callback->environment();
      const HandleScope scope(mine.env);
      napi_value nothing;
      napi_get_undefined(mine.env, &nothing);
      return read_string({mine, "detectAnomaly"}, (*callback)({nothing}), 0);
    });
  }
  return set_anomaly_enabled(enabled);
}

}  // namespace

std::vector<Binding> hooks_bindings() {
  return {
      bind<register_hook_op>("registerHook"),
      bind<register_post_accumulate_op>("registerPostAccumulateGradHook"),
      bind<remove_hook>("removeHook"),
      bind<retain_grad>("retainGrad"),
      bind<checkpoint_begin>("checkpointBegin", "checkpoint"),
      bind<end_checkpoint>("checkpointEnd", "checkpoint"),
      bind<abandon_checkpoint>("checkpointAbandon", "checkpoint"),
      bind<in_checkpoint>("inCheckpoint", "checkpoint"),
      bind<set_anomaly>("setAnomaly", "detectAnomaly"),
  };
}

}  // namespace tape::node
