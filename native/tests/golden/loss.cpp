#include "golden/golden.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;

Tensor row(std::initializer_list<double> values, DType dtype) {
  Tensor out = empty({static_cast<int64_t>(values.size())}, DType::float64);
  std::copy(values.begin(), values.end(), out.data_as<double>());
  return to(out, dtype);
}

/// One case for each reduction.
void put(GoldenOps& ops, const std::string& name,
         const std::function<Tensor(const Tensors&, Reduction)>& loss) {
  ops[name + "_mean"] = [loss](const Tensors& x) { return Tensors{loss(x, Reduction::mean)}; };
  ops[name + "_sum"] = [loss](const Tensors& x) { return Tensors{loss(x, Reduction::sum)}; };
  ops[name + "_none"] = [loss](const Tensors& x) { return Tensors{loss(x, Reduction::none)}; };
}

}  // namespace

GoldenOps loss_golden() {
  const auto five = [](DType dtype) { return row({0.5, 2, 1, 0.25, 1.5}, dtype); };
  const auto three = [](DType dtype) { return row({0.5, 2, 1}, dtype); };
  GoldenOps ops{
      {"cross_entropy_single",
       [](const Tensors& x) { return Tensors{cross_entropy(x[0], x[1], Reduction::mean)}; }},
      {"cross_entropy_ignored_class",
       [three](const Tensors& x) {
         return Tensors{cross_entropy(x[0], x[1], {Reduction::mean, three(x[0].dtype()), 2, 0.3})};
       }},
      {"cross_entropy_probabilities",
       [five](const Tensors& x) {
         return Tensors{cross_entropy(x[0], x[1], {Reduction::mean, five(x[0].dtype()), -100, 0.1})};
       }},
      {"bce_weighted",
       [five](const Tensors& x) {
         const DType dtype = x[0].dtype();
         return Tensors{bce_with_logits(x[0], x[1], reshape(row({0.3, 1, 2}, dtype), {3, 1}), five(dtype),
                                        Reduction::mean)};
       }},
      {"kl_div", [](const Tensors& x) { return Tensors{kl_div(x[0], x[1], Reduction::mean, false)}; }},
      {"kl_div_log", [](const Tensors& x) { return Tensors{kl_div(x[0], x[1], Reduction::sum, true)}; }},
      {"cosine", [](const Tensors& x) { return Tensors{cosine_similarity(x[0], x[1], 1, 1e-8)}; }},
      {"cosine_broadcast", [](const Tensors& x) { return Tensors{cosine_similarity(x[0], x[1], -1, 1e-8)}; }},
      {"cosine_zero", [](const Tensors& x) { return Tensors{cosine_similarity(x[0], x[1], 0, 1e-8)}; }},
      {"embedding", [](const Tensors& x) { return Tensors{embedding(x[1], x[0])}; }},
      {"embedding_padding", [](const Tensors& x) { return Tensors{embedding(x[1], x[0], 3)}; }},
      {"softmax_middle", [](const Tensors& x) { return Tensors{softmax(x[0], 1)}; }},
      {"log_softmax_first", [](const Tensors& x) { return Tensors{log_softmax(x[0], 0)}; }},
  };
  put(ops, "cross_entropy_ignore",
      [](const Tensors& x, Reduction r) { return cross_entropy(x[0], x[1], r); });
  put(ops, "cross_entropy_weight", [five](const Tensors& x, Reduction r) {
    return cross_entropy(x[0], x[1], {r, five(x[0].dtype()), -100, 0});
  });
  put(ops, "cross_entropy_smooth", [](const Tensors& x, Reduction r) {
    return cross_entropy(x[0], x[1], {r, {}, -100, 0.1});
  });
  put(ops, "cross_entropy_image", [three](const Tensors& x, Reduction r) {
    return cross_entropy(x[0], x[1], {r, three(x[0].dtype()), -100, 0.2});
  });
  put(ops, "nll", [five](const Tensors& x, Reduction r) {
    return nll_loss(x[0], x[1], {r, five(x[0].dtype()), -100, 0});
  });
  put(ops, "nll_image", [](const Tensors& x, Reduction r) { return nll_loss(x[0], x[1], {r, {}, -100, 0}); });
  put(ops, "mse_loss", [](const Tensors& x, Reduction r) { return mse_loss(x[0], x[1], r); });
  put(ops, "l1_loss", [](const Tensors& x, Reduction r) { return l1_loss(x[0], x[1], r); });
  put(ops, "huber_loss", [](const Tensors& x, Reduction r) { return huber_loss(x[0], x[1], r, 0.8); });
  put(ops, "smooth_l1_loss",
      [](const Tensors& x, Reduction r) { return smooth_l1_loss(x[0], x[1], r, 0.6); });
  put(ops, "smooth_l1_zero_loss",
      [](const Tensors& x, Reduction r) { return smooth_l1_loss(x[0], x[1], r, 0); });
  put(ops, "bce", [](const Tensors& x, Reduction r) { return bce_with_logits(x[0], x[1], {}, {}, r); });
  return ops;
}

}  // namespace tape::test
