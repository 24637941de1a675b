#include "tape/optim.h"

#include "tape/autograd.h"
#include "tape/ops.h"

namespace tape {

Optimizer::Optimizer(const char* name, std::vector<Tensor> parameters)
    : name_(name), parameters_(std::move(parameters)) {
  if (parameters_.empty()) fail(ErrorCode::value, name_, "got no parameters");
  dtype_ = parameters_[0].dtype();
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& p = parameters_[i];
    if (!is_floating(p.dtype()) || p.dtype() != dtype_)
      fail(ErrorCode::dtype, name_, "parameter ", i, " is ", name_of(p.dtype()), ", expected ",
           is_floating(dtype_) ? name_of(dtype_) : "a floating dtype");
    if (!p.is_leaf())
      fail(ErrorCode::gradient, name_, "parameter ", i, " (", to_string(p.shape()),
           ") is the result of a recorded op, only leaves can be trained");
    if (!p.is_contiguous())
      fail(ErrorCode::shape, name_, "parameter ", i, " (", to_string(p.shape()),
           ") is not contiguous, use contiguous() when making it");
    for (size_t k = 0; k < i; ++k)
      if (parameters_[k].ref() == p.ref())
        fail(ErrorCode::value, name_, "parameter ", i, " is the same tensor as ", k);
    offsets_.push_back(total_);
    total_ += p.numel();
  }
}

void Optimizer::zero_grad() {
  for (const Tensor& p : parameters_) p.impl()->grad.reset();
}

Tensor Optimizer::flat_state() const { return full({total_}, 0, dtype_); }

Tensor Optimizer::state_of(const Tensor& flat, size_t index) const {
  const Tensor& p = parameters_[index];
  return alias(flat, p.shape(), contiguous_strides(p.shape()), offsets_[index]);
}

std::vector<OptimizerSegment> Optimizer::segments(const Tensor& a, const Tensor& b) const {
  std::vector<OptimizerSegment> result;
  result.reserve(parameters_.size());
  const auto at = [&](const Tensor& flat, size_t i) -> void* {
    return flat.defined()
               ? static_cast<char*>(flat.data()) + offsets_[i] * static_cast<int64_t>(size_of(dtype_))
               : nullptr;
  };
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& p = parameters_[i];
    Tensor gradient = p.grad();
    if (!gradient.defined()) continue;
    if (gradient.shape() != p.shape() || gradient.dtype() != dtype_)
      fail(ErrorCode::gradient, name_, "gradient of parameter ", i, " is ", name_of(gradient.dtype()), " ",
           to_string(gradient.shape()), ", expected ", name_of(dtype_), " ", to_string(p.shape()));
    if (!gradient.is_contiguous()) {
      p.set_grad(contiguous(gradient));
      gradient = p.grad();
    }
    p.bump_version();
    result.push_back({p.data(), gradient.data(), at(a, i), at(b, i), p.numel()});
  }
  return result;
}

namespace {

void check_common(const char* name, double lr, double weight_decay) {
  if (!(lr >= 0)) fail(ErrorCode::value, name, "lr must not be negative, got ", lr);
  if (!(weight_decay >= 0))
    fail(ErrorCode::value, name, "weightDecay must not be negative, got ", weight_decay);
}

}  // namespace

Sgd::Sgd(std::vector<Tensor> parameters, double rate, double momentum, bool nesterov, double weight_decay)
    : Optimizer("SGD", std::move(parameters)),
      momentum_(momentum),
      weight_decay_(weight_decay),
      nesterov_(nesterov) {
  check_common(name_, rate, weight_decay);
  if (!(momentum >= 0)) fail(ErrorCode::value, name_, "momentum must not be negative, got ", momentum);
  if (nesterov && momentum == 0) fail(ErrorCode::value, name_, "nesterov needs a momentum above 0");
  lr = rate;
  if (momentum > 0) velocity_ = flat_state();
}

void Sgd::step() {
  GradMode mode(false);
  ++steps;
  const auto all = segments(velocity_, {});
  kernels().optim.sgd(dtype_, all.data(), static_cast<int64_t>(all.size()),
                      {lr, momentum_, weight_decay_, nesterov_});
}

std::vector<std::pair<std::string, Tensor>> Sgd::state() const {
  std::vector<std::pair<std::string, Tensor>> result;
  for (size_t i = 0; velocity_.defined() && i < parameters_.size(); ++i)
    result.emplace_back("momentum_buffer." + std::to_string(i), state_of(velocity_, i));
  return result;
}

Adam::Adam(std::vector<Tensor> parameters, double rate, double beta1, double beta2, double eps,
           double weight_decay, bool decoupled)
    : Optimizer(decoupled ? "AdamW" : "Adam", std::move(parameters)),
      beta1_(beta1),
      beta2_(beta2),
      eps_(eps),
      weight_decay_(weight_decay),
      decoupled_(decoupled) {
  check_common(name_, rate, weight_decay);
  if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1))
    fail(ErrorCode::value, name_, "betas must be in [0, 1), got ", beta1, " and ", beta2);
  if (!(eps >= 0)) fail(ErrorCode::value, name_, "eps must not be negative, got ", eps);
  lr = rate;
  first_ = flat_state();
  second_ = flat_state();
}

void Adam::step() {
  GradMode mode(false);
  ++steps;
  const auto all = segments(first_, second_);
  kernels().optim.adam(dtype_, all.data(), static_cast<int64_t>(all.size()),
                       {lr, beta1_, beta2_, eps_, weight_decay_, decoupled_, steps});
}

std::vector<std::pair<std::string, Tensor>> Adam::state() const {
  std::vector<std::pair<std::string, Tensor>> result;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    result.emplace_back("exp_avg." + std::to_string(i), state_of(first_, i));
    result.emplace_back("exp_avg_sq." + std::to_string(i), state_of(second_, i));
  }
  return result;
}

}  // namespace tape
