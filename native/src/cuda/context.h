// What a thread has of the device: its stream, its scratch memory, its faults, and the errors nobody has read
// yet.
#pragma once
#include <cuda_runtime.h>

#include <string>

#include "faults.h"
#include "launch.h"

namespace tape::cuda {

/// Notes what went wrong and returns whether nothing did.
bool succeeded(cudaError_t status, const char* what);
/// Whether everything before the event is done, or will never be.
bool has_passed(cudaEvent_t event);
/// The error kept by note_error, or an empty text; there is none afterwards.
std::string take_error();

/// A copy of `bytes` of the host's memory, in order with other work; `from` may change when the call returns.
void send(void* to, const void* from, size_t bytes);

/// The same on a stream of its own: only work given from here on waits for it.
void bring(void* to, const void* from, size_t bytes);

/// A copy of `bytes` to pinned memory of the host, in order with other work; null where there is none.
void* send_back(const void* from, size_t bytes);
bool arrived(void* later);
/// Waits for it and gives the bytes to `to`, where that is not null; `later` is gone then.
void collect(void* later, void* to);

/// Steps that are recorded once and launched as one piece: the backend's table. What fails is kept for
/// `take_error`.
bool begin_graph();
void* end_graph();
bool launch_graph(void* graph);
void drop_graph(void* graph);

/// Streams of the calling thread: 0 is the one kernels run on, 1 copies ahead. Elementwise work that waited
/// is given to it before.
cudaStream_t stream_of(int number);

}  // namespace tape::cuda
