// How many threads the engine takes by itself.
#include <cstdlib>
#include <thread>

#include "helpers.h"
#include "tape/info.h"

#if defined(__linux__)
#include <sched.h>
#endif

namespace tape::test {
namespace {

/// What a new thread's engine starts with.
template <class F>
int threads_of_a_new_engine(F before) {
  int count = 0;
  std::thread([&] {
    before();
    count = get_threads();
  }).join();
  return count;
}

/// Takes the variable away while it lives.
struct WithoutVariable {
  WithoutVariable() : value(std::getenv("OMP_NUM_THREADS") ? std::getenv("OMP_NUM_THREADS") : "") {
#if !defined(_WIN32)
    unsetenv("OMP_NUM_THREADS");
#endif
  }
  ~WithoutVariable() {
#if !defined(_WIN32)
    if (!value.empty()) setenv("OMP_NUM_THREADS", value.c_str(), 1);
#endif
  }
  std::string value;
};

}  // namespace

TEST_CASE("threads: at least one, no more than the machine has") {
  WithoutVariable without;
  const int count = threads_of_a_new_engine([] {});
  CHECK(count >= 1);
  CHECK(count <= static_cast<int>(std::thread::hardware_concurrency()));
}

#if defined(__linux__)
TEST_CASE("threads: affinity counts, and the environment overrules it") {
  WithoutVariable without;
  const auto pin = [] {
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    int first = 0;
    while (!CPU_ISSET(first, &all)) ++first;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    sched_setaffinity(0, sizeof one, &one);
  };
  CHECK(threads_of_a_new_engine(pin) == 1);
  setenv("OMP_NUM_THREADS", "3", 1);
  CHECK(threads_of_a_new_engine(pin) == 3);
  unsetenv("OMP_NUM_THREADS");
}
#endif

}  // namespace tape::test
