// One instruction set's kernels: each family's file fills its part of the table of tape/backend.h.
#pragma once
#include "tape/backend.h"

namespace tape::cpu::TAPE_ISA {

ActivationKernels activation_table();
BatchNormKernels batchnorm_table();
ConvKernels conv_table();
PadKernels pad_table();
PoolKernels pool_table();
ElementwiseKernels elementwise_table();
MathKernels math_table();
ReduceKernels reduce_table();
SoftmaxKernels softmax_table();
StatisticsKernels statistics_table();
LinearKernels linear_table();
IndexingKernels indexing_table();
RandomKernels random_table();
LossKernels loss_table();
EmbeddingKernels embedding_table();
AttentionKernels attention_table();
NormKernels norm_table();
RecurrentKernels recurrent_table();
OptimKernels optim_table();
WatchKernels watch_table();

/// The whole table.
const Kernels& table();

}  // namespace tape::cpu::TAPE_ISA
