// Which states an algorithm keeps for each parameter, by PyTorch's names.
#pragma once
#include <array>

#include "tape/optim.h"

namespace tape {

using StateNames = std::array<const char*, kOptimizerStates>;

/// All it may keep.
inline StateNames state_names(OptimizerKind kind) {
  switch (kind) {
    case OptimizerKind::sgd:
      return {"momentum_buffer"};
    case OptimizerKind::adam:
    case OptimizerKind::adamw:
      return {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
    case OptimizerKind::rmsprop:
      return {"square_avg", "grad_avg", "momentum_buffer"};
    case OptimizerKind::adagrad:
      return {"sum"};
    case OptimizerKind::lion:
      return {"exp_avg"};
  }
  return {};
}

/// What it uses with these options; null where it does without.
inline StateNames state_names(OptimizerKind kind, const OptimizerOptions& options) {
  StateNames names = state_names(kind);
  switch (kind) {
    case OptimizerKind::sgd:
      if (options.momentum == 0) names[0] = nullptr;
      break;
    case OptimizerKind::adam:
    case OptimizerKind::adamw:
      if (!options.amsgrad) names[2] = nullptr;
      break;
    case OptimizerKind::rmsprop:
      if (!options.centered) names[1] = nullptr;
      if (options.momentum == 0) names[2] = nullptr;
      break;
    case OptimizerKind::adagrad:
    case OptimizerKind::lion:
      break;
  }
  return names;
}

}  // namespace tape
