// What only few tensors and nodes carry: hooks, gradients to keep, traces.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tape/tensor.h"

namespace tape {

struct Node;
struct PackedTensor;

/// A function that sees a gradient; what it returns, when defined, takes the gradient's place.
struct Hook {
  std::function<Tensor(const Tensor&)> call;
  uint16_t output_nr = 0;
  bool removed = false;  // stays in its list until the list is walked again
};
using HookList = std::vector<std::shared_ptr<Hook>>;

struct LeafHooks {
  HookList before;  // on each gradient that arrives, before it is added
  HookList after;   // on the leaf itself, once its gradient has been added
};

struct NodeExtras {
  struct Retained {
    TensorImpl* tensor;  // takes itself off the list when it dies
    uint16_t output_nr;
  };
  HookList hooks;
  std::vector<Retained> retained;
  std::vector<PackedTensor> packed;  // see checkpoint.h
  std::string trace;                 // where it was recorded, when anomaly detection asks for that
  NodeExtras();
  ~NodeExtras();
};

/// Runs `call` on every gradient of `tensor`, in order of registration. Keep the result to remove it again
/// (`removed = true`). Error when the tensor does not require gradients.
std::shared_ptr<Hook> register_hook(const Tensor& tensor, std::function<Tensor(const Tensor&)> call);
/// Runs `call` on a leaf each time its `.grad` has been added to.
std::shared_ptr<Hook> register_post_accumulate_hook(const Tensor& leaf,
                                                    std::function<Tensor(const Tensor&)> call);
/// Keeps the gradient of a recorded result in its `.grad`, as leaves have it; nothing to do for a leaf.
void retain_grad(const Tensor& tensor);

}  // namespace tape
