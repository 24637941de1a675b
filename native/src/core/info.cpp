#include "tape/info.h"

#include "../cpu/onednn.h"
#include "tape/backend.h"

namespace tape {

EngineInfo engine_info() {
  EngineInfo info;
  info.version = TAPE_VERSION;
  info.build = TAPE_BUILD;
  info.instruction_set = kernels().name;
  info.onednn = cpu::onednn_version();
  info.bfloat16 = cpu::has_bfloat16_products();
#if defined(_OPENMP)
  info.openmp = std::to_string(_OPENMP);
#endif
  info.threads = get_threads();
  return info;
}

}  // namespace tape
