#include "table.h"

namespace tape::cuda {

Kernels own_kernels(const LinearKernels* linear, const Cudnn* cudnn) {
  Kernels all{};
  all.version = kBackendVersion;
  all.name = "CUDA";
  all.activation = activation_table();
  all.batchnorm = batchnorm_table();
  all.pad = pad_table();
  all.pool = pool_table();
  all.elementwise = elementwise_table();
  all.math = math_table();
  all.reduce = reduce_table();
  all.softmax = softmax_table();
  all.loss = loss_table();
  all.statistics = statistics_table();
  all.indexing = indexing_table();
  all.embedding = embedding_table();
  all.attention = attention_table();
  all.random = random_table();
  all.norm = norm_table();
  all.optim = optim_table();
  if (linear) {
    all.linear = *linear;
    all.recurrent = recurrent_table(*linear);
    all.conv = conv_table(*linear);
    if (cudnn) all.conv = cudnn_conv_table(*cudnn, all.conv);
  }
  return all;
}

}  // namespace tape::cuda
