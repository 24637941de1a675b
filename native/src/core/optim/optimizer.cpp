// Groups of parameters, their options, and the flat memory behind them.
#include <algorithm>

#include "state_names.h"
#include "tape/autograd.h"
#include "tape/ops.h"
#include "tape/optim.h"

namespace tape {

const char* name_of(OptimizerKind kind) {
  constexpr const char* names[] = {"SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Lion"};
  return names[static_cast<int>(kind)];
}

Optimizer::Optimizer(OptimizerKind kind, std::vector<Tensor> parameters, const OptimizerOptions& options)
    : kind_(kind), name_(name_of(kind)) {
  add_group(std::move(parameters), options);
  // Made here: a step that is recorded must not clear it again in every replay.
  if (const Device device = parameters_[0].tensor.device(); device != Device::cpu)
    device_outcome_ = full({2}, 0, DType::float64, device);
}

Optimizer::~Optimizer() {
  for (const Group& group : groups_)
    for (size_t i = group.begin; i < group.end; ++i) {
      const Parameter& p = parameters_[i];
      const Tensor& gradients = group.flats[p.flat].gradients;
      Ref<TensorImpl>& room = p.tensor.impl()->grad_room;
      if (room && gradients.defined() && room->storage->parent == gradients.impl()->storage) room.reset();
    }
}

void Optimizer::add_group(std::vector<Tensor> parameters, const OptimizerOptions& options) {
  check_options(options);
  if (parameters.empty()) fail(ErrorCode::value, name_, "got no parameters");
  const size_t begin = parameters_.size();
  Group group{options, begin, begin + parameters.size(), {}};
  std::vector<Parameter> fresh;
  for (size_t k = 0; k < parameters.size(); ++k) {
    const Tensor& p = parameters[k];
    const size_t i = begin + k;
    if (!p.defined() || !is_floating(p.dtype()))
      fail(ErrorCode::dtype, name_, "parameter ", i, " is ", p.defined() ? name_of(p.dtype()) : "missing",
           ", expected a floating dtype");
    const Tensor& first = begin > 0 ? parameters_[0].tensor : parameters[0];
    if (p.device() != first.device())
      fail(ErrorCode::device, name_, "parameter ", i, " is on ", name_of(p.device()), ", parameter 0 on ",
           name_of(first.device()), ", an optimizer works on one device");
    if (!p.is_leaf())
      fail(ErrorCode::gradient, name_, "parameter ", i, " (", to_string(p.shape()),
           ") is the result of a recorded op, only leaves can be trained");
    if (!p.is_contiguous())
      fail(ErrorCode::shape, name_, "parameter ", i, " (", to_string(p.shape()),
           ") is not contiguous, use contiguous() when making it");
    const auto same = [&](const Parameter& other) { return other.tensor.ref() == p.ref(); };
    auto twin = std::find_if(parameters_.begin(), parameters_.end(), same);
    size_t place = static_cast<size_t>(twin - parameters_.begin());
    if (twin == parameters_.end()) {
      twin = std::find_if(fresh.begin(), fresh.end(), same);
      place = begin + static_cast<size_t>(twin - fresh.begin());
    }
    if (place < i) fail(ErrorCode::value, name_, "parameter ", i, " is the same tensor as ", place);
    size_t flat = 0;
    while (flat < group.flats.size() && group.flats[flat].dtype != p.dtype()) ++flat;
    if (flat == group.flats.size()) group.flats.push_back({p.dtype(), p.device(), 0, {}, {}, {}});
    const int64_t line = 64 / static_cast<int64_t>(size_of(compute_dtype(p.dtype())));
    fresh.push_back({p, flat, group.flats[flat].total, 0, 0});
    group.flats[flat].total += (p.numel() + line - 1) / line * line;
  }
  make_states(group);
  for (Parameter& p : fresh)
    if (is_half(p.tensor.dtype())) refresh_master(group.flats[p.flat], p);
  make_rooms(group, fresh);
  parameters_.insert(parameters_.end(), fresh.begin(), fresh.end());
  groups_.push_back(std::move(group));
}

void Optimizer::check_options(const OptimizerOptions& o) const {
  const auto not_negative = [&](const char* option, double value) {
    if (!(value >= 0)) fail(ErrorCode::value, name_, option, " must not be negative, got ", value);
  };
  not_negative("lr", o.lr);
  not_negative("weightDecay", o.weight_decay);
  not_negative("momentum", o.momentum);
  not_negative("eps", o.eps);
  not_negative("alpha", o.alpha);
  not_negative("lrDecay", o.lr_decay);
  not_negative("initialAccumulator", o.initial_accumulator);
  if (!(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1))
    fail(ErrorCode::value, name_, "betas must be in [0, 1), got ", o.beta1, " and ", o.beta2);
  if (o.nesterov && !(o.momentum > 0 && o.dampening == 0))
    fail(ErrorCode::value, name_, "nesterov needs a momentum above 0 and a dampening of 0, got ", o.momentum,
         " and ", o.dampening);
}

const OptimizerOptions& Optimizer::options(size_t group) const {
  if (group >= groups_.size())
    fail(ErrorCode::value, name_, "there is no group ", group, ", it has ", groups_.size());
  return groups_[group].options;
}

void Optimizer::set_options(size_t group, const OptimizerOptions& options) {
  this->options(group);
  check_options(options);
  groups_[group].options = options;
  make_states(groups_[group]);
}

void Optimizer::set_lr(size_t group, double lr) {
  OptimizerOptions changed = options(group);
  changed.lr = lr;
  check_options(changed);
  groups_[group].options = changed;
}

/// Makes the states that the options ask for and that are not there yet; others stay, as in PyTorch.
void Optimizer::make_states(Group& group) {
  const StateNames names = state_names(kind_, group.options);
  for (Flat& flat : group.flats) {
    const DType dtype = compute_dtype(flat.dtype);
    if (dtype != flat.dtype && !flat.masters.defined())
      flat.masters = full({flat.total}, 0, dtype, flat.device);
    for (size_t k = 0; k < names.size(); ++k) {
      if (!names[k] || flat.states[k].defined()) continue;
      const bool accumulator = kind_ == OptimizerKind::adagrad;
      flat.states[k] =
          full({flat.total}, accumulator ? group.options.initial_accumulator : 0, dtype, flat.device);
      // SGD's count says whether the velocity holds a gradient yet.
      if (kind_ == OptimizerKind::sgd)
        for (size_t i = group.begin; i < group.end && i < parameters_.size(); ++i) parameters_[i].steps = 0;
    }
  }
}

/// Gives each parameter its part of the flat gradients, with a version counter of its own.
void Optimizer::make_rooms(Group& group, const std::vector<Parameter>& parameters) {
  for (Flat& flat : group.flats)
    if (!is_half(flat.dtype)) flat.gradients = empty({flat.total}, flat.dtype, flat.device);
  for (const Parameter& p : parameters) {
    const Tensor& gradients = group.flats[p.flat].gradients;
    if (!gradients.defined() || p.tensor.numel() == 0) continue;
    Tensor room = part_of(gradients, p);
    TensorImpl& impl = *room.impl();
    impl.offset = 0;
    impl.storage =
        Storage::share(gradients.impl()->storage, static_cast<size_t>(p.offset) * size_of(p.tensor.dtype()),
                       p.tensor.bytes());
    p.tensor.impl()->grad_room = room.ref();
  }
}

Tensor Optimizer::part_of(const Tensor& flat, const Parameter& parameter) const {
  const Dims& shape = parameter.tensor.shape();
  return alias(flat, shape, contiguous_strides(shape), parameter.offset);
}

void Optimizer::refresh_master(const Flat& flat, Parameter& parameter) {
  GradMode mode(false);
  copy_(part_of(flat.masters, parameter), parameter.tensor);
  parameter.version = parameter.tensor.version();
}

void Optimizer::zero_grad() {
  for (const Parameter& p : parameters_) p.tensor.impl()->grad.reset();
}

std::vector<std::pair<std::string, Tensor>> Optimizer::state() const {
  std::vector<std::pair<std::string, Tensor>> result;
  for (const Group& group : groups_) {
    const StateNames names = state_names(kind_);
    for (size_t i = group.begin; i < group.end; ++i) {
      const Parameter& p = parameters_[i];
      for (size_t k = 0; k < names.size(); ++k) {
        const Tensor& state = group.flats[p.flat].states[k];
        if (!state.defined()) continue;
        result.emplace_back(std::string(names[k]) + '.' + std::to_string(i), part_of(state, p));
      }
      const Tensor& masters = group.flats[p.flat].masters;
      if (masters.defined()) result.emplace_back("master." + std::to_string(i), part_of(masters, p));
    }
  }
  return result;
}

std::vector<int64_t> Optimizer::steps() const {
  std::vector<int64_t> all;
  for (const Parameter& p : parameters_) all.push_back(p.steps);
  return all;
}

void Optimizer::set_steps(const std::vector<int64_t>& steps) {
  if (steps.size() != parameters_.size())
    fail(ErrorCode::value, name_, "got ", steps.size(), " step counts for ", parameters_.size(),
         " parameters, the state belongs to another optimizer");
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i] < 0) fail(ErrorCode::value, name_, "step count ", i, " is negative, got ", steps[i]);
    parameters_[i].steps = steps[i];
    parameters_[i].version = parameters_[i].tensor.version();
  }
}

}  // namespace tape
