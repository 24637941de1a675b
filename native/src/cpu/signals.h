// Keeps signal handlers off threads that run generated code.
#pragma once

#if !defined(_WIN32)
#include <csignal>
#include <initializer_list>
#endif

namespace tape::cpu {

/// Blocks the calling thread's signals while it lives; threads started meanwhile are born with them blocked.
///
/// oneDNN's generated products (seen in 2.6, `gemm:jit` on AVX2: 62 to 100 of 100 handlers) point the stack
/// register into their data. A handler that the system runs on such a thread (a profiler's SIGPROF, SIGCHLD,
/// Ctrl+C) writes its frame there, over the heap. Its AVX-512 products (`brg`) and convolutions, float32 and
/// bfloat16, were looked at in the same way and keep the stack, but which code a shape gets is the library's
/// affair: signals stay blocked around all of it. Faults of the thread's own (SIGSEGV and the like) stay
/// deliverable.
class SignalGuard {
 public:
#if defined(_WIN32)
  SignalGuard() {}
#else
  SignalGuard() {
    sigset_t blocked;
    sigfillset(&blocked);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) sigdelset(&blocked, fault);
    pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~SignalGuard() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
#endif
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

#if !defined(_WIN32)
 private:
  sigset_t before_;
#endif
};

}  // namespace tape::cpu
