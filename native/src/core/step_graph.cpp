#include "tape/step_graph.h"

#include "device/device_memory.h"
#include "device/devices.h"
#include "tape/error.h"
#include "tape/ops.h"
#include "tape/random.h"

namespace tape {
namespace {

constinit thread_local StepGraph* recorded = nullptr;

}  // namespace

StepGraph* recorded_graph() { return recorded; }

StepGraph::StepGraph(Device device) : device_(device) {
  if (device == Device::cpu || !backend_of("stepGraph", device).graphs.begin)
    fail(ErrorCode::device, "stepGraph", "device ", name_of(device),
         " records no steps, give it the ops themselves");
  origin_ = empty({static_cast<int64_t>(sizeof(PhiloxOrigin))}, DType::uint8, device);
  count_graphs(device, 1);
}

StepGraph::~StepGraph() {
  abandon();
  if (graph_) backend_of("stepGraph", device_).graphs.drop(graph_);
  give_back(device_, kept_);
  parts_.clear();  // what they hold of the graphs' memory
  count_graphs(device_, -1);
}

void StepGraph::begin() {
  if (recorded) fail(ErrorCode::value, "stepGraph", "another graph is recorded already, end it first");
  if (graph_) fail(ErrorCode::value, "stepGraph", "was recorded already, make another one");
  const DeviceBackend& backend = backend_of("stepGraph", device_);
  if (!backend.graphs.begin()) fail(ErrorCode::device, "stepGraph", "cuda: ", backend.reason());
  recorded = this;
  record_memory(device_, &kept_);
  start_ = rng_state();
  record_random(start_, origin_.address<PhiloxOrigin>());
}

/// Ends the recording, whatever comes of it.
void StepGraph::leave() {
  drawn_ = rng_state().offset - start_.offset;
  record_random(start_, nullptr);
  set_rng_state(start_);
  record_memory(device_, nullptr);
  recorded = nullptr;
  for (const Part& part : parts_) part.undo();
}

void StepGraph::end() {
  if (recorded != this) fail(ErrorCode::value, "stepGraph", "is not being recorded, begin it first");
  const DeviceBackend& backend = backend_of("stepGraph", device_);
  graph_ = backend.graphs.end();
  leave();
  if (graph_) return;
  parts_.clear();
  fail(ErrorCode::device, "stepGraph", "cuda: ", backend.reason());
}

void StepGraph::abandon() {
  if (recorded != this) return;
  const DeviceGraphs& graphs = backend_of("stepGraph", device_).graphs;
  if (void* const graph = graphs.end()) graphs.drop(graph);
  leave();
  parts_.clear();
  give_back(device_, kept_);
}

Tensor StepGraph::room(int64_t bytes) {
  record_memory(device_, nullptr);
  const Tensor made = empty({bytes}, DType::uint8, device_);
  record_memory(device_, &kept_);
  return made;
}

void StepGraph::replay() {
  if (!graph_) fail(ErrorCode::value, "stepGraph", "nothing is recorded, there is nothing to replay");
  if (recorded) fail(ErrorCode::value, "stepGraph", "a graph is not replayed while another is recorded");
  for (const Part& part : parts_) part.prepare();
  if (drawn_ > 0) {
    PhiloxState now = rng_state();
    const PhiloxOrigin origin{now.seed, now.offset};
    copy_bytes(origin_.data(), device_, &origin, Device::cpu, sizeof origin);
    now.offset += drawn_;
    set_rng_state(now);
  }
  const DeviceBackend& backend = backend_of("stepGraph", device_);
  if (!backend.graphs.launch(graph_)) fail(ErrorCode::device, "stepGraph", "cuda: ", backend.reason());
}

}  // namespace tape
