#include "tape/ops/loss.h"

#include "call.h"

namespace tape::node {
namespace {

Tensor cross_entropy_op(const Tensor& logits, const Tensor& target, Reduction reduction,
                        const MaybeTensor& weight, int64_t ignore_index, double label_smoothing) {
  return cross_entropy(logits, target,
                       ClassLossOptions{reduction, weight.tensor, ignore_index, label_smoothing});
}

Tensor nll_op(const Tensor& log_probabilities, const Tensor& target, Reduction reduction,
              const MaybeTensor& weight, int64_t ignore_index) {
  return nll_loss(log_probabilities, target, ClassLossOptions{reduction, weight.tensor, ignore_index, 0});
}

Tensor bce_op(const Tensor& logits, const Tensor& target, const MaybeTensor& weight,
              const MaybeTensor& pos_weight, Reduction reduction) {
  return bce_with_logits(logits, target, weight.tensor, pos_weight.tensor, reduction);
}

}  // namespace

std::vector<Binding> loss_bindings() {
  return {
      bind<cross_entropy_op>("crossEntropy"),
      bind<nll_op>("nllLoss"),
      bind<mse_loss>("mseLoss"),
      bind<l1_loss>("l1Loss"),
      bind<huber_loss>("huberLoss"),
      bind<smooth_l1_loss>("smoothL1Loss"),
      bind<bce_op>("bceWithLogits"),
      bind<kl_div>("klDiv"),
      bind<cosine_similarity>("cosineSimilarity"),
  };
}

}  // namespace tape::node
