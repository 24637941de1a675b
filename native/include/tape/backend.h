// What a backend provides: a versioned table of kernels over plain views, one part for each family of
// ops. Kernels trust their input; ops check it at the front door and allocate the output. CPU kernels are
// compiled once per instruction set and the table with the highest score the machine supports is used.
#pragma once
#include <cstdint>

#include "tape/kernels/activation.h"
#include "tape/kernels/attention.h"
#include "tape/kernels/batchnorm.h"
#include "tape/kernels/conv.h"
#include "tape/kernels/elementwise.h"
#include "tape/kernels/embedding.h"
#include "tape/kernels/indexing.h"
#include "tape/kernels/linear.h"
#include "tape/kernels/loss.h"
#include "tape/kernels/math.h"
#include "tape/kernels/norm.h"
#include "tape/kernels/optim.h"
#include "tape/kernels/pad.h"
#include "tape/kernels/pool.h"
#include "tape/kernels/random.h"
#include "tape/kernels/recurrent.h"
#include "tape/kernels/reduce.h"
#include "tape/kernels/softmax.h"
#include "tape/kernels/statistics.h"
#include "tape/kernels/watch.h"

namespace tape {

enum class Reduction : uint8_t { none, mean, sum };

constexpr uint32_t kBackendVersion = 5;

struct Kernels {
  uint32_t version;
  const char* name;  // "AVX2", also reported as the instruction set

  ActivationKernels activation;
  BatchNormKernels batchnorm;
  ConvKernels conv;
  PadKernels pad;
  PoolKernels pool;
  ElementwiseKernels elementwise;
  MathKernels math;
  ReduceKernels reduce;
  SoftmaxKernels softmax;
  LossKernels loss;
  StatisticsKernels statistics;
  LinearKernels linear;
  IndexingKernels indexing;
  EmbeddingKernels embedding;
  AttentionKernels attention;
  RandomKernels random;
  NormKernels norm;
  RecurrentKernels recurrent;
  OptimKernels optim;
  WatchKernels watch;
};

/// The table in use. Chosen on first use; TAPE_ISA=generic|avx2|avx512 in the environment forces one.
const Kernels& kernels();

}  // namespace tape
