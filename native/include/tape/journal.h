// What one step did, written down as it does it: the nodes its tape recorded, when each ran forward and
// backward, what each saved, and every block of memory that came and went meanwhile. Off, it costs one test
// of tape_mode where a node, an entry point or a storage begins or ends. It changes no number of the step.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tape/autograd.h"

namespace tape {

/// A bit of tape_mode, beside those of TapeMode.
inline constexpr uint32_t kJournal = 1u << 30;

/// What a line is about; `value` is said for each. Nodes, leaves and storages are numbered as they appear.
enum class JournalEvent : uint8_t {
  took,        // a storage was made: the bytes of its block
  gave,        // that storage went: its number
  gave_older,  // one from before the journal went: its bytes
  recorded,    // a node is on the tape: its number
  enters,      // its derivative begins; -1 - n for leaf n, whose gradient is added to
  leaves,      // and is done
  mark,        // as given to mark_journal
  idle,        // before a mark: milliseconds of entry points that led to no node
};

struct JournalLine {
  JournalEvent event;
  double value;
  double milliseconds;  // since the start, without the time spent looking at gradients
};

struct JournalSaved {
  /// -1: made before the journal began. -2: lies in a checkpoint, to be computed again.
  int64_t storage;
  bool is_output;
  Dims shape;
  DType dtype;
};

struct JournalInput {
  static constexpr int64_t kNone = INT64_MIN;
  int64_t node = kNone;  // its number, -1 - n for leaf n, kNone where no gradient is wanted
  uint16_t output = 0;   // which of that node's outputs
};

struct JournalNode {
  std::string op;
  double forward = 0;    // milliseconds of the entry points that led to it
  bool reached = false;  // the loss depends on it
  std::vector<OutputInfo> outputs;
  std::vector<JournalInput> inputs;
  std::vector<JournalSaved> saved;
};

struct JournalLeaf {
  TensorImpl* variable;  // to be compared only
  Dims shape;
  DType dtype;
};

struct Journal {
  int64_t active = 0;  // bytes held at its start
  std::vector<JournalLine> lines;
  std::vector<JournalNode> nodes;
  std::vector<JournalLeaf> leaves;
};

/// Sees the gradients that arrive at a node, one for each output (`given` is false), and those it passes on,
/// one for each input (`given`); undefined where there is none. It must let go of them before it returns.
using GradientLook = std::function<void(int64_t node, bool given, const std::vector<Tensor>& gradients)>;

/// Begins a journal on this thread, whose storages are those on `device`. Error while there is one. `look`
/// may be empty.
void start_journal(GradientLook look, Device device = Device::cpu);
/// A line of the caller's, and the number of nodes so far.
int64_t mark_journal(double value);
/// Ends it. Nothing when there is none.
Journal stop_journal();
/// The number of the storage that `tensor` lies in: -1 for one from before. While a journal is kept.
int64_t journal_storage(const Tensor& tensor);

// Called by the tape, the allocator and the entry points when kJournal is set.
void journal_took(const Storage& storage);
void journal_gave(const Storage& storage);
void journal_recorded(Node& node);
void journal_destroyed(Node& node);
void journal_backward(std::span<const Ref<Node>> reached);
void journal_apply(Node& node, std::span<Tensor> incoming, std::span<Tensor> result);

/// Around an entry point: its time belongs to the node that comes of it, or to the next one.
class JournalCall {
 public:
  JournalCall() : kept_(tape_mode & kJournal) {
    if (kept_) [[unlikely]]
      begin();
  }
  ~JournalCall() {
    if (kept_) [[unlikely]]
      end();
  }
  JournalCall(const JournalCall&) = delete;
  JournalCall& operator=(const JournalCall&) = delete;

 private:
  static void begin();
  static void end();
  bool kept_;
};

}  // namespace tape
