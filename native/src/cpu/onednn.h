// oneDNN behind the matrix product, where it was found at build time.
#pragma once
#include <string>

#include "tape/backend.h"

namespace tape::cpu {

/// Replaces the float32 kernels that oneDNN does better.
void use_onednn(Kernels& kernels);
/// "2.6.3", or empty when built without.
std::string onednn_version();

}  // namespace tape::cpu
