// Every family of entry points; addon.cpp installs them all.
#pragma once
#include "call.h"

namespace tape::node {

std::vector<Binding> activation_bindings();
std::vector<Binding> arrange_bindings();
std::vector<Binding> attention_bindings();
std::vector<Binding> autograd_bindings();
std::vector<Binding> batchnorm_bindings();
std::vector<Binding> conv_bindings();
std::vector<Binding> dropout_bindings();
std::vector<Binding> elementwise_bindings();
std::vector<Binding> embedding_bindings();
std::vector<Binding> function_bindings();
std::vector<Binding> hooks_bindings();
std::vector<Binding> indexing_bindings();
std::vector<Binding> inplace_bindings();
std::vector<Binding> journal_bindings();
std::vector<Binding> later_bindings();
std::vector<Binding> linear_bindings();
std::vector<Binding> loss_bindings();
std::vector<Binding> masked_bindings();
std::vector<Binding> math_bindings();
std::vector<Binding> memory_bindings();
std::vector<Binding> norm_bindings();
std::vector<Binding> optim_bindings();
std::vector<Binding> pad_bindings();
std::vector<Binding> pool_bindings();
std::vector<Binding> precision_bindings();
std::vector<Binding> profile_bindings();
std::vector<Binding> recurrent_bindings();
std::vector<Binding> reduce_bindings();
std::vector<Binding> softmax_bindings();
std::vector<Binding> statistics_bindings();
std::vector<Binding> step_graph_bindings();
std::vector<Binding> tensor_bindings();
std::vector<Binding> views_bindings();
std::vector<Binding> watch_bindings();

inline std::vector<Binding> all_bindings() {
  std::vector<Binding> all;
  for (auto part : {
           activation_bindings, arrange_bindings,    attention_bindings,  autograd_bindings,
           batchnorm_bindings,  conv_bindings,       dropout_bindings,    elementwise_bindings,
           embedding_bindings,  function_bindings,   hooks_bindings,      indexing_bindings,
           inplace_bindings,    journal_bindings,    later_bindings,      linear_bindings,
           loss_bindings,       masked_bindings,     math_bindings,       memory_bindings,
           norm_bindings,       optim_bindings,      pad_bindings,        pool_bindings,
           precision_bindings,  profile_bindings,    recurrent_bindings,  reduce_bindings,
           softmax_bindings,    statistics_bindings, step_graph_bindings, tensor_bindings,
           views_bindings,      watch_bindings,
       }) {
    const std::vector<Binding> bindings = part();
    all.insert(all.end(), bindings.begin(), bindings.end());
  }
  return all;
}

}  // namespace tape::node
