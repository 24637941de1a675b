// oneDNN behind the float32 and bfloat16 convolutions, where it was found at build time.
#pragma once
#include "tape/backend.h"

namespace tape::cpu {

/// Replaces the convolution kernels of `kernels`; what oneDNN does not do well still reaches those.
void use_onednn_conv(Kernels& kernels, bool wide_vectors);

}  // namespace tape::cpu
