// cudnn_api.h against the real header: nothing here runs.
#include <cudnn.h>

#include <cstddef>
#include <type_traits>

#include "cudnn_api.h"

namespace tape::cuda {
namespace {

static_assert(Cudnn::kSuccess == CUDNN_STATUS_SUCCESS);
static_assert(Cudnn::kFloat == CUDNN_DATA_FLOAT && Cudnn::kBFloat16 == CUDNN_DATA_BFLOAT16);
static_assert(Cudnn::kChannelsLast == CUDNN_TENSOR_NHWC);
static_assert(Cudnn::kCorrelation == CUDNN_CROSS_CORRELATION);
static_assert(Cudnn::kDefault == CUDNN_DEFAULT_MATH);
static_assert(Cudnn::kTensorOp == CUDNN_TENSOR_OP_MATH && Cudnn::kFma == CUDNN_FMA_MATH);
static_assert(Cudnn::kMostAlgorithms >= CUDNN_CONVOLUTION_FWD_ALGO_COUNT &&
              Cudnn::kMostAlgorithms >= CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT &&
              Cudnn::kMostAlgorithms >= CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT);

template <class Theirs>
constexpr bool same_layout() {
  return sizeof(CudnnPerformance) == sizeof(Theirs) &&
         offsetof(CudnnPerformance, algorithm) == offsetof(Theirs, algo) &&
         offsetof(CudnnPerformance, status) == offsetof(Theirs, status) &&
         offsetof(CudnnPerformance, memory) == offsetof(Theirs, memory) &&
         offsetof(CudnnPerformance, deterministic) == offsetof(Theirs, determinism) &&
         offsetof(CudnnPerformance, math) == offsetof(Theirs, mathType);
}
static_assert(same_layout<cudnnConvolutionFwdAlgoPerf_t>() &&
              same_layout<cudnnConvolutionBwdDataAlgoPerf_t>() &&
              same_layout<cudnnConvolutionBwdFilterAlgoPerf_t>());

// An argument may differ in what an address points to, and in the name of an integer.
template <class Ours, class Theirs>
constexpr bool fits() {
  if constexpr (std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>)
    return true;
  else if constexpr (std::is_enum_v<Theirs>)
    return std::is_same_v<Ours, int> && sizeof(Theirs) == sizeof(int);
  else
    return std::is_same_v<Ours, Theirs>;
}
template <class... Ours, class... Theirs, class R, class S>
constexpr bool fits(R (*)(Ours...), S (*)(Theirs...)) {
  if constexpr (sizeof...(Ours) == sizeof...(Theirs))
    return fits<R, S>() && (fits<Ours, Theirs>() && ...);
  else
    return false;
}
#define TAPE_CHECK(function) \
  static_assert(fits(decltype(Cudnn::function){nullptr}, decltype(&::function){nullptr}), #function);
TAPE_CUDNN_FUNCTIONS(TAPE_CHECK)

}  // namespace
}  // namespace tape::cuda
