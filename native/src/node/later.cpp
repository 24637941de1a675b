// Entry points of values that are read later. They are numbers, places in the environment's list.
#include "tape/later.h"

#include "call.h"

namespace tape::node {
namespace {

std::unique_ptr<LaterValues>& place(Environment& environment, int32_t id) {
  auto& all = environment.later;
  if (id < 0 || static_cast<size_t>(id) >= all.size() || !all[static_cast<size_t>(id)])
    fail(ErrorCode::handle, "later", "the values were taken or disposed already");
  return all[static_cast<size_t>(id)];
}

int32_t create(Environment& environment, const Tensor& from) {
  auto made = std::make_unique<LaterValues>(from);
  auto& all = environment.later;
  size_t i = 0;
  while (i < all.size() && all[i]) ++i;
  if (i == all.size()) all.emplace_back();
  all[i] = std::move(made);
  return static_cast<int32_t>(i);
}
bool arrived(Environment& environment, int32_t id) { return place(environment, id)->arrived(); }
Tensor take(Environment& environment, int32_t id) {
  // Whatever comes of it, they are gone.
  const std::unique_ptr<LaterValues> values = std::move(place(environment, id));
  return values->take();
}
void dispose(Environment& environment, int32_t id) { place(environment, id).reset(); }

}  // namespace

std::vector<Binding> later_bindings() {
  return {
      bind<create>("later"),
      bind<arrived>("laterArrived", "later"),
      bind<take>("laterTake", "later"),
      bind<dispose>("laterDispose", "later"),
  };
}

}  // namespace tape::node
