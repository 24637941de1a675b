// The GPU's own kernels, compiled for the processor, with the processor's matrix products in a library's
// place.
#pragma once
#include "cuda/emulated.h"
#include "cuda/table.h"
#include "tape/backend.h"

namespace tape::test {

inline Kernels gpu_kernels(const cuda::Cudnn* cudnn = nullptr) {
  static const LinearKernels products = cuda::recordable(kernels().linear);
  return cuda::own_kernels(&products, cudnn);
}

}  // namespace tape::test
