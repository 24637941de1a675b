// Entry points of the profiler.
#include "tape/profile.h"

#include "call.h"

namespace tape::node {
namespace {

void start_profile_op() { start_profile(); }

/// `[op, count, milliseconds, op, ...]`
napi_value stop_profile_op(Environment& environment) {
  napi_value list;
  napi_create_array(environment.env, &list);
  uint32_t at = 0;
  for (const ProfileEntry& entry : stop_profile()) {
    napi_set_element(environment.env, list, at++, write(environment, entry.op));
    napi_set_element(environment.env, list, at++, write(environment, entry.count));
    napi_set_element(environment.env, list, at++, write(environment, entry.milliseconds));
  }
  return list;
}

}  // namespace

std::vector<Binding> profile_bindings() {
  return {
      bind<start_profile_op>("startProfile"),
      bind<stop_profile_op>("stopProfile"),
  };
}

}  // namespace tape::node
