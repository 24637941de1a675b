#include "tape/bring.h"

#include "device/device_memory.h"
#include "tape/error.h"
#include "tape/ops.h"

namespace tape {

Tensor bring(const Tensor& x_in, Device device) {
  if (x_in.requires_grad())
    fail(ErrorCode::gradient, "bring", "the tensor requires a gradient, move it with to()");
  if (x_in.device() != Device::cpu || !goes_beside(device, x_in.bytes())) return to(x_in, device);
  const Tensor x = contiguous(x_in);
  const Arriving arriving(device);
  const Tensor out = empty(x.shape(), x.dtype(), device);
  bring_bytes(out.data(), device, x.data(), x.bytes());
  return out;
}

}  // namespace tape
