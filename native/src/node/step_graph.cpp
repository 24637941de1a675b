// Entry points of step graphs. A graph is a number, the place in the environment's list.
#include "tape/step_graph.h"

#include "call.h"

namespace tape::node {
namespace {

std::unique_ptr<StepGraph>& place(Environment& environment, int32_t id) {
  auto& all = environment.graphs;
  if (id < 0 || static_cast<size_t>(id) >= all.size() || !all[static_cast<size_t>(id)])
    fail(ErrorCode::handle, "stepGraph", "the graph was disposed, make a new one");
  return all[static_cast<size_t>(id)];
}

int32_t create(Environment& environment, int32_t device) {
  auto made = std::make_unique<StepGraph>(static_cast<Device>(device));
  auto& all = environment.graphs;
  size_t i = 0;
  while (i < all.size() && all[i]) ++i;
  if (i == all.size()) all.emplace_back();
  all[i] = std::move(made);
  return static_cast<int32_t>(i);
}
void begin(Environment& environment, int32_t id) { place(environment, id)->begin(); }
void end(Environment& environment, int32_t id) { place(environment, id)->end(); }
void abandon(Environment& environment, int32_t id) { place(environment, id)->abandon(); }
void replay(Environment& environment, int32_t id) { place(environment, id)->replay(); }
void dispose(Environment& environment, int32_t id) { place(environment, id).reset(); }

}  // namespace

std::vector<Binding> step_graph_bindings() {
  return {
      bind<create>("stepGraph"),
      bind<begin>("stepGraphBegin", "stepGraph"),
      bind<end>("stepGraphEnd", "stepGraph"),
      bind<abandon>("stepGraphAbandon", "stepGraph"),
      bind<replay>("stepGraphReplay", "stepGraph"),
      bind<dispose>("stepGraphDispose", "dispose"),
  };
}

}  // namespace tape::node
