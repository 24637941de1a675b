// The ops that golden cases name. A family: `FAMILY.py` writes `FAMILY.txt`, `FAMILY.cpp` says what its
// cases run here.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tape/autograd.h"
#include "tape/ops.h"

namespace tape::test {

/// From the case's inputs to its outputs, in the order of its `out` lines.
using GoldenOp = std::function<std::vector<Tensor>(const std::vector<Tensor>&)>;
using GoldenOps = std::map<std::string, GoldenOp>;

GoldenOps attention_golden();
GoldenOps autocast_golden();
GoldenOps basic_golden();
GoldenOps batchnorm_golden();
GoldenOps conv_golden();
GoldenOps elementwise_golden();
GoldenOps loss_golden();
GoldenOps norm_golden();
GoldenOps pad_golden();
GoldenOps pool_golden();
GoldenOps recurrent_golden();
GoldenOps tensors_golden();
/// Steps the optimizer of case `optim_NAME` with gradients given step by step; an empty one means none.
void run_optimizer(const std::string& name, const std::vector<Tensor>& parameters,
                   const std::vector<Tensor>& gradients);
size_t optimizer_settings();

}  // namespace tape::test
