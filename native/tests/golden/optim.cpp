#include "tape/optim.h"

#include "golden/golden.h"

namespace tape::test {
namespace {

struct Setting {
  OptimizerKind kind;
  OptimizerOptions options;
  StepOptions step;
};

const std::map<std::string, Setting> settings = {
    {"sgd", {OptimizerKind::sgd, {.lr = 0.1}, {}}},
    {"sgd_decay", {OptimizerKind::sgd, {.lr = 0.1, .weight_decay = 0.01}, {}}},
    {"sgd_momentum", {OptimizerKind::sgd, {.lr = 0.1, .weight_decay = 0.01, .momentum = 0.9}, {}}},
    {"sgd_dampening",
     {OptimizerKind::sgd, {.lr = 0.1, .weight_decay = 0.01, .momentum = 0.9, .dampening = 0.5}, {}}},
    {"sgd_nesterov",
     {OptimizerKind::sgd, {.lr = 0.1, .weight_decay = 0.01, .momentum = 0.9, .nesterov = true}, {}}},
    {"sgd_maximize",
     {OptimizerKind::sgd, {.lr = 0.1, .weight_decay = 0.01, .momentum = 0.9, .maximize = true}, {}}},
    {"adam", {OptimizerKind::adam, {.lr = 0.01, .weight_decay = 0.1}, {}}},
    {"adam_betas", {OptimizerKind::adam, {.lr = 0.01, .beta1 = 0.8, .beta2 = 0.9, .eps = 1e-3}, {}}},
    {"adam_amsgrad", {OptimizerKind::adam, {.lr = 0.01, .weight_decay = 0.1, .amsgrad = true}, {}}},
    {"adamw", {OptimizerKind::adamw, {.lr = 0.01, .weight_decay = 0.1}, {}}},
    {"adamw_amsgrad",
     {OptimizerKind::adamw, {.lr = 0.01, .weight_decay = 0.01, .amsgrad = true, .maximize = true}, {}}},
    {"adamw_groups", {OptimizerKind::adamw, {.lr = 0.01, .weight_decay = 0.1}, {}}},
    {"adamw_missing", {OptimizerKind::adamw, {.lr = 0.01, .weight_decay = 0.1}, {}}},
    {"rmsprop", {OptimizerKind::rmsprop, {.lr = 0.01, .weight_decay = 0.1}, {}}},
    {"rmsprop_momentum", {OptimizerKind::rmsprop, {.lr = 0.02, .momentum = 0.9, .alpha = 0.9}, {}}},
    {"rmsprop_centered", {OptimizerKind::rmsprop, {.lr = 0.01, .weight_decay = 0.1, .centered = true}, {}}},
    {"rmsprop_all",
     {OptimizerKind::rmsprop,
      {.lr = 0.01, .weight_decay = 0.1, .momentum = 0.9, .alpha = 0.9, .centered = true},
      {}}},
    {"adagrad", {OptimizerKind::adagrad, {.lr = 0.01, .eps = 1e-10}, {}}},
    {"adagrad_all",
     {OptimizerKind::adagrad,
      {.lr = 0.1, .weight_decay = 0.1, .eps = 1e-4, .lr_decay = 0.1, .initial_accumulator = 0.5},
      {}}},
    {"lion", {OptimizerKind::lion, {.lr = 0.01, .weight_decay = 0.1, .beta2 = 0.99}, {}}},
    {"sgd_clip_norm",
     {OptimizerKind::sgd, {.lr = 0.1, .weight_decay = 0.01, .momentum = 0.9}, {.max_norm = 2}}},
    {"adam_clip_value", {OptimizerKind::adam, {.lr = 0.01}, {.max_value = 0.5}}},
    {"adamw_accumulate", {OptimizerKind::adamw, {.lr = 0.01, .weight_decay = 0.1}, {.scale = 0.25}}},
};

}  // namespace

size_t optimizer_settings() { return settings.size(); }

void run_optimizer(const std::string& name, const std::vector<Tensor>& parameters,
                   const std::vector<Tensor>& gradients) {
  const Setting& setting = settings.at(name);
  std::unique_ptr<Optimizer> optimizer;
  if (name == "adamw_groups") {
    optimizer = std::make_unique<Optimizer>(setting.kind, std::vector{parameters[0]}, setting.options);
    optimizer->add_group({parameters[1]}, {.lr = 0.05, .weight_decay = 0});
  } else {
    optimizer = std::make_unique<Optimizer>(setting.kind, parameters, setting.options);
  }
  for (size_t at = 0; at < gradients.size();) {
    for (const Tensor& parameter : parameters) {
      const Tensor& gradient = gradients[at++];
      parameter.set_grad(gradient.numel() == 0 ? Tensor() : gradient);
    }
    optimizer->step(setting.step);
  }
}

}  // namespace tape::test
