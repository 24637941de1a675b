// What the parts that use oneDNN share.
#pragma once
#include <oneapi/dnnl/dnnl.hpp>

namespace tape::cpu {

/// Attributes of a primitive, with a relu after it when asked.
inline dnnl::primitive_attr finished_with(bool relu) {
  dnnl::primitive_attr attributes;
  if (!relu) return attributes;
  dnnl::post_ops post;
#if DNNL_VERSION_MAJOR >= 3
  post.append_eltwise(dnnl::algorithm::eltwise_relu, 0.f, 0.f);
#else
  post.append_eltwise(1.f, dnnl::algorithm::eltwise_relu, 0.f, 0.f);
#endif
  attributes.set_post_ops(post);
  return attributes;
}

}  // namespace tape::cpu
