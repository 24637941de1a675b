// Optimizers: one call per step over all parameters; moments live in one flat buffer per kind.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tape/backend.h"
#include "tape/tensor.h"

namespace tape {

class Optimizer {
 public:
  /// Error when a parameter is not a contiguous floating leaf, or dtypes differ.
  Optimizer(const char* name, std::vector<Tensor> parameters);
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Updates every parameter that has a gradient and bumps its version.
  virtual void step() = 0;
  void zero_grad();
  const std::vector<Tensor>& parameters() const { return parameters_; }
  /// Moments as views shaped like their parameters, named `exp_avg.0`; the step count is not among them.
  virtual std::vector<std::pair<std::string, Tensor>> state() const = 0;
  int64_t steps = 0;
  double lr = 0;

 protected:
  Tensor flat_state() const;
  Tensor state_of(const Tensor& flat, size_t index) const;
  std::vector<OptimizerSegment> segments(const Tensor& a, const Tensor& b) const;

  const char* name_;
  std::vector<Tensor> parameters_;
  std::vector<int64_t> offsets_;
  int64_t total_ = 0;
  DType dtype_ = DType::float32;
};

/// v = momentum * v + g; p -= lr * v (or lr * (g + momentum * v) with Nesterov), as PyTorch has it.
class Sgd final : public Optimizer {
 public:
  Sgd(std::vector<Tensor> parameters, double lr, double momentum, bool nesterov, double weight_decay);
  void step() override;
  std::vector<std::pair<std::string, Tensor>> state() const override;

 private:
  double momentum_, weight_decay_;
  bool nesterov_;
  Tensor velocity_;
};

/// Adam (Kingma and Ba 2015), or AdamW (Loshchilov and Hutter 2019) when `decoupled`.
class Adam final : public Optimizer {
 public:
  Adam(std::vector<Tensor> parameters, double lr, double beta1, double beta2, double eps, double weight_decay,
       bool decoupled);
  void step() override;
  std::vector<std::pair<std::string, Tensor>> state() const override;

 private:
  double beta1_, beta2_, eps_, weight_decay_;
  bool decoupled_;
  Tensor first_, second_;
};

}  // namespace tape
