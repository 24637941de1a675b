// Convolutions by cuDNN over channels-last images: plans kept by shape, bias and relu in one pass behind.
// What the library does not take goes to the kernels given for it.
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <utility>

#include "../../cpu/plan_cache.h"
#include "../cudnn_plan.h"
#include "../map.h"
#include "../options.h"
#include "../product_ends.h"
#include "../table.h"

namespace tape::cuda {
namespace {

constexpr size_t kMostWorkspace = size_t{512} << 20;

const Cudnn* library = nullptr;
ConvKernels others;

bool done(int status, const char* what) {
  if (status == Cudnn::kSuccess) return true;
  note_error(std::string("cuDNN, ") + what + ": " + library->cudnnGetErrorString(status));
  return false;
}

struct Plan {
  Cudnn::Opaque in = nullptr, weight = nullptr, out = nullptr, convolution = nullptr;
  int algorithm = 0;
  size_t workspace = 0;
  bool usable = false;

  Plan() = default;
  Plan(Plan&& other) noexcept { *this = std::move(other); }
  Plan& operator=(Plan&& other) noexcept {
    std::swap(in, other.in);
    std::swap(weight, other.weight);
    std::swap(out, other.out);
    std::swap(convolution, other.convolution);
    algorithm = other.algorithm;
    workspace = other.workspace;
    usable = other.usable;
    return *this;
  }
  ~Plan() {
    for (Cudnn::Opaque tensor : {in, out})
      if (tensor) library->cudnnDestroyTensorDescriptor(tensor);
    if (weight) library->cudnnDestroyFilterDescriptor(weight);
    if (convolution) library->cudnnDestroyConvolutionDescriptor(convolution);
  }
};

/// One thread's part of the library.
struct Own {
  Cudnn::Opaque handle = nullptr;
  cpu::PlanCache<ConvKey, Plan> plans{512};
  Own() { done(library->cudnnCreate(&handle), "start"); }
  ~Own() {
    if (handle) library->cudnnDestroy(handle);
  }
};
Own& own() {
  thread_local Own instance;
  return instance;
}

bool describe(Plan& plan, const ConvNumbers& n, bool exact) {
  const Cudnn& l = *library;
  return done(l.cudnnCreateTensorDescriptor(&plan.in), "images") &&
         done(l.cudnnSetTensor4dDescriptor(plan.in, Cudnn::kChannelsLast, n.type, n.images, n.in_channels,
                                           n.in[0], n.in[1]),
              "images") &&
         done(l.cudnnCreateTensorDescriptor(&plan.out), "output") &&
         done(l.cudnnSetTensor4dDescriptor(plan.out, Cudnn::kChannelsLast, n.type, n.images, n.out_channels,
                                           n.out[0], n.out[1]),
              "output") &&
         done(l.cudnnCreateFilterDescriptor(&plan.weight), "weights") &&
         done(l.cudnnSetFilter4dDescriptor(plan.weight, n.type, Cudnn::kChannelsLast, n.out_channels,
                                           n.group_channels, n.kernel[0], n.kernel[1]),
              "weights") &&
         done(l.cudnnCreateConvolutionDescriptor(&plan.convolution), "convolution") &&
         done(l.cudnnSetConvolution2dDescriptor(plan.convolution, n.pad[0], n.pad[1], n.stride[0],
                                                n.stride[1], n.dilation[0], n.dilation[1],
                                                Cudnn::kCorrelation, Cudnn::kFloat),
              "convolution") &&
         done(l.cudnnSetConvolutionGroupCount(plan.convolution, n.groups), "groups") &&
         done(l.cudnnSetConvolutionMathType(plan.convolution, exact ? Cudnn::kFma : Cudnn::kTensorOp),
              "math");
}

Plan make_plan(const ConvKey& key, Cudnn::Opaque handle) {
  const auto dtype = static_cast<DType>(key.type);
  const bool exact = dtype == DType::float32 && !key.tf32;
  Plan plan;
  const auto numbers = cudnn_form(dtype, key.shape);
  if (!numbers || !describe(plan, *numbers, exact)) return plan;
  CudnnPerformance results[Cudnn::kMostAlgorithms];
  int count = 0;
  const Cudnn& l = *library;
  const auto ask = [&](auto algorithms, Cudnn::Opaque a, Cudnn::Opaque b, Cudnn::Opaque c) {
    return algorithms(handle, a, b, plan.convolution, c, Cudnn::kMostAlgorithms, &count, results);
  };
  const int status =
      key.pass == ConvPass::forward
          ? ask(l.cudnnGetConvolutionForwardAlgorithm_v7, plan.in, plan.weight, plan.out)
      : key.pass == ConvPass::input_gradient
          ? ask(l.cudnnGetConvolutionBackwardDataAlgorithm_v7, plan.weight, plan.out, plan.in)
          : ask(l.cudnnGetConvolutionBackwardFilterAlgorithm_v7, plan.in, plan.out, plan.weight);
  if (status != Cudnn::kSuccess) return plan;  // it knows none: the others do it
  const CudnnPerformance* best = choose(results, count, kMostWorkspace, key.deterministic, exact);
  if (!best) return plan;
  if (!exact && !done(l.cudnnSetConvolutionMathType(plan.convolution, best->math), "math")) return plan;
  plan.algorithm = best->algorithm;
  plan.workspace = best->memory;
  plan.usable = true;
  return plan;
}

/// The plan of a convolution of images and weights in these places, or null when the library does not take
/// it: it reads 16 bytes at a time, and a view may begin between them.
Plan* plan_of(ConvPass pass, DType dtype, const ConvShape& shape, std::initializer_list<const void*> places) {
  for (const void* place : places)
    if (!aligned(place)) return nullptr;
  if (!cudnn_form(dtype, shape)) return nullptr;
  Own& mine = own();
  if (!mine.handle || !done(library->cudnnSetStream(mine.handle, stream()), "stream")) return nullptr;
  ConvKey key{};
  key.shape = shape;
  key.pass = pass;
  key.type = static_cast<int32_t>(dtype);
  key.tf32 = option(DeviceOption::tf32);
  key.deterministic = option(DeviceOption::deterministic);
  Plan& plan = mine.plans.find(key, [&](const ConvKey& k) { return make_plan(k, mine.handle); });
  return plan.usable ? &plan : nullptr;
}

/// Weights between [out, channels, taps], as the engine keeps them, and [out, taps, channels].
template <class T>
void turn_weights(const ConvShape& shape, T* to, const T* from, bool to_channels_last) {
  const int64_t channels = shape.in_channels / shape.groups, taps = shape.kernel[0] * shape.kernel[1];
  for_each(shape.out_channels * channels * taps, [=] TAPE_KERNEL(int64_t i) {
    const int64_t last = to_channels_last ? channels : taps, other = to_channels_last ? taps : channels;
    const int64_t out = i / (last * other), place = i / last % other;
    to[i] = from[(out * last + i % last) * other + place];
  });
}
void turn_weights(const ConvShape& shape, DType dtype, void* to, const void* from, bool to_channels_last) {
  if (size_of(dtype) == 2)
    turn_weights(shape, static_cast<uint16_t*>(to), static_cast<const uint16_t*>(from), to_channels_last);
  else
    turn_weights(shape, static_cast<uint32_t*>(to), static_cast<const uint32_t*>(from), to_channels_last);
}

/// Scratch memory of one call, and weights as the library takes them.
struct Call {
  Call(const Plan& plan, DType dtype, const ConvShape& shape)
      : room(room_of(shape, dtype, plan.workspace)),
        memory(static_cast<char*>(scratch(room.bytes))),
        workspace(memory + room.workspace) {}
  const void* turned(DType dtype, const ConvShape& shape, const void* weight) const {
    if (weights_lie_channels_last(shape)) return weight;
    turn_weights(shape, dtype, memory, weight, true);
    return memory;
  }
  ConvRoom room;
  char* memory;
  void* workspace;
};

/// Whether a convolution was done. One that the library promised and then refuses is left to the others from
/// now on; TAPE_CUDNN_STRICT=1 makes it an error, to find such promises.
bool ran(Plan& plan, int status, const char* what) {
  static const bool strict = std::getenv("TAPE_CUDNN_STRICT") != nullptr;
  plan.usable = status == Cudnn::kSuccess;
  if (!plan.usable) forget_error();
  if (strict) done(status, what);
  return plan.usable;
}

constexpr float kOne = 1, kZero = 0;

bool forward_by_library(DType dtype, const ConvShape& shape, void* out, const void* in, const void* weight) {
  Plan* const plan = plan_of(ConvPass::forward, dtype, shape, {out, in, weight});
  if (!plan) return false;
  const Call call(*plan, dtype, shape);
  if (!may_launch()) return true;
  const void* const taps = call.turned(dtype, shape, weight);
  return ran(*plan,
             library->cudnnConvolutionForward(own().handle, &kOne, plan->in, in, plan->weight, taps,
                                              plan->convolution, plan->algorithm, call.workspace,
                                              plan->workspace, &kZero, plan->out, out),
             "convolution");
}

void forward(DType dtype, const ConvShape& shape, void* out, const void* in, const void* weight,
             const void* bias, bool relu) {
  if (!forward_by_library(dtype, shape, out, in, weight))
    return others.forward(dtype, shape, out, in, weight, bias, relu);
  if (bias || relu)
    end_product(dtype,
                {out, shape.batch * shape.out[0] * shape.out[1], shape.out_channels, shape.out_channels, 1},
                bias, relu, false);
}

bool input_gradient_by_library(DType dtype, const ConvShape& shape, void* in_grad, const void* out_grad,
                               const void* weight) {
  Plan* const plan = plan_of(ConvPass::input_gradient, dtype, shape, {in_grad, out_grad, weight});
  if (!plan) return false;
  const Call call(*plan, dtype, shape);
  if (!may_launch()) return true;
  const void* const taps = call.turned(dtype, shape, weight);
  return ran(*plan,
             library->cudnnConvolutionBackwardData(
                 own().handle, &kOne, plan->weight, taps, plan->out, out_grad, plan->convolution,
                 plan->algorithm, call.workspace, plan->workspace, &kZero, plan->in, in_grad),
             "gradient of a convolution's input");
}

void input_gradient(DType dtype, const ConvShape& shape, void* in_grad, const void* out_grad,
                    const void* weight) {
  if (!input_gradient_by_library(dtype, shape, in_grad, out_grad, weight))
    others.input_gradient(dtype, shape, in_grad, out_grad, weight);
}

bool weight_gradient_by_library(DType dtype, const ConvShape& shape, void* weight_grad, const void* in,
                                const void* out_grad) {
  Plan* const plan = plan_of(ConvPass::weight_gradient, dtype, shape, {weight_grad, in, out_grad});
  if (!plan) return false;
  const Call call(*plan, dtype, shape);
  if (!may_launch()) return true;
  const bool turns = !weights_lie_channels_last(shape);
  void* const made = turns ? call.memory : weight_grad;
  const bool done = ran(*plan,
                        library->cudnnConvolutionBackwardFilter(
                            own().handle, &kOne, plan->in, in, plan->out, out_grad, plan->convolution,
                            plan->algorithm, call.workspace, plan->workspace, &kZero, plan->weight, made),
                        "gradient of a convolution's weights");
  if (done && turns) turn_weights(shape, dtype, weight_grad, made, false);
  return done;
}

void weight_gradient(DType dtype, const ConvShape& shape, void* weight_grad, void* bias_grad, const void* in,
                     const void* out_grad) {
  if (!weight_gradient_by_library(dtype, shape, weight_grad, in, out_grad))
    return others.weight_gradient(dtype, shape, weight_grad, bias_grad, in, out_grad);
  if (bias_grad) sum_over_places(dtype, shape, bias_grad, out_grad);
}

}  // namespace

ConvKernels cudnn_conv_table(const Cudnn& given, const ConvKernels& without) {
  library = &given;
  others = without;
  return {without.takes, forward, input_gradient, weight_gradient};
}

}  // namespace tape::cuda
