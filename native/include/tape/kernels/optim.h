// Optimizer updates over lists of parameters: each element is read and written once.
#pragma once
#include "tape/view.h"

namespace tape {

enum class OptimizerKind : uint8_t { sgd, adam, adamw, rmsprop, adagrad, lion };

/// What an update does to an element, with everything that depends on the step worked out. The gradient
/// it sees is clamp(factor * g, -limit, limit) + decay * p; the weight ends as keep * p - rate * (...).
struct UpdateRule {
  OptimizerKind kind;
  bool nesterov;      // SGD
  double factor;      // accumulation's scale, clipping by norm, the sign of maximize
  double limit;       // infinity: no clipping by value
  double decay;       // weight decay added to the gradient
  double keep;        // decoupled weight decay: 1 - lr * weight decay
  double rate;        // lr after bias correction
  double momentum;    // SGD, RMSprop
  double blend;       // SGD: weight of the gradient in the velocity, 1 - dampening
  double beta1;       // first moment, or RMSprop's mean gradient
  double beta2;       // second moment
  double eps;         // added to the root of the second moment
  double root_scale;  // 1 / sqrt(bias correction of the second moment)
  bool idle;          // everything stays as it is
};

/// What a step makes of all gradients together.
struct ClipRule {
  double scale;          // accumulation's
  double max_norm;       // infinity: nothing is clipped
  bool skip_non_finite;  // a norm that is not finite makes this update, and those after it, idle
};

/// What became of the steps since somebody last read it.
struct ClipOutcome {
  double norm;     // of the scaled gradients before clipping, of the last step
  double skipped;  // how many updates were idle
};

constexpr int kOptimizerStates = 3;

/// One parameter of an optimizer: all contiguous, the same floating dtype, `count` elements.
struct OptimizerSegment {
  void* parameter;
  const void* gradient;
  /// In the order of `state_names` in optim.cpp; a null one is a term that the rule leaves out.
  void* state[kOptimizerStates];
  int64_t count;
  DType dtype;
  uint32_t rule;  // place in the list of rules
};

/// Memory that is changed as a whole: `b` may be null.
struct OptimizerSpan {
  void* a;
  void* b;
  int64_t count;
  DType dtype;
};

struct OptimKernels {
  /// `rules` lie where the parameters do. `sums`, unless null, gets three numbers for each segment: sums of
  /// squares of the weights before the update, of the gradients as they arrived, and of the updates.
  void (*update)(const OptimizerSegment* segments, int64_t count, const UpdateRule* rules, double* sums);
  /// Sum of squares of each span's `a`, the same for any number of threads.
  void (*squares)(const OptimizerSpan* spans, int64_t count, double* sums);
  /// Greatest magnitude in each span's `a`; NaN when there is one.
  void (*greatest)(const OptimizerSpan* spans, int64_t count, double* magnitudes);
  /// a = clamp(factor * a, -limit, limit)
  void (*scale)(const OptimizerSpan* spans, int64_t count, double factor, double limit);
  /// a += weight * (b - a)
  void (*blend)(const OptimizerSpan* spans, int64_t count, double weight);
  /// Exchanges a and b.
  void (*swap)(const OptimizerSpan* spans, int64_t count);
  /// Works the clipping of these gradients into the rules' factors without the host's help; all but the list
  /// of spans lie where the gradients do. A norm counts as not finite also where `witness`, one number unless
  /// its `a` is null, is not. The processor has none: its host knows the norm at once.
  void (*clip)(const OptimizerSpan* spans, int64_t count, OptimizerSpan witness, const ClipRule* clip,
               UpdateRule* rules, int64_t rule_count, ClipOutcome* outcome);
};

}  // namespace tape
