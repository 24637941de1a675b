// Entry points of memory accounting.
#include "tape/memory.h"

#include "call.h"

namespace tape::node {
namespace {

napi_value memory_holders_op(Environment& environment) {
  const std::vector<MemoryHolder> holders = memory_holders();
  napi_value array;
  napi_create_array_with_length(environment.env, holders.size(), &array);
  for (size_t i = 0; i < holders.size(); ++i) {
    napi_value object;
    napi_create_object(environment.env, &object);
    const std::pair<const char*, napi_value> fields[] = {
        {"op", write(environment, holders[i].name)},
        {"activeBytes", write(environment, holders[i].active)},
        {"peakBytes", write(environment, holders[i].peak)},
        {"storages", write(environment, holders[i].storages)}};
    for (const auto& [name, value] : fields) napi_set_named_property(environment.env, object, name, value);
    napi_set_element(environment.env, array, static_cast<uint32_t>(i), object);
  }
  return array;
}

void set_memory_limit_op(int64_t bytes) { set_memory_limit(bytes); }

}  // namespace

std::vector<Binding> memory_bindings() {
  return {
      bind<memory_holders_op>("memoryHolders"),
      bind<set_memory_limit_op>("setMemoryLimit"),
  };
}

}  // namespace tape::node
