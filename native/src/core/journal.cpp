#include "tape/journal.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <unordered_map>

#include "tape/error.h"

namespace tape {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

struct Keeper {
  Journal journal;
  GradientLook look;
  Device device;
  Clock::time_point start = Clock::now();
  double paused = 0;  // milliseconds spent looking
  std::unordered_map<const Storage*, int64_t> storages;
  int64_t storages_made = 0;
  std::unordered_map<const Node*, int64_t> nodes;   // alive, not described yet
  std::unordered_map<const Node*, int64_t> places;  // of what backward reaches: number, or -1 - leaf
  bool rewinding = false;
  int depth = 0;          // of entry points
  double since_call = 0;  // when the entry point began, or last recorded a node
  double pending = 0;     // time that belongs to the next node

  double now() const { return since(start) - paused; }
  void line(JournalEvent event, double value) { journal.lines.push_back({event, value, now()}); }
  void spend() {
    const double at = now();
    pending += at - since_call;
    since_call = at;
  }

  int64_t storage_of(const Tensor& tensor) const {
    const Storage* root = tensor.impl()->storage.get();
    while (root->parent) root = root->parent.get();
    const auto found = storages.find(root);
    return found == storages.end() ? -1 : found->second;
  }

  /// Notes what a node has saved and made. Its edges are only known where backward begins.
  void describe(Node& node, JournalNode& entry) {
    for (const OutputInfo& output : node.outputs) entry.outputs.push_back(output);
    for (const SavedTensor& saved : node.saved) {
      const Tensor& tensor = saved.tensor;
      if (tensor.defined())
        entry.saved.push_back({storage_of(tensor), saved.is_output, tensor.shape(), tensor.dtype()});
      else
        entry.saved.push_back({-2, saved.is_output, {}, DType::float32});
    }
  }

  int64_t leaf_of(const AccumulateGrad& node) {
    const auto found = places.find(&node);
    if (found != places.end()) return found->second;
    const Tensor& variable = node.variable;
    journal.leaves.push_back({variable.impl(), variable.shape(), variable.dtype()});
    return places[&node] = -static_cast<int64_t>(journal.leaves.size());
  }
};

thread_local std::unique_ptr<Keeper> keeper;

/// While gradients are looked at nothing is written down, and no time passes.
struct Paused {
  Paused() : begin(Clock::now()), peak(memory_stats().peak) { tape_mode &= ~kJournal; }
  ~Paused() {
    memory_stats().peak = peak;
    tape_mode |= kJournal;
    if (keeper) keeper->paused += since(begin);
  }
  Clock::time_point begin;
  int64_t peak;
};

/// The gradient of a leaf that a derivative writes itself, and its version: see gradient_room.
struct LeafGradient {
  const TensorImpl* gradient = nullptr;
  uint32_t version = 0;
  bool operator==(const LeafGradient&) const = default;
};

LeafGradient leaf_gradient(const Node& node, size_t input) {
  if (!node.wants(input) || !node.edges[input].node->accumulates()) return {};
  const Ref<TensorImpl>& grad =
      static_cast<const AccumulateGrad&>(*node.edges[input].node).variable.impl()->grad;
  return grad ? LeafGradient{grad.get(), grad->storage->version} : LeafGradient{};
}

/// What a node gives to each of its inputs, in the input's shape.
std::vector<Tensor> gradients_given(const Node& node, std::span<const Tensor> result,
                                    const std::vector<LeafGradient>& before) {
  std::vector<Tensor> given(node.edges.size());
  for (size_t i = 0; i < given.size(); ++i) {
    if (!node.wants(i)) continue;
    const Edge& edge = node.edges[i];
    if (result[i].defined()) {
      const OutputInfo& expected = edge.node->outputs[edge.input_nr];
      const bool fits = is_expandable(expected.shape, result[i].shape());
      given[i] = fits ? sum_to(result[i], expected.shape) : result[i];
    } else if (leaf_gradient(node, i) != before[i]) {
      given[i] = static_cast<const AccumulateGrad&>(*edge.node).variable.grad();
    }
  }
  return given;
}

}  // namespace

void start_journal(GradientLook look, Device device) {
  if (keeper) fail(ErrorCode::value, "journal", "a journal is kept already, stop it first");
  keeper.reset(new Keeper);
  keeper->look = std::move(look);
  keeper->device = device;
  keeper->journal.active = device == Device::cpu ? memory_stats().active : device_memory_stats(device).active;
  tape_mode |= kJournal;
}

int64_t mark_journal(double value) {
  if (!keeper) return 0;
  if (keeper->depth > 0) keeper->spend();
  if (keeper->pending > 0) keeper->line(JournalEvent::idle, keeper->pending);
  keeper->pending = 0;
  keeper->line(JournalEvent::mark, value);
  return static_cast<int64_t>(keeper->journal.nodes.size());
}

Journal stop_journal() {
  tape_mode &= ~kJournal;
  if (!keeper) return {};
  Journal done = std::move(keeper->journal);
  keeper.reset();
  return done;
}

int64_t journal_storage(const Tensor& tensor) { return keeper ? keeper->storage_of(tensor) : -1; }

void journal_took(const Storage& storage) {
  if (storage.device != keeper->device) return;
  keeper->storages[&storage] = keeper->storages_made++;
  keeper->line(JournalEvent::took, static_cast<double>(storage.block));
}

void journal_gave(const Storage& storage) {
  if (storage.device != keeper->device) return;
  const auto found = keeper->storages.find(&storage);
  if (found == keeper->storages.end())
    return keeper->line(JournalEvent::gave_older, static_cast<double>(storage.block));
  keeper->line(JournalEvent::gave, static_cast<double>(found->second));
  keeper->storages.erase(found);
}

void journal_recorded(Node& node) {
  // What backward, or the second run of a checkpoint, records is not the tape of the step.
  if (keeper->rewinding) return;
  // A function of several inputs is connected to one after the other.
  if (!keeper->nodes.try_emplace(&node, keeper->journal.nodes.size()).second) return;
  if (keeper->depth > 0) keeper->spend();
  keeper->line(JournalEvent::recorded, static_cast<double>(keeper->journal.nodes.size()));
  JournalNode& entry = keeper->journal.nodes.emplace_back();
  entry.op = node.name;
  entry.forward = std::exchange(keeper->pending, 0);
}

void journal_destroyed(Node& node) {
  keeper->places.erase(&node);
  const auto found = keeper->nodes.find(&node);
  if (found == keeper->nodes.end()) return;
  keeper->describe(node, keeper->journal.nodes[static_cast<size_t>(found->second)]);
  keeper->nodes.erase(found);
}

void journal_backward(std::span<const Ref<Node>> reached) {
  if (keeper->rewinding) return;
  keeper->rewinding = true;
  for (const Ref<Node>& node : reached) {
    const auto found = keeper->nodes.find(node.get());
    if (found != keeper->nodes.end()) keeper->places[node.get()] = found->second;
  }
  for (const Ref<Node>& node : reached) {
    const auto found = keeper->nodes.find(node.get());
    if (found == keeper->nodes.end()) continue;
    JournalNode& entry = keeper->journal.nodes[static_cast<size_t>(found->second)];
    entry.reached = true;
    keeper->describe(*node, entry);
    for (const Edge& edge : node->edges) {
      JournalInput input;
      if (edge.node && edge.node->accumulates()) {
        input = {keeper->leaf_of(static_cast<const AccumulateGrad&>(*edge.node)), 0};
      } else if (edge.node) {
        const auto place = keeper->places.find(edge.node.get());
        if (place != keeper->places.end()) input = {place->second, edge.input_nr};
      }
      entry.inputs.push_back(input);
    }
    keeper->nodes.erase(found);
  }
}

void journal_apply(Node& node, std::span<Tensor> incoming, std::span<Tensor> result) {
  const auto found = keeper->places.find(&node);
  if (found == keeper->places.end()) return node.apply(incoming, result);
  const int64_t place = found->second;
  const bool looks = place >= 0 && keeper->look;
  std::vector<LeafGradient> before;
  if (looks) {
    Paused paused;
    keeper->look(place, false, {incoming.begin(), incoming.end()});
    for (size_t i = 0; i < node.edges.size(); ++i) before.push_back(leaf_gradient(node, i));
  }
  keeper->line(JournalEvent::enters, static_cast<double>(place));
  node.apply(incoming, result);
  keeper->line(JournalEvent::leaves, static_cast<double>(place));
  if (looks) {
    Paused paused;
    keeper->look(place, true, gradients_given(node, result, before));
  }
}

void JournalCall::begin() {
  if (keeper && keeper->depth++ == 0) keeper->since_call = keeper->now();
}
void JournalCall::end() {
  if (!keeper || keeper->depth == 0) return;
  // What backward spends is its nodes'.
  if (--keeper->depth == 0 && !keeper->rewinding) keeper->spend();
}

}  // namespace tape
