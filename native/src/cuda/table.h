// The families of kernels, each from a file of its own in kernels/.
#pragma once
#include "cudnn_api.h"
#include "tape/backend.h"

namespace tape::cuda {

ActivationKernels activation_table();
AttentionKernels attention_table();
BatchNormKernels batchnorm_table();
ElementwiseKernels elementwise_table();
EmbeddingKernels embedding_table();
IndexingKernels indexing_table();
LossKernels loss_table();
MathKernels math_table();
NormKernels norm_table();
OptimKernels optim_table();
PadKernels pad_table();
PoolKernels pool_table();
RandomKernels random_table();
ReduceKernels reduce_table();
SoftmaxKernels softmax_table();
StatisticsKernels statistics_table();
/// Weights that attention drops.
void attention_dropout(void* out, DType dtype, const AttentionShape& shape);

/// Time loops; the products of wide layers are a library's.
RecurrentKernels recurrent_table(const LinearKernels& linear);

/// Convolutions made of matrix products.
ConvKernels conv_table(const LinearKernels& linear);
/// cuDNN's convolutions where it has them, these others where not.
ConvKernels cudnn_conv_table(const Cudnn& library, const ConvKernels& others);
/// bias_grad[channel] = the sum of out_grad over images and places.
void sum_over_places(DType dtype, const ConvShape& shape, void* bias_grad, const void* out_grad);

/// All of the above; products come from a library, and without them there are no convolutions or recurrent
/// layers either. cuDNN
/// may be missing.
Kernels own_kernels(const LinearKernels* linear, const Cudnn* cudnn = nullptr);

}  // namespace tape::cuda
