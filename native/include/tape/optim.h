// Optimizers: one kernel call per step over all parameters. A group's gradients and states lie in flat
// buffers, one of each for each dtype; the parameters stay where they are.
#pragma once
#include <array>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

/// "SGD" and so on, as PyTorch writes them.
const char* name_of(OptimizerKind kind);

/// What a group of parameters is updated with, named as in PyTorch. An algorithm ignores what it has not.
struct OptimizerOptions {
  double lr = 1e-3;
  double weight_decay = 0;
  double momentum = 0;             // SGD, RMSprop
  double dampening = 0;            // SGD
  double beta1 = 0.9;              // Adam, AdamW, Lion
  double beta2 = 0.999;            // Adam, AdamW, Lion
  double eps = 1e-8;               // Adam, AdamW, RMSprop, Adagrad
  double alpha = 0.99;             // RMSprop
  double lr_decay = 0;             // Adagrad
  double initial_accumulator = 0;  // Adagrad
  bool nesterov = false;           // SGD
  bool amsgrad = false;            // Adam, AdamW
  bool centered = false;           // RMSprop
  bool maximize = false;
};

/// What is done to the gradients on the way into the update; they themselves stay as they are.
struct StepOptions {
  double scale = 1;                                            // 1 / N after N backwards
  double max_norm = std::numeric_limits<double>::infinity();   // of all (scaled) gradients together
  double max_value = std::numeric_limits<double>::infinity();  // of each element
  bool norm = false;             // work out the norm although nothing is clipped by it
  bool skip_non_finite = false;  // leave everything as it is when the norm is not finite
  bool measure = false;          // fill StepReport::sums
  /// On a device: do not wait for the norm. What became of it is read later (`Optimizer::outcome`), and after
  /// an update that was skipped all are, until then.
  bool later = false;
  /// One number that has to be finite, too, such as the loss; may be undefined.
  Tensor witness{};
};

struct StepReport {
  double norm =
      std::numeric_limits<double>::quiet_NaN();  // of the scaled gradients before clipping, when asked
  bool skipped = false;
  /// For each parameter the sum of squares of its weights before the update, of its scaled gradient before
  /// clipping and of the update; zeros without a gradient.
  std::vector<double> sums;
};

/// Of the steps that did not wait, since somebody last asked.
struct LaterReport {
  double norm = std::numeric_limits<double>::quiet_NaN();  // of the last of them
  int64_t skipped = 0;  // how many of the last changed nothing; they are not counted as steps any more
};

/// SGD, Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019), RMSprop (Hinton 2012; Graves 2013 when
/// centered), Adagrad (Duchi et al. 2011) as in PyTorch 2.13, and Lion (Chen et al. 2023, algorithm 1).
class Optimizer {
 public:
  Optimizer(OptimizerKind kind, std::vector<Tensor> parameters, const OptimizerOptions& options);
  ~Optimizer();
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Error when a parameter is not a contiguous floating leaf, or is in a group already.
  void add_group(std::vector<Tensor> parameters, const OptimizerOptions& options);
  size_t groups() const { return groups_.size(); }
  const OptimizerOptions& options(size_t group) const;
  void set_options(size_t group, const OptimizerOptions& options);
  void set_lr(size_t group, double lr);

  /// Updates every parameter that has a gradient and bumps its version.
  StepReport step(const StepOptions& options = {});
  /// What became of the steps that did not wait for their norm. Waits for the device.
  LaterReport outcome();
  /// Where it lies until then, float64 [norm, skipped]; undefined for parameters of the processor.
  const Tensor& device_outcome() const { return device_outcome_; }
  /// Takes every gradient away without touching its memory: the next backward writes over it. A gradient that
  /// somebody still holds is left alone, and the next one made elsewhere.
  void zero_grad();

  OptimizerKind kind() const { return kind_; }
  size_t size() const { return parameters_.size(); }
  /// States as views shaped like their parameters, named `exp_avg.0` by the parameter's place; `master.0` is
  /// what a 16-bit parameter is the rounded value of.
  std::vector<std::pair<std::string, Tensor>> state() const;
  /// Updates each parameter has had; bias correction depends on it.
  std::vector<int64_t> steps() const;
  /// The last part of taking over a state, after what it is about: weights first, then states, then this.
  void set_steps(const std::vector<int64_t>& steps);

 private:
  /// The memory of one dtype in a group, on the device of all parameters.
  struct Flat {
    DType dtype;
    Device device;
    int64_t total = 0;  // elements, with every parameter's part rounded up to 64 bytes
    std::array<Tensor, kOptimizerStates> states;
    Tensor gradients;  // backward writes into it; none for 16-bit parameters
    Tensor masters;    // of 16-bit parameters: their float32 values, which the updates are made to
  };
  struct Group {
    OptimizerOptions options;
    size_t begin, end;  // of parameters_
    std::vector<Flat> flats;
  };
  struct Parameter {
    Tensor tensor;
    size_t flat;     // in its group
    int64_t offset;  // in elements
    int64_t steps;
    uint32_t version;  // of a 16-bit parameter when its master was last the same
  };

  void check_options(const OptimizerOptions& options) const;
  void make_states(Group& group);
  void make_rooms(Group& group, const std::vector<Parameter>& parameters);
  Tensor part_of(const Tensor& flat, const Parameter& parameter) const;
  void refresh_master(const Flat& flat, Parameter& parameter);
  void write_back();
  UpdateRule rule_of(const OptimizerOptions& options, int64_t step) const;
  void collect();
  double clip_factor(const StepOptions& options, StepReport& report);
  bool clips_on_device() const;
  UpdateRule* place_rules(const ClipRule& clip);
  void count_steps(const std::vector<size_t>& parameters, int64_t by);

  OptimizerKind kind_;
  const char* name_;
  std::vector<Group> groups_;
  std::vector<Parameter> parameters_;
  // Of the step being made; kept so that a step allocates nothing.
  std::vector<Tensor> widened_;  // gradients of 16-bit parameters
  std::vector<OptimizerSegment> segments_;
  std::vector<size_t> owners_;  // parameter of each segment
  std::vector<UpdateRule> rules_;
  std::vector<std::pair<size_t, size_t>> ruled_;  // group and first parameter of each rule
  std::vector<OptimizerSpan> spans_;
  std::vector<double> sums_;
  // Of parameters on a device: what the kernels of a step read, the clipping before the rules, and what
  // became of the steps.
  Tensor device_rules_, device_outcome_;
  std::shared_ptr<Optimizer*> alive_ = std::make_shared<Optimizer*>(this);  // graphs may outlive it
};

/// Scales the gradients of `parameters` in place so that their norm together is at most `max_norm`, and
/// returns what it was. `infinity_norm` takes the greatest magnitude instead of the L2 norm.
double clip_grad_norm(const std::vector<Tensor>& parameters, double max_norm, bool infinity_norm = false);
/// Clamps the gradients of `parameters` in place to -max_value..max_value.
void clip_grad_value(const std::vector<Tensor>& parameters, double max_value);

/// An exponential moving average of parameters: shadow += (1 - decay) * (parameter - shadow).
class Ema {
 public:
  explicit Ema(std::vector<Tensor> parameters);
  void update(double decay);
  /// Exchanges the parameters and their averages in place.
  void swap();
  /// The average of each parameter, in its shape; shares memory.
  const std::vector<Tensor>& shadows() const { return shadows_; }

 private:
  std::vector<OptimizerSpan> spans();
  std::vector<Tensor> parameters_, shadows_;
};

}  // namespace tape
