// Chooses the kernels for this machine, and the number of threads they use.
#include "tape/backend.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "batched_products.h"
#include "half_products.h"
#include "onednn.h"
#include "parallel.h"
#include "tape/info.h"
#include "topology.h"

#if defined(__x86_64__) || defined(_M_X64)
#define TAPE_X86 1
#include <immintrin.h>
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif

namespace tape {
namespace cpu {

// One namespace per instruction set; which exist is decided by CMake.
namespace generic {
const Kernels& table();
}
#if defined(TAPE_HAVE_AVX2)
namespace avx2 {
const Kernels& table();
}
#endif
#if defined(TAPE_HAVE_AVX512)
namespace avx512 {
const Kernels& table();
}
#endif

namespace {

enum Level { generic_level = 0, avx2_level = 1, avx512_level = 2 };

Level supported_level() {
#if defined(TAPE_X86) && (defined(__GNUC__) || defined(__clang__))
  __builtin_cpu_init();
  unsigned eax, ebx, ecx = 0, edx;
  __get_cpuid(1, &eax, &ebx, &ecx, &edx);
  const bool f16c = ecx >> 29 & 1;  // not a name every compiler's __builtin_cpu_supports knows
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !f16c) return generic_level;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return avx512_level;
  return avx2_level;
#elif defined(TAPE_X86) && defined(_MSC_VER)
  int leaf1[4], leaf7[4];
  __cpuid(leaf1, 1);
  __cpuidex(leaf7, 7, 0);
  const bool saved_by_system = (leaf1[2] >> 27 & 1) && (_xgetbv(0) & 6) == 6;
  if (!saved_by_system || !(leaf7[1] >> 5 & 1) || !(leaf1[2] >> 12 & 1) || !(leaf1[2] >> 29 & 1))
    return generic_level;
  const bool wide = (_xgetbv(0) & 0xE6) == 0xE6;
  const int bits = leaf7[1];
  if (wide && (bits >> 16 & 1) && (bits >> 17 & 1) && (bits >> 30 & 1) && (bits >> 31 & 1))
    return avx512_level;
  return avx2_level;
#else
  return generic_level;
#endif
}

Kernels choose() {
  Level level = supported_level();
  if (const char* forced = std::getenv("TAPE_ISA")) {
    Level wanted = level;
    if (std::strcmp(forced, "generic") == 0) wanted = generic_level;
    if (std::strcmp(forced, "avx2") == 0) wanted = avx2_level;
    level = std::min(level, wanted);
  }
  Kernels chosen = generic::table();
#if defined(TAPE_HAVE_AVX2)
  if (level >= avx2_level) chosen = avx2::table();
#endif
#if defined(TAPE_HAVE_AVX512)
  if (level >= avx512_level) chosen = avx512::table();
#endif
  use_onednn(chosen, level == avx512_level);
  use_half_products(chosen);
  use_batched_products(chosen);
  return chosen;
}

thread_local int threads = 0;

}  // namespace

int thread_count() {
  if (threads == 0) set_threads(usable_cores());
  return threads;
}

void flush_denormals() {
#if defined(TAPE_X86)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // flush to zero, denormals are zero
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" : : "r"(control | (uint64_t{1} << 24)));
#endif
}

}  // namespace cpu

const Kernels& kernels() {
  static const Kernels chosen = cpu::choose();
  return chosen;
}

void set_threads(int threads) {
  if (threads < 1 || threads > 1024)
    fail(ErrorCode::value, "setThreads", "number of threads must be between 1 and 1024, got ", threads);
  cpu::threads = threads;
#if defined(_OPENMP)
  omp_set_num_threads(threads);
#endif
}

int get_threads() { return cpu::thread_count(); }

}  // namespace tape
