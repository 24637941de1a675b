#include "golden/golden.h"

namespace tape::test {

using Tensors = std::vector<Tensor>;

GoldenOps attention_golden() {
  const auto attend = [](const Tensors& x, const AttentionOptions& options) {
    return Tensors{scaled_dot_product_attention(x[0], x[1], x[2], options)};
  };
  return {
      {"attention", [=](const Tensors& x) { return attend(x, {}); }},
      {"attention_scale",
       [=](const Tensors& x) {
         return attend(x, {false, {}, {}, 0, 0.7});
       }},
      {"attention_causal",
       [=](const Tensors& x) {
         return attend(x, {true, {}, {}, 0, {}});
       }},
      {"attention_mask",
       [=](const Tensors& x) {
         Tensor mask = empty({5, 6}, DType::boolean);
         for (int64_t i = 0; i < 30; ++i) mask.data_as<bool>()[i] = i % 4 != 1;
         return attend(x, {false, mask, {}, 0, {}});
       }},
      {"attention_bias",
       [=](const Tensors& x) {
         return attend(x, {false, x[3], {}, 0, {}});
       }},
      {"attention_lengths",
       [=](const Tensors& x) {
         return attend(x, {false, {}, x[3], 0, {}});
       }},
      {"self_attention",
       [](const Tensors& x) {
         return Tensors{self_attention(x[0], 2, {true, {}, {}, 0, {}})};
       }},
  };
}

}  // namespace tape::test
