// The families of kernels, each from a file of its own in kernels/.
#pragma once
#include "tape/backend.h"

namespace tape::cuda {

ActivationKernels activation_table();
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
/// Weights that attention drops; without the fused kernels it is composed of products and softmax.
void attention_dropout(void* out, DType dtype, const AttentionShape& shape);

/// Convolutions made of matrix products.
ConvKernels conv_table(const LinearKernels& linear);

/// All of the above; products come from a library, and without them there are no convolutions either.
Kernels own_kernels(const LinearKernels* linear);

}  // namespace tape::cuda
