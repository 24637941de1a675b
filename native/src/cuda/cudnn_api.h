// The functions of cuDNN that are used, as a table that is filled when a program runs: the library is not
// linked, so that a GPU without it still has everything else, and tests put functions of their own here.
// Declared here and not taken from cudnn.h, so that this builds without it; cudnn_check.cpp holds one against
// the other where cudnn.h is.
//
// These are the descriptor functions of old (cuDNN 7 on), not the graph ones: 22 functions whose every
// argument is a number or an address, and an algorithm comes with its workspace and with whether it repeats
// its sums.
#pragma once
#include <cstddef>

namespace tape::cuda {

struct CudnnPerformance {  // of an algorithm, as the library expects it
  int algorithm, status;
  float time;
  size_t memory;
  int deterministic, math;
  int reserved[3];
};

struct Cudnn {
  using Opaque = void*;
  static constexpr int kSuccess = 0;
  static constexpr int kFloat = 0, kBFloat16 = 9;              // cudnnDataType_t
  static constexpr int kChannelsLast = 1;                      // cudnnTensorFormat_t
  static constexpr int kCorrelation = 1;                       // cudnnConvolutionMode_t
  static constexpr int kDefault = 0, kTensorOp = 1, kFma = 3;  // cudnnMathType_t
  static constexpr int kMostAlgorithms = 8;                    // that are there of each kind
  static constexpr size_t kOldestVersion = 90000;

  size_t (*cudnnGetVersion)();
  const char* (*cudnnGetErrorString)(int status);
  int (*cudnnCreate)(Opaque* handle);
  int (*cudnnDestroy)(Opaque handle);
  int (*cudnnSetStream)(Opaque handle, void* stream);
  int (*cudnnCreateTensorDescriptor)(Opaque* tensor);
  int (*cudnnDestroyTensorDescriptor)(Opaque tensor);
  int (*cudnnSetTensor4dDescriptor)(Opaque tensor, int format, int type, int n, int c, int h, int w);
  int (*cudnnCreateFilterDescriptor)(Opaque* filter);
  int (*cudnnDestroyFilterDescriptor)(Opaque filter);
  int (*cudnnSetFilter4dDescriptor)(Opaque filter, int type, int format, int k, int c, int h, int w);
  int (*cudnnCreateConvolutionDescriptor)(Opaque* convolution);
  int (*cudnnDestroyConvolutionDescriptor)(Opaque convolution);
  int (*cudnnSetConvolution2dDescriptor)(Opaque convolution, int pad_h, int pad_w, int stride_h, int stride_w,
                                         int dilation_h, int dilation_w, int mode, int compute_type);
  int (*cudnnSetConvolutionGroupCount)(Opaque convolution, int groups);
  int (*cudnnSetConvolutionMathType)(Opaque convolution, int math);
  int (*cudnnGetConvolutionForwardAlgorithm_v7)(Opaque handle, Opaque x, Opaque w, Opaque convolution,
                                                Opaque y, int wanted, int* found, CudnnPerformance* results);
  int (*cudnnGetConvolutionBackwardDataAlgorithm_v7)(Opaque handle, Opaque w, Opaque dy, Opaque convolution,
                                                     Opaque dx, int wanted, int* found,
                                                     CudnnPerformance* results);
  int (*cudnnGetConvolutionBackwardFilterAlgorithm_v7)(Opaque handle, Opaque x, Opaque dy, Opaque convolution,
                                                       Opaque dw, int wanted, int* found,
                                                       CudnnPerformance* results);
  int (*cudnnConvolutionForward)(Opaque handle, const void* alpha, Opaque x, const void* x_data, Opaque w,
                                 const void* w_data, Opaque convolution, int algorithm, void* workspace,
                                 size_t workspace_bytes, const void* beta, Opaque y, void* y_data);
  int (*cudnnConvolutionBackwardData)(Opaque handle, const void* alpha, Opaque w, const void* w_data,
                                      Opaque dy, const void* dy_data, Opaque convolution, int algorithm,
                                      void* workspace, size_t workspace_bytes, const void* beta, Opaque dx,
                                      void* dx_data);
  int (*cudnnConvolutionBackwardFilter)(Opaque handle, const void* alpha, Opaque x, const void* x_data,
                                        Opaque dy, const void* dy_data, Opaque convolution, int algorithm,
                                        void* workspace, size_t workspace_bytes, const void* beta, Opaque dw,
                                        void* dw_data);
};

/// X(function) for each of the table.
#define TAPE_CUDNN_FUNCTIONS(X)                    \
  X(cudnnGetVersion)                               \
  X(cudnnGetErrorString)                           \
  X(cudnnCreate)                                   \
  X(cudnnDestroy)                                  \
  X(cudnnSetStream)                                \
  X(cudnnCreateTensorDescriptor)                   \
  X(cudnnDestroyTensorDescriptor)                  \
  X(cudnnSetTensor4dDescriptor)                    \
  X(cudnnCreateFilterDescriptor)                   \
  X(cudnnDestroyFilterDescriptor)                  \
  X(cudnnSetFilter4dDescriptor)                    \
  X(cudnnCreateConvolutionDescriptor)              \
  X(cudnnDestroyConvolutionDescriptor)             \
  X(cudnnSetConvolution2dDescriptor)               \
  X(cudnnSetConvolutionGroupCount)                 \
  X(cudnnSetConvolutionMathType)                   \
  X(cudnnGetConvolutionForwardAlgorithm_v7)        \
  X(cudnnGetConvolutionBackwardDataAlgorithm_v7)   \
  X(cudnnGetConvolutionBackwardFilterAlgorithm_v7) \
  X(cudnnConvolutionForward)                       \
  X(cudnnConvolutionBackwardData)                  \
  X(cudnnConvolutionBackwardFilter)

}  // namespace tape::cuda
