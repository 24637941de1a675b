// The GPU's side of things where its kernels are compiled for the processor, for the tests.
#pragma once
#include <string>

#include "tape/device_backend.h"

namespace tape::cuda {

/// Steps as lists of work.
DeviceGraphs emulated_graphs();
/// Why the last recording failed.
const char* emulated_reason();
/// Kernels, products and copies that were given to the device so far, done or recorded.
int64_t emulated_launches();
/// Bytes that `scratch` may give out.
void set_emulated_scratch(size_t most);
/// What it has refused since somebody last looked, in words.
std::string take_emulated_refusal();
/// Products that a recording keeps, too.
LinearKernels recordable(const LinearKernels& products);

}  // namespace tape::cuda
