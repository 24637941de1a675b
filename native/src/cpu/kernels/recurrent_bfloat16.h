// Time loops whose products are of bfloat16 numbers and add in float32; which operands are which, see
// RecurrentForward.
#pragma once
#include "tape/kernels/recurrent.h"

namespace tape::cpu::TAPE_ISA {

bool recurrent_takes_bfloat16(const RecurrentShape& shape);
// Only where that is true.
void recurrent_forward_bfloat16(const RecurrentShape& shape, const RecurrentForward* directions);
void recurrent_backward_bfloat16(const RecurrentShape& shape, const RecurrentBackward* directions);

}  // namespace tape::cpu::TAPE_ISA
