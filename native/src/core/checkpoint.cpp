#include "tape/checkpoint.h"

#include "tape/journal.h"
#include "tape/ops.h"
#include "tape/precision.h"
#include "tape_internal.h"

namespace tape {
namespace {

thread_local Ref<Checkpoint> current;
// Whose second run was needed by the backward that is going on.
thread_local std::vector<Ref<Checkpoint>> rerun;

struct ModeGuard {
  explicit ModeGuard(uint32_t mode) : before(std::exchange(tape_mode, mode)) {}
  ~ModeGuard() { tape_mode = before; }
  ModeGuard(const ModeGuard&) = delete;
  ModeGuard& operator=(const ModeGuard&) = delete;
  uint32_t before;
};

[[noreturn]] void differs(const char* how) {
  fail(ErrorCode::gradient, "checkpoint", "the second run of the function ", how,
       ", it must do the same each time it is called");
}

/// Runs the function again, with the random numbers of the first run.
void recompute(const Ref<Checkpoint>& self) {
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < self->inputs.size(); ++i) {
    const SavedTensor& input = self->inputs[i];
    if (input.tensor.version() != input.version)
      fail(ErrorCode::gradient, "checkpoint", "input ", i, " (", name_of(input.tensor.dtype()), " ",
           to_string(input.tensor.shape()), ") was changed in place: it is at version ",
           input.tensor.version(), ", expected version ", input.version, ", change a clone() instead");
    inputs.push_back(input.tensor);
  }
  struct Restore {
    ~Restore() {
      set_rng_state(random);
      set_autocast(autocast);
      current.reset();
    }
    PhiloxState random = rng_state();
    DType autocast = autocast_dtype();
  } restore;
  ModeGuard mode(kRecording | kRecomputing | (tape_mode & (kAnomaly | kJournal)));
  self->recomputed.clear();
  self->recomputed.resize(self->places.size());
  self->next = 0;
  current = self;
  set_rng_state(self->random);
  set_autocast(self->autocast);
  rerun.push_back(self);
  self->again(inputs);
  if (self->next != self->places.size()) differs("saved less than the first");
}

}  // namespace

bool in_checkpoint() { return tape_mode & (kPacking | kRecomputing); }

void begin_checkpoint(const std::vector<Tensor>& inputs,
                      std::function<void(const std::vector<Tensor>&)> again) {
  if (in_checkpoint()) fail(ErrorCode::internal, "checkpoint", "begun inside another one");
  current = Ref<Checkpoint>(new Checkpoint);
  current->again = std::move(again);
  current->random = rng_state();
  current->autocast = autocast_dtype();
  for (const Tensor& input : inputs) current->inputs.push_back({input, input.version()});
  tape_mode |= kPacking;
}

void abandon_checkpoint() {
  tape_mode &= ~kPacking;
  current.reset();
}

void end_checkpoint() {
  const Ref<Checkpoint> done = current;
  abandon_checkpoint();
  for (size_t i = 0; i < done->inputs.size(); ++i)
    if (done->inputs[i].tensor.version() != done->inputs[i].version)
      fail(ErrorCode::gradient, "checkpoint", "the function changed its input ", i, " (",
           to_string(done->inputs[i].tensor.shape()), ") in place, let it change a clone()");
}

bool save_in_checkpoint(Node& node, const Tensor& tensor, bool is_output) {
  if (tape_mode & kRecomputing) {
    if (current->next == current->places.size()) differs("saved more than the first");
    const Checkpoint::Place& place = current->places[current->next];
    if (place.shape != tensor.shape() || place.dtype != tensor.dtype())
      differs("saved another shape or dtype than the first");
    // Without history: the nodes of the first run are the ones that count.
    current->recomputed[current->next++] = {detach(tensor), tensor.version()};
    return true;
  }
  const auto place = static_cast<uint32_t>(current->places.size());
  current->places.push_back({tensor.shape(), tensor.dtype()});
  // A parameter stays alive anyway.
  if (!is_output && tensor.is_leaf() && tensor.requires_grad()) return false;
  node.more().packed.resize(node.saved.size() + 1);
  node.more().packed[node.saved.size()] = {current, place, is_output ? Edge{} : edge_of(tensor)};
  node.saved.emplace_back(Tensor(), 0u, is_output, is_output ? tensor.impl()->output_nr : uint16_t{0});
  return true;
}

Tensor unpack_from_checkpoint(Node& node, size_t index) {
  const PackedTensor& packed = node.extras->packed[index];
  const Ref<Checkpoint> checkpoint = packed.checkpoint;
  if (in_checkpoint())
    fail(ErrorCode::gradient, "checkpoint",
         "backward inside a checkpointed function is not supported, take it out of the function");
  const bool there =
      packed.place < checkpoint->recomputed.size() && checkpoint->recomputed[packed.place].tensor.defined();
  if (!there) recompute(checkpoint);
  const SavedTensor& entry = checkpoint->recomputed[packed.place];
  if (entry.tensor.version() != entry.version)
    fail(ErrorCode::gradient, node.name, "a tensor saved for backward (", name_of(entry.tensor.dtype()), " ",
         to_string(entry.tensor.shape()),
         ") was changed in place by the checkpointed function: it is at version ", entry.tensor.version(),
         ", expected version ", entry.version, ", change a clone() instead");
  if (!grad_enabled()) return entry.tensor;
  Tensor again = detach(entry.tensor);
  const bool is_output = node.saved[index].is_output;
  again.impl()->grad_fn = is_output ? Ref<Node>(&node) : packed.history.node;
  again.impl()->output_nr = is_output ? node.saved[index].output_nr : packed.history.input_nr;
  return again;
}

void forget_recomputed(Node& node) {
  for (const PackedTensor& packed : node.extras->packed)
    if (packed.checkpoint && packed.place < packed.checkpoint->recomputed.size())
      packed.checkpoint->recomputed[packed.place] = {};
}

void forget_all_recomputed() {
  for (const Ref<Checkpoint>& checkpoint : rerun) checkpoint->recomputed.clear();
  rerun.clear();
}

}  // namespace tape
