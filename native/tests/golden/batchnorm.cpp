#include "golden/golden.h"

namespace tape::test {

using Tensors = std::vector<Tensor>;

GoldenOps batchnorm_golden() {
  const auto training = [](const Tensors& x) {
    return Tensors{batch_norm(x[0], {}, {}, x[1], x[2], {.training = true})};
  };
  const auto running = [](const Tensors& x) {
    const Tensor center = full({3}, 0.5, x[0].dtype()), variance = full({3}, 2, x[0].dtype());
    const Tensor y = batch_norm(x[0], center, variance, {}, {}, {.training = true, .momentum = 0.3});
    // As in the script: outputs that carry a history, whose gradient is zero.
    return Tensors{y, add(mul(sum(x[0]), 0), center), add(mul(sum(x[0]), 0), variance)};
  };
  const auto evaluation = [](const Tensors& x) {
    Tensor center = empty({3}, DType::float64), variance = empty({3}, DType::float64);
    for (int c = 0; c < 3; ++c) {
      center.data_as<double>()[c] = std::vector{0.1, 0.2, 0.3}[static_cast<size_t>(c)];
      variance.data_as<double>()[c] = c + 1;
    }
    return Tensors{batch_norm(x[0], to(center, x[0].dtype()), to(variance, x[0].dtype()), x[1], x[2], {})};
  };
  return {
      {"batch_norm_features", training},
      {"batch_norm_signals", training},
      {"batch_norm_images", training},
      {"batch_norm_running", running},
      {"batch_norm_evaluation", evaluation},
      {"batch_norm_eps",
       [](const Tensors& x) {
         return Tensors{batch_norm(x[0], {}, {}, {}, {}, {.training = true, .eps = 0.5})};
       }},
  };
}

}  // namespace tape::test
