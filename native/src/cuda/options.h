// What the kernels may trade, by thread: see DeviceOption.
#pragma once
#include "tape/device.h"

namespace tape::cuda {

bool option(DeviceOption option);
void set_option(DeviceOption option, bool on);

}  // namespace tape::cuda
