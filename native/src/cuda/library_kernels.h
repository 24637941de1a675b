// Kernels of NVIDIA's libraries.
#pragma once
#include "tape/backend.h"

namespace tape::cuda {

LinearKernels cublaslt_table();

}  // namespace tape::cuda
