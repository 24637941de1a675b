// The table that the engine finds in this library.
#include <cstdio>
#include <string>

#include "chain.h"
#include "context.h"
#include "cudnn_library.h"
#include "library_kernels.h"
#include "nvml.h"
#include "options.h"
#include "table.h"
#include "tape/device_backend.h"

namespace tape::cuda {
namespace {

thread_local std::string why;

bool failed(std::string reason) {
  why = std::move(reason);
  return false;
}
bool worked(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return true;
  forget_error();
  return failed(std::string(what) + ": " + cudaGetErrorString(status));
}

const char* reason() { return why.c_str(); }

int score() {
  int count = 0;
  if (!worked(cudaGetDeviceCount(&count), "looking for devices")) return 0;
  if (count == 0) return failed("no CUDA device is there"), 0;
  int major = 0, minor = 0;
  if (!worked(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0), "capability") ||
      !worked(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, 0), "capability"))
    return 0;
  if (major < 8)
    return failed("the GPU has compute capability " + std::to_string(major) + "." + std::to_string(minor) +
                  ", 8.0 or newer is needed"),
           0;
  return 10 * major + minor;
}

std::string libraries() {
#if defined(TAPE_HAVE_CUBLASLT)
  const FoundCudnn& found = cudnn();
  if (found.functions) return cublaslt_version() + ", cuDNN " + cudnn_version_text(found.version);
  return cublaslt_version() + "; " + found.reason + ": convolutions are laid out as rows";
#else
  return "built without cuBLASLt: there are no matrix products and no convolutions";
#endif
}

bool properties(DeviceProperties* out) {
  cudaDeviceProp found{};
  int driver = 0;
  if (!worked(cudaGetDeviceProperties(&found, 0), "properties") ||
      !worked(cudaDriverGetVersion(&driver), "driver"))
    return false;
  *out = {};
  std::snprintf(out->name, sizeof out->name, "%.127s", found.name);
  out->driver = driver;
  out->major = found.major;
  out->minor = found.minor;
  out->memory = static_cast<int64_t>(found.totalGlobalMem);
  std::snprintf(out->libraries, sizeof out->libraries, "%.255s", libraries().c_str());
  return true;
}

bool init() {
  if (!worked(cudaSetDevice(0), "starting the device")) return false;
  stream();
  if (!fault_slot()) return failed(take_error());
  const std::string error = take_error();
  return error.empty() || failed(error);
}

// ---- memory -----------------------------------------------------------------------------------------

void* allocate(size_t bytes) {
  void* data = nullptr;
  if (cudaMalloc(&data, bytes) == cudaSuccess) return data;
  forget_error();  // not enough memory is an answer, not a fault
  return nullptr;
}
void free_segment(void* segment) {
  succeeded(cudaStreamSynchronize(stream()), "giving memory back");
  succeeded(cudaFree(segment), "giving memory back");
}
void* record(int number) {
  cudaEvent_t event = nullptr;
  if (!succeeded(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "event")) return nullptr;
  succeeded(cudaEventRecord(event, stream_of(number)), "event");
  return event;
}
bool passed(void* event) { return has_passed(static_cast<cudaEvent_t>(event)); }
void wait(void* event) { cudaEventSynchronize(static_cast<cudaEvent_t>(event)); }
void drop(void* event) { cudaEventDestroy(static_cast<cudaEvent_t>(event)); }

void available(int64_t* free_bytes, int64_t* total_bytes) {
  size_t free_now = 0, total = 0;
  cudaMemGetInfo(&free_now, &total);
  *free_bytes = static_cast<int64_t>(free_now);
  *total_bytes = static_cast<int64_t>(total);
}

/// What went wrong since somebody last waited: an error of the device, or an index that a kernel found.
bool settled() {
  std::string error = take_error();
  FaultSlot* const slot = fault_slot();
  if (error.empty() && slot) error = text_of(*slot);
  if (slot) *slot = {};
  return error.empty() || failed(error);
}

bool to_device(void* to, const void* from, size_t bytes) {
  send(to, from, bytes);
  const std::string error = take_error();
  return error.empty() || failed(error);
}
bool brought(void* to, const void* from, size_t bytes) {
  bring(to, from, bytes);
  const std::string error = take_error();
  return error.empty() || failed(error);
}
bool to_host(void* to, const void* from, size_t bytes) {
  download(to, from, bytes);
  return settled();
}
void* to_host_later(const void* from, size_t bytes) {
  void* const later = send_back(from, bytes);
  const std::string error = take_error();
  if (error.empty()) return later;
  if (later) collect(later, nullptr);
  return failed(error), nullptr;
}
bool collected(void* later, void* to) {
  collect(later, to);
  return !to || settled();
}
bool synchronize() {
  succeeded(cudaStreamSynchronize(stream()), "waiting");
  return settled();
}

int busy_percent() {
  char bus[32] = "";
  return cudaDeviceGetPCIBusId(bus, sizeof bus, 0) == cudaSuccess ? busy_percent_of(bus) : -1;
}

// ---- graphs -----------------------------------------------------------------------------------------

bool without_error(bool done) {
  const std::string error = take_error();
  return (error.empty() || failed(error)) && done;
}
bool begin() { return without_error(begin_graph()); }
void* end() {
  void* const graph = end_graph();
  return without_error(graph != nullptr) ? graph : nullptr;
}
bool launch(void* graph) { return without_error(launch_graph(graph)); }

const Kernels& kernels() {
#if defined(TAPE_HAVE_CUBLASLT)
  static const LinearKernels linear = cublaslt_table();
  static const Kernels all = own_kernels(&linear, cudnn().functions);
#else
  static const Kernels all = own_kernels(nullptr, nullptr);
#endif
  return all;
}

}  // namespace
}  // namespace tape::cuda

#if defined(_WIN32)
#define TAPE_EXPORTED __declspec(dllexport)
#else
#define TAPE_EXPORTED __attribute__((visibility("default")))
#endif

extern "C" TAPE_EXPORTED const tape::DeviceBackend* tape_device_backend() {
  using namespace tape;
  static const DeviceBackend backend{
      kDeviceBackendVersion,
      sizeof(Kernels),
      kBackendVersion,
      cuda::score,
      cuda::properties,
      cuda::init,
      cuda::reason,
      {{cuda::allocate, cuda::free_segment, cuda::record, cuda::passed, cuda::wait, cuda::drop},
       cuda::available,
       cuda::to_device,
       cuda::to_host,
       cuda::brought,
       cuda::to_host_later,
       cuda::arrived,
       cuda::collected,
       cuda::synchronize,
       cuda::unread},
      {cuda::begin, cuda::end, cuda::launch, cuda::drop_graph},
      cuda::set_option,
      cuda::busy_percent,
      &cuda::kernels()};
  return &backend;
}
