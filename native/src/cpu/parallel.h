// Threads for kernels. Ranges are cut the same way for a given thread count, so results are too.
#pragma once
#include <cstdint>

#if defined(_OPENMP)
#include <omp.h>

#include "signals.h"
#endif

namespace tape::cpu {

/// Threads the calling engine wants; see set_threads.
int thread_count();
/// Makes denormal numbers zero on the calling thread; they cost a hundred times a normal one.
void flush_denormals();

/// Calls body(begin, end) over [0, count), in pieces of at least `grain`, one per thread.
template <class Body>
void parallel_for(int64_t count, int64_t grain, const Body& body) {
  if (count <= 0) return;
#if defined(_OPENMP)
  if (count >= 2 * grain && thread_count() > 1 && !omp_in_parallel()) {
    int64_t pieces = count / grain;
    if (pieces > thread_count()) pieces = thread_count();
    const int64_t length = (count + pieces - 1) / pieces;
    SignalGuard guard;  // a thread that OpenMP starts here may run generated code later
    // A loop over pieces, not over threads: every piece runs even when the system grants fewer threads.
#pragma omp parallel for schedule(static, 1) num_threads(static_cast <int>(pieces))
    for (int64_t piece = 0; piece < pieces; ++piece) {
      flush_denormals();
      const int64_t begin = piece * length;
      const int64_t end = begin + length < count ? begin + length : count;
      if (begin < end) body(begin, end);
    }
    return;
  }
#endif
  body(0, count);
}

}  // namespace tape::cpu
