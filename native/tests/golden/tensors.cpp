#include <cmath>

#include "golden/golden.h"

namespace tape::test {
namespace {

using Tensors = std::vector<Tensor>;

template <class F>
GoldenOp of1(F f) {
  return [f](const Tensors& x) { return Tensors{f(x[0])}; };
}

}  // namespace

GoldenOps tensors_golden() {
  using T = const Tensor&;
  return {
      {"var", of1([](T x) { return var(x, {1}); })},
      {"var_population", of1([](T x) {
         return var(x, {0, 2}, 0, true);
       })},
      {"std", of1([](T x) { return stddev(x); })},
      {"std_flat", of1([](T x) { return add(stddev(mul(x, 0), {1}), sum(x, {1})); })},
      {"prod_all", of1([](T x) { return prod(x); })},
      {"prod_zeros", of1([](T x) { return prod(x, {1}); })},
      {"logsumexp", of1([](T x) { return logsumexp(x, {1}); })},
      {"logsumexp_far", of1([](T x) {
         return logsumexp(x, {0, 1});
       })},
      {"norm_1", of1([](T x) { return norm(x, 1, {1}); })},
      {"norm_2", of1([](T x) { return norm(x, 2, {1}); })},
      {"norm_3", of1([](T x) { return norm(x, 3, {1}); })},
      {"norm_0.5", of1([](T x) { return norm(x, 0.5, {1}); })},
      {"norm_inf", of1([](T x) { return norm(x, INFINITY, {1}); })},
      {"norm_zero", of1([](T x) { return norm(x, 2, {1}); })},
      {"cumsum", of1([](T x) { return cumsum(x, 1); })},
      {"max_along", of1([](T x) { return max_along(x, 1).values; })},
      {"min_along", of1([](T x) { return min_along(x, 1, true).values; })},

      {"cat", [](const Tensors& x) { return Tensors{cat(x, 1)}; }},
      {"stack", [](const Tensors& x) { return Tensors{stack(x, 1)}; }},
      {"split",
       [](const Tensors& x) {
         return split(x[0], std::vector<int64_t>{1, 3, 2}, 1);
       }},
      {"chunk", [](const Tensors& x) { return chunk(x[0], 4, 1); }},
      {"unbind", [](const Tensors& x) { return unbind(x[0], 1); }},
      {"repeat", of1([](T x) {
         return repeat(x, {2, 1, 3});
       })},
      {"tile", of1([](T x) { return tile(x, {2}); })},
      {"flip", of1([](T x) {
         return flip(x, {0, 2});
       })},
      {"roll", of1([](T x) {
         return roll(x, {1, -5}, {0, 1});
       })},
      {"tril", of1([](T x) { return tril(x, 1); })},
      {"triu", of1([](T x) { return triu(x, -1); })},
      {"diagonal", of1([](T x) { return diagonal(x, 1, 2, 0); })},
      {"movedim", of1([](T x) {
         return movedim(x, {0, 2}, {2, 1});
       })},
      {"unfold", of1([](T x) { return unfold(x, 1, 3, 2); })},

      {"gather", [](const Tensors& x) { return Tensors{gather(x[0], 1, x[1])}; }},
      {"take_along_dim", [](const Tensors& x) { return Tensors{take_along_dim(x[0], x[1], 0)}; }},
      {"scatter_number", [](const Tensors& x) { return Tensors{scatter(x[0], 1, x[1], 2.5)}; }},
      {"scatter_add", [](const Tensors& x) { return Tensors{scatter_add(x[0], 1, x[1], x[2])}; }},
      {"index_add", [](const Tensors& x) { return Tensors{index_add(x[0], 1, x[1], x[2])}; }},
      {"index_select_dim", [](const Tensors& x) { return Tensors{index_select(x[0], 1, x[1])}; }},
      {"masked_select", of1([](T x) { return masked_select(x, compare(CompareOp::gt, x, 0)); })},
      {"sort", of1([](T x) { return sort(x, 0, true).values; })},
      {"topk", of1([](T x) { return topk(x, 2, 1).values; })},

      {"addmm", [](const Tensors& x) { return Tensors{addmm(x[0], x[1], x[2], 0.5, 2)}; }},
      {"baddbmm", [](const Tensors& x) { return Tensors{baddbmm(x[0], x[1], x[2])}; }},
      {"outer", [](const Tensors& x) { return Tensors{outer(x[0], x[1])}; }},
      {"mv", [](const Tensors& x) { return Tensors{matmul(x[0], x[1])}; }},
      {"linear_tanh", [](const Tensors& x) { return Tensors{linear(x[0], x[1], x[2], Activation::tanh)}; }},
      {"linear_gelu", [](const Tensors& x) { return Tensors{linear(x[0], x[1], x[2], Activation::gelu)}; }},
      {"matmul_broadcast", [](const Tensors& x) { return Tensors{matmul(x[0], x[1])}; }},
  };
}

}  // namespace tape::test
