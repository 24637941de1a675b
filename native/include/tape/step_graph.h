// Steps whose shapes repeat: recorded once, and given to the device as one piece from then on.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "tape/kernels/random.h"
#include "tape/tensor.h"

namespace tape {

/// What the ops between `begin` and `end` do on a device, to be done again as often as wanted: same shapes,
/// same addresses, other values. Tensors that were there before are read where they are; those made in
/// between hold what the last replay made, until the next. Random numbers go on in the thread's stream, and
/// an optimizer's step has the rate and count of its replay. Nothing in between may wait for the device or
/// bring values to it: Error(device) then, as out of anything else that fails, and `abandon` takes everything
/// back.
class StepGraph {
 public:
  /// Error(device) where the device has no graphs.
  explicit StepGraph(Device device);
  ~StepGraph();
  StepGraph(const StepGraph&) = delete;
  StepGraph& operator=(const StepGraph&) = delete;

  /// Ops of this thread on the device are recorded, not done, until `end` or `abandon`. One at a time.
  void begin();
  /// Nothing has been done yet: the first replay does it.
  void end();
  /// As if there had been no `begin`. Does nothing where nothing is recorded.
  void abandon();
  void replay();
  bool ready() const { return graph_ != nullptr; }

  /// What the host does for each replay, and how that is taken back for the recording itself.
  struct Part {
    std::function<void()> prepare, undo;
  };
  void add(Part part) { parts_.push_back(std::move(part)); }
  /// Memory for what the host writes before a replay: nothing else that the graph does uses it.
  Tensor room(int64_t bytes);

 private:
  void leave();

  Device device_;
  void* graph_ = nullptr;
  bool recording_ = false;
  Tensor origin_;  // PhiloxOrigin of the replay that runs
  PhiloxState start_{0, 0};
  uint64_t drawn_ = 0;  // blocks of random numbers
  std::vector<Part> parts_;
  std::vector<void*> kept_;  // blocks given back meanwhile, which it reads
};

/// The one that this thread records, or null.
StepGraph* recorded_graph();

}  // namespace tape
