#include "tape/ops/views.h"

#include "call.h"
#include "tape/bring.h"

namespace tape::node {
namespace {

Tensor squeeze_all(const Tensor& x) { return squeeze(x); }
Tensor squeeze_dim(const Tensor& x, int64_t dim) { return squeeze(x, dim); }

Tensor to_dtype(const Tensor& x, DType dtype) { return to(x, dtype); }
Tensor to_device(const Tensor& x, int32_t device) {
  if (device < 0 || device > 1) fail(ErrorCode::device, "to", "there is no device number ", device);
  return to(x, static_cast<Device>(device));
}
Tensor bring_to(const Tensor& x, int32_t device) {
  if (device < 0 || device > 1) fail(ErrorCode::device, "bring", "there is no device number ", device);
  return bring(x, static_cast<Device>(device));
}
int32_t device_of(const Tensor& x) { return static_cast<int32_t>(x.device()); }

}  // namespace

std::vector<Binding> views_bindings() {
  return {
      bind<reshape>("reshape"),     bind<view>("view"),           bind<transpose>("transpose"),
      bind<permute>("permute"),     bind<narrow>("narrow"),       bind<select>("select"),
      bind<expand>("expand"),       bind<squeeze_all>("squeeze"), bind<squeeze_dim>("squeezeDim", "squeeze"),
      bind<unsqueeze>("unsqueeze"), bind<flatten>("flatten"),     bind<contiguous>("contiguous"),
      bind<clone>("clone"),         bind<to_dtype>("to"),         bind<to_device>("toDevice", "to"),
      bind<bring_to>("bring"),      bind<device_of>("device"),
  };
}

}  // namespace tape::node
