// Attention whose operands and results are bfloat16; see tape/kernels/attention.h. Its products add in
// float32.
#pragma once
#include "tape/kernels/attention.h"

namespace tape::cpu::TAPE_ISA {

bool attention_takes_bfloat16(const AttentionShape& shape);
// Only where that is true.
void attention_bfloat16(HeadView out, float* log_sum_exp, HeadView query, HeadView key, HeadView value,
                        const AttentionShape& shape);
void attention_grad_bfloat16(HeadView grad_query, HeadView grad_key, HeadView grad_value, HeadView gradient,
                             HeadView out, const float* log_sum_exp, HeadView query, HeadView key,
                             HeadView value, const AttentionShape& shape);

}  // namespace tape::cpu::TAPE_ISA
