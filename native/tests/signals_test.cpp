// A signal handler must never run on memory that is not a stack: see cpu/signals.h.
#if defined(__linux__)
#include <pthread.h>
#include <sys/time.h>

#include <csignal>
#include <cstdint>

#include "helpers.h"
#include "tape/info.h"
#include "tape/random.h"

using namespace tape;

namespace {

uintptr_t stack_low = 0;
uintptr_t stack_high = 0;
volatile std::sig_atomic_t delivered = 0;
volatile std::sig_atomic_t astray = 0;

/// Counts, and tells whether its own frame lies on the stack of the thread under test.
void look_around(int) {
  volatile char here = 0;
  const auto at = reinterpret_cast<uintptr_t>(&here);
  delivered = delivered + 1;
  if (at < stack_low || at >= stack_high) astray = astray + 1;
}

/// SIGVTALRM to this process every 200 us of its time (or as often as the system's clock ticks).
class Storm {
 public:
  Storm() {
    struct sigaction action = {};
    action.sa_handler = look_around;
    action.sa_flags = SA_RESTART;
    sigaction(SIGVTALRM, &action, &before_);
    const itimerval often = {{0, 200}, {0, 200}};
    setitimer(ITIMER_VIRTUAL, &often, nullptr);
  }
  ~Storm() {
    const itimerval never = {};
    setitimer(ITIMER_VIRTUAL, &never, nullptr);
    sigaction(SIGVTALRM, &before_, nullptr);
  }

 private:
  struct sigaction before_ = {};
};

}  // namespace

TEST_CASE("a signal during a product is handled on the stack") {
  pthread_attr_t attributes;
  void* low = nullptr;
  size_t size = 0;
  REQUIRE(pthread_getattr_np(pthread_self(), &attributes) == 0);
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_destroy(&attributes);
  stack_low = reinterpret_cast<uintptr_t>(low);
  stack_high = stack_low + size;

  manual_seed(1);
  const Tensor x = randn({32, 784}, DType::float32);
  const Tensor weight = randn({256, 784}, DType::float32);
  const int threads = get_threads();
  set_threads(1);
  delivered = 0;
  astray = 0;
  {
    Storm storm;
    for (int round = 0; delivered < 100 && round < 200000; ++round) linear(x, weight, Tensor());
  }
  set_threads(threads);
  CHECK(delivered >= 100);
  CHECK(astray == 0);
}
#endif
