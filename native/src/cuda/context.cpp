#include "context.h"

namespace tape::cuda {
namespace {

/// One thread's part of the device. Made by the first use, gone with the thread.
struct Context {
  cudaStream_t streams[2] = {nullptr, nullptr};
  void* scratch = nullptr;
  size_t scratch_bytes = 0;
  FaultSlot* faults = nullptr;
  std::string error;

  ~Context() {
    // The driver may be gone already when a process ends: nothing here is checked.
    if (scratch) cudaFree(scratch);
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
  note_error(std::string(what) + ": " + cudaGetErrorString(status));
  return false;
}

std::string take_error() {
  std::string error = std::move(context().error);
  context().error.clear();
  return error;
}

cudaStream_t stream_of(int number) {
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
    // What runs still may use the old one.
    succeeded(cudaStreamSynchronize(stream()), "scratch");
    if (own.scratch) cudaFree(own.scratch);
    own.scratch = nullptr;
    own.scratch_bytes = 0;
    const size_t wanted = bytes + bytes / 2 + (size_t{1} << 20);
    if (succeeded(cudaMalloc(&own.scratch, wanted), "scratch")) own.scratch_bytes = wanted;
  }
  return own.scratch;
}

void upload(void* to, const void* from, size_t bytes) {
  if (bytes > 0) succeeded(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream()), "copy");
}

void download(void* to, const void* from, size_t bytes) {
  if (bytes == 0) return;
  succeeded(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream()), "copy");
  succeeded(cudaStreamSynchronize(stream()), "copy");
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
