#include "tape/autograd.h"
#include "tape/dispatch.h"
#include "tape/ops.h"
#include "tape/optim.h"

namespace tape {

Ema::Ema(std::vector<Tensor> parameters) : parameters_(std::move(parameters)) {
  GradMode mode(false);
  if (parameters_.empty()) fail(ErrorCode::value, "EMA", "got no parameters");
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& p = parameters_[i];
    if (!p.defined() || !is_floating(p.dtype()) || is_half(p.dtype()) || !p.is_contiguous())
      fail(ErrorCode::value, "EMA", "parameter ", i, " must be a contiguous float32 or float64 tensor");
    if (p.device() != parameters_[0].device())
      fail(ErrorCode::device, "EMA", "parameter ", i, " is on ", name_of(p.device()), ", parameter 0 on ",
           name_of(parameters_[0].device()));
    shadows_.push_back(clone(p));
  }
}

std::vector<OptimizerSpan> Ema::spans() {
  std::vector<OptimizerSpan> all;
  for (size_t i = 0; i < parameters_.size(); ++i)
    all.push_back({shadows_[i].data(), parameters_[i].data(), shadows_[i].numel(), shadows_[i].dtype()});
  return all;
}

void Ema::update(double decay) {
  if (!(decay >= 0 && decay <= 1)) fail(ErrorCode::value, "EMA", "decay must be in [0, 1], got ", decay);
  const auto all = spans();
  kernels(parameters_[0]).optim.blend(all.data(), static_cast<int64_t>(all.size()), 1 - decay);
  for (const Tensor& shadow : shadows_) shadow.bump_version();
}

void Ema::swap() {
  const auto all = spans();
  kernels(parameters_[0]).optim.swap(all.data(), static_cast<int64_t>(all.size()));
  for (const Tensor& shadow : shadows_) shadow.bump_version();
  for (const Tensor& parameter : parameters_) parameter.bump_version();
}

}  // namespace tape
