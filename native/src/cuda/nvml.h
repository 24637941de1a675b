// How busy a GPU is, from NVIDIA's management library, which comes with the driver.
#pragma once

namespace tape::cuda {

/// Percent of the driver's last sample (a sixth of a second to a second) in which the GPU at this PCI address
/// ran a kernel, whoever's; -1 where the library is missing or does not say. Asks it twice a second at most.
int busy_percent_of(const char* pci_bus_id);

}  // namespace tape::cuda
