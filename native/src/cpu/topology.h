// How many cores this process may use.
#pragma once

namespace tape::cpu {

/// Physical cores, not hardware threads, that the calling thread may run on, and no more than the container's
/// quota of processor time; at least 1. OMP_NUM_THREADS in the environment overrules it.
int usable_cores();

}  // namespace tape::cpu
