#include "golden/golden.h"

namespace tape::test {

using Tensors = std::vector<Tensor>;

GoldenOps norm_golden() {
  return {
      {"layer_norm", [](const Tensors& x) { return Tensors{layer_norm(x[0], {7}, x[1], x[2], 1e-5)}; }},
      {"layer_norm_plain",
       [](const Tensors& x) {
         return Tensors{layer_norm(x[0], {3, 5}, {}, {}, 1e-5)};
       }},
      {"layer_norm_weight", [](const Tensors& x) { return Tensors{layer_norm(x[0], {20}, x[1], {}, 1e-3)}; }},
      {"rms_norm", [](const Tensors& x) { return Tensors{rms_norm(x[0], {7}, x[1], -1)}; }},
      {"rms_norm_eps", [](const Tensors& x) { return Tensors{rms_norm(x[0], {4}, {}, 1e-2)}; }},
      {"group_norm", [](const Tensors& x) { return Tensors{group_norm(x[0], 2, x[1], x[2], 1e-5)}; }},
      {"group_norm_plain", [](const Tensors& x) { return Tensors{group_norm(x[0], 3, {}, {}, 1e-5)}; }},
      {"instance_norm", [](const Tensors& x) { return Tensors{group_norm(x[0], 4, x[1], x[2], 1e-4)}; }},
  };
}

}  // namespace tape::test
