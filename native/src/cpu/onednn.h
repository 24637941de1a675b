// oneDNN behind the matrix product, where it was found at build time.
#pragma once
#include <string>

#include "tape/backend.h"

namespace tape::cpu {

/// Replaces the float32 kernels that oneDNN does better; `wide_vectors`: the kernels are those for 512 bits.
void use_onednn(Kernels& kernels, bool wide_vectors);
/// Whether the product made by use_onednn takes these 16-bit matrices as they are.
bool multiplies_half(DType dtype, const Matrix& c, const Matrix& a);
/// Whether products of bfloat16 run on the processor's own instructions. Known once the kernels are chosen.
bool has_bfloat16_products();
/// "2.6.3", or empty when built without.
std::string onednn_version();

}  // namespace tape::cpu
