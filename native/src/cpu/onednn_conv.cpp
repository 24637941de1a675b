#include "onednn_conv.h"

#if defined(TAPE_HAVE_ONEDNN)
#include <cstring>
#include <unordered_map>

#include "onednn_support.h"
#include "parallel.h"
#include "plan_cache.h"
#include "signals.h"
#include "tape/tensor.h"

namespace tape::cpu {
namespace {

using dnnl::memory;

enum Kind : int64_t { forward_kind, input_kind, weight_kind };

/// What a plan depends on; integers only, so that its bytes are the key.
struct PlanKey {
  ConvShape shape;
  int64_t kind, bias, relu, threads, dtype;
};

/// A primitive with its memories. Images lie as ours do; weights are brought into the order the primitive
/// asks for, which for small kernels is a small part of the work.
struct Plan {
  bool usable = false;  // false: oneDNN has only its reference code for this shape
  dnnl::primitive primitive;
  memory image, result, bias, weight, plain_weight;
  dnnl::reorder reorder;  // of the weights; empty when they fit as they are
  bool reorders_after = false;
  std::unordered_map<int, memory> arguments;
};

struct Library {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  PlanCache<PlanKey, Plan> plans{512};
};

Library& library() {
  thread_local Library instance;
  return instance;
}

ConvKernels plain;
ElementwiseKernels elementwise;
bool wide = false;  // the processor has 512-bit vectors
bool takes_bfloat16 = false;

/// Measured: with 256-bit vectors oneDNN's convolutions of channels-last images are faster than our own only
/// where there are few channels (2.6: 27 to 60 GFLOP/s a core against 60 to 85 elsewhere).
bool preferred(const ConvShape& shape) { return wide || shape.in_channels / shape.groups < 8; }

struct Descriptions {
  memory::desc in, out, weight, plain_weight, bias;
  memory::dims stride, dilation, pad_begin, pad_end;
};

Descriptions describe(const ConvShape& s, DType dtype) {
  const auto type = data_type_of(dtype);
  using tag = memory::format_tag;
  const auto pair = [](const int64_t(&p)[2]) { return memory::dims{p[0], p[1]}; };
  Descriptions d;
  d.in = memory::desc({s.batch, s.in_channels, s.in[0], s.in[1]}, type, tag::nhwc);
  d.out = memory::desc({s.batch, s.out_channels, s.out[0], s.out[1]}, type, tag::nhwc);
  const int64_t in = s.in_channels / s.groups, out = s.out_channels / s.groups;
  if (s.groups > 1) {
    const memory::dims sizes{s.groups, out, in, s.kernel[0], s.kernel[1]};
    d.weight = memory::desc(sizes, type, tag::any);
    d.plain_weight = memory::desc(sizes, type, tag::goihw);
  } else {
    const memory::dims sizes{out, in, s.kernel[0], s.kernel[1]};
    d.weight = memory::desc(sizes, type, tag::any);
    d.plain_weight = memory::desc(sizes, type, tag::oihw);
  }
  d.bias = memory::desc({s.out_channels}, type, tag::a);
  d.stride = pair(s.stride);
  d.dilation = {s.dilation[0] - 1, s.dilation[1] - 1};
  d.pad_begin = pair(s.pad_begin);
  d.pad_end = pair(s.pad_end);
  return d;
}

dnnl::convolution_forward::primitive_desc forward_description(const PlanKey& key, const Descriptions& d) {
  const auto& engine = library().engine;
  const auto kind = dnnl::prop_kind::forward_training;
  const auto algorithm = dnnl::algorithm::convolution_direct;
  const dnnl::primitive_attr attributes = finished_with(key.relu);
  const memory::desc bias = key.bias && key.kind == forward_kind ? d.bias : memory::desc();
#if DNNL_VERSION_MAJOR >= 3
  return {engine, kind,     algorithm,  d.in,        d.weight,  bias,
          d.out,  d.stride, d.dilation, d.pad_begin, d.pad_end, attributes};
#else
  const dnnl::convolution_forward::desc operation(kind, algorithm, d.in, d.weight, bias, d.out, d.stride,
                                                  d.dilation, d.pad_begin, d.pad_end);
  return {operation, attributes, engine};
#endif
}

/// Keeps `description`'s primitive in the plan unless it is reference code.
template <class Primitive, class Description>
memory::desc adopt(Plan& plan, const Description& description, const memory::desc& weight) {
  if (std::strstr(description.impl_info_str(), "ref")) return weight;
  plan.primitive = Primitive(description);
  plan.usable = true;
  return weight;
}

Plan make_plan(const PlanKey& key) {
  Library& self = library();
  const Descriptions d = describe(key.shape, static_cast<DType>(key.dtype));
  const auto& engine = self.engine;
  const auto algorithm = dnnl::algorithm::convolution_direct;
  Plan plan;
  const auto forward = forward_description(key, d);
  memory::desc weight;
  if (key.kind == forward_kind) {
    weight = adopt<dnnl::convolution_forward>(plan, forward, forward.weights_desc());
  } else if (key.kind == input_kind) {
    using Backward = dnnl::convolution_backward_data;
#if DNNL_VERSION_MAJOR >= 3
    const Backward::primitive_desc description(engine, algorithm, d.in, d.weight, d.out, d.stride, d.dilation,
                                               d.pad_begin, d.pad_end, forward);
#else
    const Backward::primitive_desc description(
        {algorithm, d.in, d.weight, d.out, d.stride, d.dilation, d.pad_begin, d.pad_end}, engine, forward);
#endif
    weight = adopt<Backward>(plan, description, description.weights_desc());
  } else {
    using Backward = dnnl::convolution_backward_weights;
    const memory::desc bias = key.bias ? d.bias : memory::desc();
#if DNNL_VERSION_MAJOR >= 3
    const Backward::primitive_desc description(engine, algorithm, d.in, d.weight, bias, d.out, d.stride,
                                               d.dilation, d.pad_begin, d.pad_end, forward);
#else
    const Backward::primitive_desc description(
        {algorithm, d.in, d.weight, bias, d.out, d.stride, d.dilation, d.pad_begin, d.pad_end}, engine,
        forward);
#endif
    weight = adopt<Backward>(plan, description, description.diff_weights_desc());
  }
  if (!plan.usable) return plan;

  const bool from_input = key.kind != input_kind;
  plan.image = memory(from_input ? d.in : d.out, engine, DNNL_MEMORY_NONE);
  plan.result = memory(key.kind == input_kind ? d.in : d.out, engine, DNNL_MEMORY_NONE);
  plan.plain_weight = memory(d.plain_weight, engine, DNNL_MEMORY_NONE);
  plan.reorders_after = key.kind == weight_kind;
  const bool fits = weight == d.plain_weight;
  plan.weight = fits ? plan.plain_weight : memory(weight, engine);
  if (!fits)
    plan.reorder = plan.reorders_after ? dnnl::reorder(plan.weight, plan.plain_weight)
                                       : dnnl::reorder(plan.plain_weight, plan.weight);
  switch (key.kind) {
    case forward_kind:
      plan.arguments = {
          {DNNL_ARG_SRC, plan.image}, {DNNL_ARG_WEIGHTS, plan.weight}, {DNNL_ARG_DST, plan.result}};
      break;
    case input_kind:
      plan.arguments = {
          {DNNL_ARG_DIFF_DST, plan.image}, {DNNL_ARG_WEIGHTS, plan.weight}, {DNNL_ARG_DIFF_SRC, plan.result}};
      break;
    default:
      plan.arguments = {
          {DNNL_ARG_SRC, plan.image}, {DNNL_ARG_DIFF_WEIGHTS, plan.weight}, {DNNL_ARG_DIFF_DST, plan.result}};
  }
  if (key.bias) {
    plan.bias = memory(d.bias, engine, DNNL_MEMORY_NONE);
    plan.arguments[key.kind == weight_kind ? DNNL_ARG_DIFF_BIAS : DNNL_ARG_BIAS] = plan.bias;
  }
  return plan;
}

/// The plan for this work, or null when our own kernels are to do it.
Plan* find_plan(DType dtype, const ConvShape& shape, Kind kind, bool bias, bool relu) {
  if (dtype == DType::float64 || !preferred(shape)) return nullptr;
  const int64_t places = shape.batch * shape.out[0] * shape.out[1];
  if (places == 0 || shape.in_channels == 0 || shape.out_channels == 0) return nullptr;
  Library& self = library();
  const PlanKey key{shape, kind, bias ? 1 : 0, relu ? 1 : 0, thread_count(), static_cast<int64_t>(dtype)};
  Plan& plan = self.plans.find(key, [](const PlanKey& key) {
    try {
      return make_plan(key);
    } catch (const dnnl::error&) {
      return Plan();  // a shape oneDNN refuses
    }
  });
  return plan.usable ? &plan : nullptr;
}

void run(Plan& plan, const void* image, const void* result, const void* weight, const void* bias) {
  Library& self = library();
  plan.image.set_data_handle(const_cast<void*>(image));
  plan.result.set_data_handle(const_cast<void*>(result));
  plan.plain_weight.set_data_handle(const_cast<void*>(weight));
  if (bias) plan.bias.set_data_handle(const_cast<void*>(bias));
  const bool reorders = static_cast<bool>(plan.reorder), after = plan.reorders_after;
  SignalGuard guard;
  if (reorders && !after) plan.reorder.execute(self.stream, plan.plain_weight, plan.weight);
  plan.primitive.execute(self.stream, plan.arguments);
  if (reorders && after) plan.reorder.execute(self.stream, plan.weight, plan.plain_weight);
}

bool takes(DType dtype) { return !is_half(dtype) || (takes_bfloat16 && dtype == DType::bfloat16); }

/// `count` bfloat16 numbers in float32, for the shapes that oneDNN does not take.
Tensor widened(const void* from, int64_t count) {
  const int64_t one[] = {1};
  Tensor wide = empty({count}, DType::float32);
  elementwise.copy({wide.data(), DType::float32, 1, &count, one},
                   {const_cast<void*>(from), DType::bfloat16, 1, &count, one});
  return wide;
}
void round_to(void* to, const Tensor& wide) {
  const int64_t one[] = {1}, count = wide.numel();
  elementwise.copy({to, DType::bfloat16, 1, &count, one}, {wide.data(), DType::float32, 1, &count, one});
}

int64_t in_size(const ConvShape& s) { return s.batch * s.in[0] * s.in[1] * s.in_channels; }
int64_t out_size(const ConvShape& s) { return s.batch * s.out[0] * s.out[1] * s.out_channels; }
int64_t weight_size(const ConvShape& s) {
  return s.out_channels * (s.in_channels / s.groups) * s.kernel[0] * s.kernel[1];
}

void forward(DType dtype, const ConvShape& shape, void* out, const void* in, const void* weight,
             const void* bias, bool relu) {
  if (Plan* plan = find_plan(dtype, shape, forward_kind, bias, relu))
    return run(*plan, in, out, weight, bias);
  if (!is_half(dtype)) return plain.forward(dtype, shape, out, in, weight, bias, relu);
  const Tensor x = widened(in, in_size(shape)), w = widened(weight, weight_size(shape));
  const Tensor b = bias ? widened(bias, shape.out_channels) : Tensor();
  const Tensor y = empty({out_size(shape)}, DType::float32);
  forward(DType::float32, shape, y.data(), x.data(), w.data(), bias ? b.data() : nullptr, relu);
  round_to(out, y);
}

void input_gradient(DType dtype, const ConvShape& shape, void* in_grad, const void* out_grad,
                    const void* weight) {
  if (Plan* plan = find_plan(dtype, shape, input_kind, false, false))
    return run(*plan, out_grad, in_grad, weight, nullptr);
  if (!is_half(dtype)) return plain.input_gradient(dtype, shape, in_grad, out_grad, weight);
  const Tensor g = widened(out_grad, out_size(shape)), w = widened(weight, weight_size(shape));
  const Tensor x = empty({in_size(shape)}, DType::float32);
  input_gradient(DType::float32, shape, x.data(), g.data(), w.data());
  round_to(in_grad, x);
}

void weight_gradient(DType dtype, const ConvShape& shape, void* weight_grad, void* bias_grad, const void* in,
                     const void* out_grad) {
  if (Plan* plan = find_plan(dtype, shape, weight_kind, bias_grad, false))
    return run(*plan, in, out_grad, weight_grad, bias_grad);
  if (!is_half(dtype)) return plain.weight_gradient(dtype, shape, weight_grad, bias_grad, in, out_grad);
  const Tensor x = widened(in, in_size(shape)), g = widened(out_grad, out_size(shape));
  const Tensor w = empty({weight_size(shape)}, DType::float32);
  const Tensor b = bias_grad ? empty({shape.out_channels}, DType::float32) : Tensor();
  weight_gradient(DType::float32, shape, w.data(), bias_grad ? b.data() : nullptr, x.data(), g.data());
  round_to(weight_grad, w);
  if (bias_grad) round_to(bias_grad, b);
}

}  // namespace

void use_onednn_conv(Kernels& kernels, bool wide_vectors) {
  wide = wide_vectors;
  takes_bfloat16 = wide_vectors && multiplies_bfloat16();
  plain = kernels.conv;
  elementwise = kernels.elementwise;
  kernels.conv = {takes, forward, input_gradient, weight_gradient};
}

}  // namespace tape::cpu

#else

namespace tape::cpu {
void use_onednn_conv(Kernels&, bool) {}
}  // namespace tape::cpu

#endif
