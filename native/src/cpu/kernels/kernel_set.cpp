#include "kernel_set.h"

namespace tape::cpu::TAPE_ISA {

const Kernels& table() {
  static const Kernels kernels{
      .version = kBackendVersion,
      .name = TAPE_ISA_NAME,
      .activation = activation_table(),
      .batchnorm = batchnorm_table(),
      .conv = conv_table(),
      .pad = pad_table(),
      .pool = pool_table(),
      .elementwise = elementwise_table(),
      .math = math_table(),
      .reduce = reduce_table(),
      .softmax = softmax_table(),
      .loss = loss_table(),
      .statistics = statistics_table(),
      .linear = linear_table(),
      .indexing = indexing_table(),
      .embedding = embedding_table(),
      .attention = attention_table(),
      .random = random_table(),
      .norm = norm_table(),
      .recurrent = recurrent_table(),
      .optim = optim_table(),
      .watch = watch_table(),
  };
  return kernels;
}

}  // namespace tape::cpu::TAPE_ISA
