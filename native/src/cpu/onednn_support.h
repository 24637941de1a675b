// What the parts that use oneDNN share.
#pragma once
#include <oneapi/dnnl/dnnl.hpp>

#include "tape/dtype.h"

namespace tape::cpu {

/// Whether oneDNN multiplies bfloat16 on this processor by its own instructions, adding in float32.
inline bool multiplies_bfloat16() {
  const int needed = static_cast<int>(dnnl::cpu_isa::avx512_core_bf16);
  static const bool yes = (static_cast<int>(dnnl::get_effective_cpu_isa()) & needed) == needed;
  return yes;
}

inline dnnl::memory::data_type data_type_of(DType dtype) {
  return dtype == DType::bfloat16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
}

/// Attributes of a primitive: its result added to what is there, and a relu after it, when asked.
inline dnnl::primitive_attr finished_with(bool relu, bool adds = false) {
  dnnl::primitive_attr attributes;
  if (!relu && !adds) return attributes;
  dnnl::post_ops post;
  if (adds) post.append_sum(1.f);
#if DNNL_VERSION_MAJOR >= 3
  if (relu) post.append_eltwise(dnnl::algorithm::eltwise_relu, 0.f, 0.f);
#else
  if (relu) post.append_eltwise(1.f, dnnl::algorithm::eltwise_relu, 0.f, 0.f);
#endif
  attributes.set_post_ops(post);
  return attributes;
}

}  // namespace tape::cpu
