// The device in use beside the processor, one for the whole process.
#pragma once
#include "tape/device.h"
#include "tape/device_backend.h"

namespace tape {

/// The backend of `device`, made ready for the calling thread the first time; Error(device) says why there is
/// none. `where` names who asks.
const DeviceBackend& backend_of(const char* where, Device device);

/// For tests: makes `backend` the one of Device::cuda, or takes it away with null.
void use_backend(const DeviceBackend* backend);
/// Counts how often that was done.
uint32_t backend_generation();

}  // namespace tape
