// Kernels of NVIDIA's libraries.
#pragma once
#include <string>

#include "tape/backend.h"

namespace tape::cuda {

LinearKernels cublaslt_table();
/// "cuBLASLt 13.1.2"
std::string cublaslt_version();

}  // namespace tape::cuda
