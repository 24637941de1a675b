// Keeps signal handlers off threads that run generated code.
#pragma once

#if !defined(_WIN32)
#include <csignal>
#include <initializer_list>
#endif

namespace tape::cpu {

/// Blocks the calling thread's signals while it lives; threads started meanwhile are born with them blocked.
///
/// oneDNN's generated products (seen in 2.6, AVX2) point the stack register into their data. A handler that
/// the system runs on such a thread (a profiler's SIGPROF, SIGCHLD, Ctrl+C) writes its frame there, over the
/// heap. Faults of the thread's own (SIGSEGV and the like) stay deliverable.
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
