// One update of all parameters: clipping and scaling happen inside the kernel that makes it.
#include <cmath>

#include "state_names.h"
#include "tape/autograd.h"
#include "tape/dispatch.h"
#include "tape/ops.h"
#include "tape/optim.h"

namespace tape {
namespace {

void check_step(const char* name, const StepOptions& o) {
  if (!(o.scale > 0 && std::isfinite(o.scale)))
    fail(ErrorCode::value, name, "scale must be a positive number, got ", o.scale);
  if (!(o.max_norm > 0)) fail(ErrorCode::value, name, "maxNorm must be positive, got ", o.max_norm);
  if (!(o.max_value > 0)) fail(ErrorCode::value, name, "maxValue must be positive, got ", o.max_value);
  if (std::isfinite(o.max_norm) && std::isfinite(o.max_value))
    fail(ErrorCode::value, name, "clips by maxNorm or by maxValue, not by both");
  if (o.witness.defined() && (o.witness.numel() != 1 || !is_floating(o.witness.dtype())))
    fail(ErrorCode::shape, name, "the witness must be one floating number, got ", name_of(o.witness.dtype()),
         " ", to_string(o.witness.shape()));
}

double number_of(const Tensor& x) {
  return *to(to(detach(x), DType::float64), Device::cpu).data_as<double>();
}

}  // namespace

UpdateRule Optimizer::rule_of(const OptimizerOptions& o, int64_t step) const {
  UpdateRule rule{};
  rule.kind = kind_;
  rule.nesterov = o.nesterov;
  rule.keep = 1;
  rule.rate = o.lr;
  rule.decay = o.weight_decay;
  rule.eps = o.eps;
  rule.beta1 = o.beta1;
  rule.beta2 = o.beta2;
  rule.momentum = o.momentum;
  const auto decouple = [&] {
    rule.decay = 0;
    rule.keep = 1 - o.lr * o.weight_decay;
  };
  switch (kind_) {
    case OptimizerKind::sgd:
      rule.blend = step == 1 ? 1 : 1 - o.dampening;
      break;
    case OptimizerKind::adamw:
      decouple();
      [[fallthrough]];
    case OptimizerKind::adam:
      rule.rate = o.lr / (1 - std::pow(o.beta1, static_cast<double>(step)));
      rule.root_scale = 1 / std::sqrt(1 - std::pow(o.beta2, static_cast<double>(step)));
      break;
    case OptimizerKind::rmsprop:
      rule.beta2 = o.alpha;
      break;
    case OptimizerKind::adagrad:
      rule.rate = o.lr / (1 + static_cast<double>(step - 1) * o.lr_decay);
      break;
    case OptimizerKind::lion:
      decouple();
      break;
  }
  return rule;
}

/// Fills segments_, owners_ and rules_ from the parameters that have a gradient. The rules' factors are only
/// signs yet.
void Optimizer::collect() {
  segments_.clear();
  owners_.clear();
  rules_.clear();
  ruled_.clear();
  widened_.clear();
  for (const Group& group : groups_) {
    const StateNames used = state_names(kind_, group.options);
    int64_t ruled = -1;  // step count the last rule was made for
    for (size_t i = group.begin; i < group.end; ++i) {
      Parameter& p = parameters_[i];
      Tensor gradient = p.tensor.grad();
      if (!gradient.defined()) continue;
      const DType dtype = p.tensor.dtype();
      if (gradient.shape() != p.tensor.shape() || gradient.dtype() != dtype)
        fail(ErrorCode::gradient, name_, "gradient of parameter ", i, " is ", name_of(gradient.dtype()), " ",
             to_string(gradient.shape()), ", expected ", name_of(dtype), " ", to_string(p.tensor.shape()));
      if (!gradient.is_contiguous()) {
        gradient = contiguous(gradient);
        p.tensor.set_grad(gradient);
      }
      if (p.steps + 1 != ruled) {
        ruled = p.steps + 1;
        ruled_.emplace_back(static_cast<size_t>(&group - groups_.data()), i);
        rules_.push_back(rule_of(group.options, ruled));
        rules_.back().factor = group.options.maximize ? -1 : 1;
      }
      const Flat& flat = group.flats[p.flat];
      void* values = p.tensor.data();
      if (is_half(dtype)) {
        if (p.version != p.tensor.version()) refresh_master(flat, p);
        values = part_of(flat.masters, p).data();
        gradient = widened_.emplace_back(to(gradient, compute_dtype(dtype)));
      }
      const DType computed = compute_dtype(dtype);
      OptimizerSegment segment{values,           gradient.data(), {},
                               p.tensor.numel(), computed,        static_cast<uint32_t>(rules_.size() - 1)};
      for (size_t k = 0; k < used.size(); ++k)
        if (used[k])
          segment.state[k] =
              static_cast<char*>(flat.states[k].data()) + p.offset * static_cast<int64_t>(size_of(computed));
      segments_.push_back(segment);
      owners_.push_back(i);
    }
  }
}

/// Rounds the masters of 16-bit parameters into them.
void Optimizer::write_back() {
  for (const Group& group : groups_)
    for (const size_t i : owners_) {
      if (i < group.begin || i >= group.end || !is_half(parameters_[i].tensor.dtype())) continue;
      Parameter& p = parameters_[i];
      copy_(p.tensor, part_of(group.flats[p.flat].masters, p));
      p.version = p.tensor.version();
    }
  widened_.clear();
}

/// Whether the norm is worked into the rules where the gradients lie.
bool Optimizer::clips_on_device() const {
  const Tensor& first = parameters_[0].tensor;
  return first.device() != Device::cpu &&
         has_kernel(first, [](const Kernels& all) { return all.optim.clip != nullptr; });
}

void Optimizer::count_steps(const std::vector<size_t>& parameters, int64_t by) {
  for (const size_t i : parameters) {
    Parameter& p = parameters_[i];
    p.steps += by;
    p.tensor.bump_version();
    p.version = p.tensor.version();  // of a 16-bit one: its master is changed, too
  }
}

/// The norm of the gradients, and what is to be made of it, where the host knows it at once.
double Optimizer::clip_factor(const StepOptions& options, StepReport& report) {
  sums_.resize(spans_.size());
  kernels(parameters_[0].tensor)
      .optim.squares(spans_.data(), static_cast<int64_t>(spans_.size()), sums_.data());
  double total = 0;
  for (double sum : sums_) total += sum;
  if (options.witness.defined()) total += 0 * number_of(options.witness);  // a NaN where it is not finite
  report.norm = options.scale * std::sqrt(total);
  report.skipped = options.skip_non_finite && !std::isfinite(report.norm);
  // As PyTorch's clip_grad_norm_: a norm that is NaN reaches every weight.
  const double clip = options.max_norm / (report.norm + 1e-6);
  return std::isfinite(options.max_norm) && !(clip >= 1) ? options.scale * clip : options.scale;
}

StepReport Optimizer::step(const StepOptions& options) {
  check_step(name_, options);
  GradMode mode(false);
  collect();
  const auto count = static_cast<int64_t>(segments_.size());
  const bool norm = options.norm || options.skip_non_finite || std::isfinite(options.max_norm);
  const bool clips_there = norm && count > 0 && clips_on_device();
  StepReport report;
  double factor = clips_there ? 1 : options.scale;
  spans_.clear();
  if (norm)
    for (const OptimizerSegment& s : segments_)
      spans_.push_back({const_cast<void*>(s.gradient), nullptr, s.count, s.dtype});
  if (norm && !clips_there) factor = clip_factor(options, report);
  if (options.measure) report.sums.assign(3 * parameters_.size(), 0);
  if (report.skipped) {
    widened_.clear();
    return report;
  }

  for (UpdateRule& rule : rules_) {
    rule.factor *= factor;
    rule.limit = options.max_value;
  }
  count_steps(owners_, 1);
  if (options.measure) sums_.resize(3 * segments_.size());
  const OptimKernels& kernel = kernels(parameters_[0].tensor).optim;
  UpdateRule* const rules = place_rules({options.scale, options.max_norm, options.skip_non_finite});
  const Tensor& witness = options.witness;
  if (clips_there)
    kernel.clip(
        spans_.data(), count,
        witness.defined() ? OptimizerSpan{witness.data(), nullptr, 1, witness.dtype()} : OptimizerSpan{},
        reinterpret_cast<const ClipRule*>(device_rules_.data()), rules, static_cast<int64_t>(rules_.size()),
        device_outcome_.address<ClipOutcome>());
  kernel.update(segments_.data(), count, rules, options.measure ? sums_.data() : nullptr);
  if (!widened_.empty()) write_back();
  if (clips_there && !options.later) {
    const LaterReport now = outcome();
    report.norm = now.norm;
    report.skipped = now.skipped > 0;
  }
  for (size_t s = 0; options.measure && !report.skipped && s < segments_.size(); ++s) {
    double* to = report.sums.data() + 3 * owners_[s];
    to[0] = sums_[3 * s];
    to[1] = sums_[3 * s + 1] * options.scale * options.scale;
    to[2] = sums_[3 * s + 2];
  }
  return report;
}

}  // namespace tape
