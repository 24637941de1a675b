#include "options.h"

#include <cstdlib>
#include <cstring>

namespace tape::cuda {
namespace {

bool wanted(const char* variable) {
  const char* value = std::getenv(variable);
  return value && std::strcmp(value, "1") == 0;
}

bool& kept(DeviceOption option) {
  thread_local bool tf32 = wanted("TAPE_TF32"), deterministic = wanted("TAPE_CUDA_DETERMINISTIC");
  return option == DeviceOption::tf32 ? tf32 : deterministic;
}

}  // namespace

bool option(DeviceOption option) { return kept(option); }
void set_option(DeviceOption option, bool on) { kept(option) = on; }

}  // namespace tape::cuda
