#include "context.h"

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "chain.h"

namespace tape::cuda {
namespace {

/// A step as one piece, and what it reads of the host's memory.
struct Graph {
  cudaGraphExec_t work = nullptr;
  std::vector<void*> blocks;
  size_t used = 0, size = 0;  // of the last block

  /// A copy that lives as long as the graph; null when there is no memory.
  void* kept(const void* from, size_t bytes) {
    constexpr size_t least = size_t{64} << 10;
    const size_t wanted = (bytes + 15) / 16 * 16;
    if (used + wanted > size) {
      void* block = nullptr;
      size = wanted > least ? wanted : least;
      used = 0;
      if (!succeeded(cudaHostAlloc(&block, size, cudaHostAllocDefault), "graph")) return size = 0, nullptr;
      blocks.push_back(block);
    }
    void* const to = static_cast<char*>(blocks.back()) + used;
    used += wanted;
    return std::memcpy(to, from, bytes);
  }
  ~Graph() {
    if (work) cudaGraphExecDestroy(work);
    for (void* block : blocks) cudaFreeHost(block);
  }
};

/// Pinned memory that copies to the device go through: the caller's memory may change at once, and nobody
/// waits for the device unless both halves are still being read.
struct Outbox {
  static constexpr size_t kPiece = size_t{32} << 20;
  struct Half {
    void* data = nullptr;
    size_t size = 0;
    cudaEvent_t read = nullptr;
  };
  Half halves[2];
  int next = 0;

  /// A half with room for `bytes`, at most a piece; null when there is no pinned memory.
  Half* room(size_t bytes) {
    Half& half = halves[next];
    next = 1 - next;
    if (!half.read) {
      if (!succeeded(cudaEventCreateWithFlags(&half.read, cudaEventDisableTiming), "event")) return nullptr;
    } else if (!succeeded(cudaEventSynchronize(half.read), "copy")) {
      return nullptr;
    }
    if (bytes > half.size) {
      if (half.data) cudaFreeHost(half.data);
      half.data = nullptr;
      half.size = 0;
      const size_t wanted = bytes + bytes / 2 < kPiece ? bytes + bytes / 2 : kPiece;
      if (!succeeded(cudaHostAlloc(&half.data, wanted, cudaHostAllocDefault), "pinned memory"))
        return nullptr;
      half.size = wanted;
    }
    return &half;
  }
  ~Outbox() {
    for (const Half& half : halves) {
      if (half.read) cudaEventDestroy(half.read);
      if (half.data) cudaFreeHost(half.data);
    }
  }
};

/// Numbers on their way to the host. Memory and event are used again: there are as many as were ever on their
/// way at once.
struct Parcel {
  void* data = nullptr;
  size_t bytes = 0, size = 0;
  cudaEvent_t there = nullptr;

  bool room(size_t wanted) {
    if (!there && !succeeded(cudaEventCreateWithFlags(&there, cudaEventDisableTiming), "event")) return false;
    if (wanted <= size) return true;
    if (data) cudaFreeHost(data);
    data = nullptr;
    size = 0;
    if (!succeeded(cudaHostAlloc(&data, wanted, cudaHostAllocDefault), "pinned memory")) return false;
    size = wanted;
    return true;
  }
  ~Parcel() {
    if (there) cudaEventDestroy(there);
    if (data) cudaFreeHost(data);
  }
};

/// One thread's part of the device. Made by the first use, gone with the thread.
struct Context {
  cudaStream_t streams[2] = {nullptr, nullptr};
  void* scratch = nullptr;
  size_t scratch_bytes = 0;
  std::vector<void*> outgrown;  // scratch that a graph still reads
  Outbox outbox;
  std::vector<std::unique_ptr<Parcel>> parcels;  // that nobody uses
  Graph* recorded = nullptr;
  int graphs = 0;
  FaultSlot* faults = nullptr;
  std::string error;
  bool without_scratch = false;  // of which `error` tells

  ~Context() {
    // The driver may be gone already when a process ends: nothing here is checked.
    if (scratch) cudaFree(scratch);
    for (void* old : outgrown) cudaFree(old);
    if (faults) cudaFreeHost(faults);
    for (cudaStream_t stream : streams)
      if (stream) cudaStreamDestroy(stream);
  }
};

Context& context() {
  thread_local Context own;
  return own;
}

}  // namespace

void note_error(const std::string& text) {
  if (context().error.empty()) context().error = text;
}

bool succeeded(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return true;
  forget_error();  // it is told here, and not once more by the next launch
  note_error(std::string(what) + ": " + cudaGetErrorString(status));
  return false;
}

bool has_passed(cudaEvent_t event) {
  if (cudaEventQuery(event) != cudaErrorNotReady) return true;
  forget_error();  // an answer, not a fault of whoever looks next
  return false;
}

std::string take_error() {
  std::string error = std::move(context().error);
  context().error.clear();
  context().without_scratch = false;
  return error;
}

cudaStream_t stream_of(int number) {
  launch_waiting();
  cudaStream_t& stream = context().streams[number];
  // Not in step with the default stream: nothing else of the process makes it wait.
  if (!stream) succeeded(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "stream");
  return stream;
}

cudaStream_t stream() { return stream_of(0); }

void launched(const char* what) { succeeded(cudaGetLastError(), what); }

void* scratch(size_t bytes) {
  Context& own = context();
  if (bytes > own.scratch_bytes) {
    if (own.graphs > 0) {
      if (own.scratch) own.outgrown.push_back(own.scratch);
    } else {
      // What runs still may use the old one.
      succeeded(cudaStreamSynchronize(stream()), "scratch");
      if (own.scratch) cudaFree(own.scratch);
    }
    own.scratch = nullptr;
    own.scratch_bytes = 0;
    for (const size_t wanted : {bytes + bytes / 2 + (size_t{1} << 20), bytes}) {
      if (cudaMalloc(&own.scratch, wanted) == cudaSuccess) {
        own.scratch_bytes = wanted;
        return own.scratch;
      }
      forget_error();
      own.scratch = nullptr;
    }
    launch_waiting();  // what was given before is done
    own.without_scratch = true;
    note_error(no_scratch(bytes));
  }
  return own.scratch;
}
bool may_launch() { return !context().without_scratch; }

void upload(void* to, const void* from, size_t bytes) {
  if (bytes == 0 || !may_launch()) return;
  // A graph reads the host's memory in each replay, long after this call.
  const void* const source = context().recorded ? context().recorded->kept(from, bytes) : from;
  if (source) succeeded(cudaMemcpyAsync(to, source, bytes, cudaMemcpyHostToDevice, stream()), "copy");
}

/// By way of pinned memory, on stream `number`. The half that went last; null when something failed.
Outbox::Half* send_by(int number, void* to, const void* from, size_t bytes) {
  const cudaStream_t by = stream_of(number);
  Outbox::Half* half = nullptr;
  for (size_t at = 0; at < bytes; at += Outbox::kPiece) {
    const size_t piece = bytes - at < Outbox::kPiece ? bytes - at : Outbox::kPiece;
    half = context().outbox.room(piece);
    if (!half) return nullptr;
    std::memcpy(half->data, static_cast<const char*>(from) + at, piece);
    succeeded(cudaMemcpyAsync(static_cast<char*>(to) + at, half->data, piece, cudaMemcpyHostToDevice, by),
              "copy");
    succeeded(cudaEventRecord(half->read, by), "copy");
  }
  return half;
}

void send(void* to, const void* from, size_t bytes) {
  // The driver takes small copies along with the call.
  constexpr size_t small = size_t{64} << 10;
  if (bytes <= small) return upload(to, from, bytes);
  send_by(0, to, from, bytes);
}

void bring(void* to, const void* from, size_t bytes) {
  if (const Outbox::Half* const last = send_by(1, to, from, bytes))
    succeeded(cudaStreamWaitEvent(stream(), last->read, 0), "copy");
}

void download(void* to, const void* from, size_t bytes) {
  if (bytes == 0 || !may_launch()) return;
  if (context().recorded) return note_error("an op waits for a number in a step that is recorded");
  succeeded(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream()), "copy");
  succeeded(cudaStreamSynchronize(stream()), "copy");
}

void* send_back(const void* from, size_t bytes) {
  auto& idle = context().parcels;
  std::unique_ptr<Parcel> parcel = idle.empty() ? std::make_unique<Parcel>() : std::move(idle.back());
  if (!idle.empty()) idle.pop_back();
  // Whoever had it last may have left before its copy was made: on this stream, so before the next.
  if (!parcel->room(bytes) ||
      !succeeded(cudaMemcpyAsync(parcel->data, from, bytes, cudaMemcpyDeviceToHost, stream()), "copy") ||
      !succeeded(cudaEventRecord(parcel->there, stream()), "copy"))
    return nullptr;
  parcel->bytes = bytes;
  return parcel.release();
}

bool arrived(void* later) { return has_passed(static_cast<Parcel*>(later)->there); }

void collect(void* later, void* to) {
  std::unique_ptr<Parcel> parcel(static_cast<Parcel*>(later));
  if (to && succeeded(cudaEventSynchronize(parcel->there), "copy"))
    std::memcpy(to, parcel->data, parcel->bytes);
  context().parcels.push_back(std::move(parcel));
}

bool begin_graph() {
  Context& own = context();
  // The first use of what a step needs may ask the driver for memory: allowed on this thread only.
  if (!succeeded(cudaStreamBeginCapture(stream(), cudaStreamCaptureModeRelaxed), "recording a step"))
    return false;
  own.recorded = new Graph;
  ++own.graphs;
  return true;
}

void* end_graph() {
  Context& own = context();
  Graph* const made = std::exchange(own.recorded, nullptr);
  cudaGraph_t graph = nullptr;
  if (succeeded(cudaStreamEndCapture(stream(), &graph), "recording a step") && own.error.empty())
    succeeded(cudaGraphInstantiate(&made->work, graph, 0), "recording a step");
  if (graph) cudaGraphDestroy(graph);
  if (own.error.empty()) return made;
  drop_graph(made);
  return nullptr;
}

bool launch_graph(void* graph) {
  return succeeded(cudaGraphLaunch(static_cast<Graph*>(graph)->work, stream()), "a recorded step");
}

void drop_graph(void* graph) {
  succeeded(cudaStreamSynchronize(stream()), "dropping a step");
  delete static_cast<Graph*>(graph);
  Context& own = context();
  if (--own.graphs > 0) return;
  for (void* old : own.outgrown) cudaFree(old);
  own.outgrown.clear();
}

FaultSlot* fault_slot() {
  FaultSlot*& slot = context().faults;
  if (!slot) {
    if (!succeeded(cudaHostAlloc(&slot, sizeof *slot, cudaHostAllocMapped), "faults")) return nullptr;
    *slot = {};
  }
  return slot;
}

}  // namespace tape::cuda
