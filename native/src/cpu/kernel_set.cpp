#include "kernel_set.h"

namespace tape::cpu::TAPE_ISA {

const Kernels& table() {
  static const Kernels kernels{kBackendVersion,
                               TAPE_ISA_NAME,
                               unary,
                               binary,
                               compare,
                               grad,
                               where,
                               copy,
                               fill,
                               reduce,
                               softmax,
                               softmax_grad,
                               cross_entropy,
                               cross_entropy_grad,
                               gemm,
                               gather_rows,
                               scatter_add_rows,
                               uniform,
                               normal,
                               dropout,
                               sgd,
                               adam,
                               sum_of_squares};
  return kernels;
}

}  // namespace tape::cpu::TAPE_ISA
