#include "options.h"

#include <cstdlib>
#include <cstring>

namespace tape::cuda {
namespace {

bool is(const char* variable, const char* text) {
  const char* value = std::getenv(variable);
  return value && std::strcmp(value, text) == 0;
}

bool& kept(DeviceOption option) {
  thread_local bool options[] = {is("TAPE_TF32", "1"), is("TAPE_CUDA_DETERMINISTIC", "1"),
                                 !is("TAPE_CUDA_FUSED", "0")};
  return options[static_cast<int>(option)];
}

}  // namespace

bool option(DeviceOption option) { return kept(option); }
void set_option(DeviceOption option, bool on) { kept(option) = on; }

}  // namespace tape::cuda
