#include "options.h"

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace tape::cuda {
namespace {

bool wanted(const char* variable) {
  const char* value = std::getenv(variable);
  return value && std::strcmp(value, "1") == 0;
}

std::atomic<bool>& kept(DeviceOption option) {
  static std::atomic<bool> tf32 = wanted("TAPE_TF32"), deterministic = wanted("TAPE_CUDA_DETERMINISTIC");
  return option == DeviceOption::tf32 ? tf32 : deterministic;
}

}  // namespace

bool option(DeviceOption option) { return kept(option).load(std::memory_order_relaxed); }
void set_option(DeviceOption option, bool on) { kept(option) = on; }

}  // namespace tape::cuda
