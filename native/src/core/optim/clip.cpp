// Clipping of gradients in place, for those who do not leave it to the step.
#include <algorithm>
#include <cmath>

#include "tape/autograd.h"
#include "tape/dispatch.h"
#include "tape/ops.h"
#include "tape/optim.h"

namespace tape {
namespace {

/// The gradients that are there, contiguous, as the kernels see them: 16-bit ones as float32 copies.
struct Gradients {
  Gradients(const char* where, const std::vector<Tensor>& parameters) {
    for (size_t i = 0; i < parameters.size(); ++i) {
      const Tensor& p = parameters[i];
      if (!p.defined()) fail(ErrorCode::value, where, "parameter ", i, " is missing");
      if (!p.grad().defined()) continue;
      if (!p.grad().is_contiguous()) p.set_grad(contiguous(p.grad()));
      const Tensor gradient = p.grad(), seen = to(gradient, compute_dtype(gradient.dtype()));
      spans.push_back({seen.data(), nullptr, seen.numel(), seen.dtype()});
      if (targets.size() > 0 && targets[0].device() != gradient.device())
        fail(ErrorCode::device, where, "gradient ", i, " is on ", name_of(gradient.device()), ", others on ",
             name_of(targets[0].device()));
      targets.push_back(gradient);
      copies.push_back(seen);
    }
  }
  void scale(double factor, double limit) const {
    if (targets.empty()) return;
    kernels(targets[0]).optim.scale(spans.data(), static_cast<int64_t>(spans.size()), factor, limit);
    for (size_t i = 0; i < targets.size(); ++i) {
      if (is_half(targets[i].dtype()))
        copy_(targets[i], copies[i]);
      else
        targets[i].bump_version();
    }
  }
  std::vector<OptimizerSpan> spans;
  std::vector<Tensor> targets, copies;
};

}  // namespace

double clip_grad_norm(const std::vector<Tensor>& parameters, double max_norm, bool infinity_norm) {
  if (!(max_norm > 0)) fail(ErrorCode::value, "clipGradNorm", "maxNorm must be positive, got ", max_norm);
  GradMode mode(false);
  const Gradients gradients("clipGradNorm", parameters);
  const OptimizerSpan* spans = gradients.spans.data();
  const auto count = static_cast<int64_t>(gradients.spans.size());
  std::vector<double> parts(gradients.spans.size());
  double norm = 0;
  if (count == 0) return norm;
  if (infinity_norm) {
    kernels(gradients.targets[0]).optim.greatest(spans, count, parts.data());
    for (double part : parts) norm = part > norm || std::isnan(part) ? part : norm;
  } else {
    kernels(gradients.targets[0]).optim.squares(spans, count, parts.data());
    for (double part : parts) norm += part;
    norm = std::sqrt(norm);
  }
  const double factor = max_norm / (norm + 1e-6);
  if (!(factor >= 1)) gradients.scale(factor, std::numeric_limits<double>::infinity());
  return norm;
}

void clip_grad_value(const std::vector<Tensor>& parameters, double max_value) {
  if (!(max_value > 0)) fail(ErrorCode::value, "clipGradValue", "maxValue must be positive, got ", max_value);
  GradMode mode(false);
  Gradients("clipGradValue", parameters).scale(1, max_value);
}

}  // namespace tape
