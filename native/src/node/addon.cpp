// The addon: puts every entry point into its exports. Context-aware: each environment that loads it
// gets an engine of its own, gone with the environment.
#include <node_api.h>

#include <utility>
#include <vector>

#include "bindings.h"

namespace {

using tape::node::Binding;
using tape::node::Environment;

/// What outlives every callback of one environment.
struct Instance {
  explicit Instance(napi_env env) : environment(env) {}
  Environment environment;
  std::vector<std::pair<Environment*, const char*>> entries;
};

}  // namespace

NAPI_MODULE_INIT() {
  auto* instance = new Instance(env);
  napi_set_instance_data(
      env, instance, [](napi_env, void* data, void*) { delete static_cast<Instance*>(data); }, nullptr);
  const std::vector<Binding> all = tape::node::all_bindings();
  instance->entries.reserve(all.size());
  for (const Binding& binding : all) {
    instance->entries.emplace_back(&instance->environment, binding.where);
    napi_value function;
    if (napi_create_function(env, binding.name, NAPI_AUTO_LENGTH, binding.callback, &instance->entries.back(),
                             &function) != napi_ok)
      return nullptr;
    napi_set_named_property(env, exports, binding.name, function);
  }
  return exports;
}
