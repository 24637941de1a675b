// Many small matrix products at once.
#pragma once
#include "tape/backend.h"

namespace tape::cpu {

/// Fills the table's batched product by its single one. Comes after every other change to that.
void use_batched_products(Kernels& kernels);

}  // namespace tape::cpu
