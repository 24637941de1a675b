// Devices: where a tensor's memory lies, and whose kernels work on it.
#pragma once
#include <cstdint>
#include <string>

namespace tape {

enum class Device : uint8_t { cpu = 0, cuda = 1 };

constexpr const char* name_of(Device device) { return device == Device::cpu ? "cpu" : "cuda"; }

/// What a device may trade.
enum class DeviceOption : int32_t {
  tf32,           // float32 products and convolutions round their factors to 10 bits; TAPE_TF32=1 turns it on
  deterministic,  // nothing whose sums may come out in another order; TAPE_CUDA_DETERMINISTIC=1 turns it on
  fused,          // elementwise ops on as many elements are launched together; on unless TAPE_CUDA_FUSED=0
};

/// What was found on this machine. Everything but `reason` is empty where it is not available.
struct DeviceInfo {
  bool available = false;
  std::string reason;              // why not
  std::string name;                // "NVIDIA H200"
  std::string driver;              // newest CUDA version the driver knows, "13.0"
  std::string compute_capability;  // "9.0"
  int64_t memory_bytes = 0;
  std::string libraries;  // "cuBLASLt 13.1, cuDNN 9.24", or what is missing and what is done instead
};

/// Looks for the backend's library and a device, the first time it is asked; starts nothing on the device.
const DeviceInfo& cuda_info();

/// For the calling thread, from the next op on. Error(device) when there is no such device.
void set_device_option(Device device, DeviceOption option, bool on);

}  // namespace tape
