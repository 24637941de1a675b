// Entry points of memory accounting.
#include "tape/memory.h"

#include "call.h"

namespace tape::node {
namespace {

napi_value holders(Environment& environment, const std::vector<MemoryHolder>& holders) {
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

napi_value memory_holders_op(Environment& environment) { return holders(environment, memory_holders()); }
napi_value device_memory_holders_op(Environment& environment, Device device) {
  return holders(environment, device_memory_holders(device));
}

napi_value device_memory_stats_op(Environment& environment, Device device) {
  const DeviceMemoryStats stats = device_memory_stats(device);
  napi_value object;
  napi_create_object(environment.env, &object);
  const std::pair<const char*, int64_t> fields[] = {
      {"activeBytes", stats.active},      {"peakBytes", stats.peak},   {"cachedBytes", stats.cached},
      {"freeBytes", stats.free},          {"totalBytes", stats.total}, {"limitBytes", stats.limit},
      {"busyPercent", stats.busy_percent}};
  for (const auto& [name, value] : fields)
    napi_set_named_property(environment.env, object, name, write(environment, value));
  return object;
}

void set_memory_limit_op(int64_t bytes) { set_memory_limit(bytes); }
void set_device_memory_limit_op(Device device, int64_t bytes) { set_device_memory_limit(device, bytes); }
void empty_device_cache_op(Device device) { empty_device_cache(device); }

}  // namespace

std::vector<Binding> memory_bindings() {
  return {
      bind<memory_holders_op>("memoryHolders"),
      bind<set_memory_limit_op>("setMemoryLimit"),
      bind<device_memory_holders_op>("deviceMemoryHolders"),
      bind<device_memory_stats_op>("deviceMemoryStats"),
      bind<set_device_memory_limit_op>("setDeviceMemoryLimit"),
      bind<empty_device_cache_op>("emptyDeviceCache"),
  };
}

}  // namespace tape::node
