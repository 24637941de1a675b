// Finding a backend in a shared library.
#pragma once
#include <string>

#include "tape/device_backend.h"

namespace tape {

/// A backend that can be used, or why there is none.
struct FoundBackend {
  const DeviceBackend* backend = nullptr;
  std::string reason;
};

/// Loads the library at `path` and asks it for a device. `driver` is a library of the device's driver, which
/// must be there first. Libraries stay loaded: code of theirs may run until the process ends.
FoundBackend find_backend(const std::string& path, const std::string& driver);

/// Folder of the program or addon that this engine is part of, with a separator at its end.
std::string engine_folder();

}  // namespace tape
