// Matrix products of 16-bit dtypes.
#pragma once
#include "tape/backend.h"

namespace tape::cpu {

/// Teaches the products of `kernels` the 16-bit types.
void use_half_products(Kernels& kernels);

}  // namespace tape::cpu
