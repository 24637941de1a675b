// A backend that cannot be used is a stated reason, never a crash.
#include "device/library.h"

#include <filesystem>

#include "device/devices.h"
#include "doctest/doctest.h"
#include "helpers.h"

namespace tape::test {
namespace {

std::string broken(const char* kind) {
  return std::string(TAPE_BACKENDS_FOLDER) + "/libbroken_" + kind + ".so";
}

/// The reason given for a library when the driver is there (any library will do for it).
std::string reason_for(const std::string& path) {
  const FoundBackend found = find_backend(path, broken("entry"));
  CHECK(found.backend == nullptr);
  return found.reason;
}

}  // namespace

TEST_CASE("backend: a library that is not there") {
  CHECK(reason_for("/nowhere/libtape_cuda.so") ==
        "this build of the engine has no CUDA part (libtape_cuda.so is not beside it)");
}

TEST_CASE("backend: no driver") {
  const FoundBackend found = find_backend(broken("init"), "libno_such_driver.so.1");
  CHECK(found.backend == nullptr);
  CHECK(found.reason == "no NVIDIA driver is installed (libno_such_driver.so.1 was not found)");
}

TEST_CASE("backend: a file that is no library") {
  const std::string reason = reason_for(TAPE_BACKENDS_FOLDER "/build.txt");
  CHECK(reason.rfind("build.txt could not be loaded: ", 0) == 0);
}

TEST_CASE("backend: a library of something else, of another version, with other kernels, with nothing") {
  CHECK(reason_for(broken("entry")) ==
        "libbroken_entry.so is no backend of this engine (it has no tape_device_backend)");
  CHECK(reason_for(broken("nothing")) == "libbroken_nothing.so gave no backend");
  CHECK(reason_for(broken("version")) == "libbroken_version.so has backend version 99, this engine needs " +
                                             std::to_string(kDeviceBackendVersion) +
                                             ": build both from the same source");
  CHECK(reason_for(broken("kernels"))
            .find("has kernels of version " + std::to_string(kBackendVersion) +
                  " (8 bytes), this engine needs") != std::string::npos);
}

TEST_CASE("backend: no device") {
  CHECK(reason_for(broken("device")) == "no CUDA-capable device is detected");
}

TEST_CASE("backend: a device that does not start is known, and refused with the reason when it is used") {
  const FoundBackend found = find_backend(broken("init"), broken("entry"));
  REQUIRE(found.backend);
  use_backend(found.backend);
  CHECK(cuda_info().available);
  CHECK(cuda_info().name == "Made of paper");
  CHECK(cuda_info().driver == "13.1");
  CHECK(cuda_info().compute_capability == "9.0");
  CHECK(cuda_info().memory_bytes == 1024);
  CHECK(cuda_info().libraries == "scissors");
  for (int i = 0; i < 2; ++i)
    CHECK(
        message_of([] { backend_of("to", Device::cuda); }) ==
        "[to] device cuda (Made of paper) could not be started: no CUDA-capable device is detected, stay on "
        "'cpu'");
  use_backend(nullptr);
}

TEST_CASE("backend: without one, asking for the device says why") {
  if (cuda_info().available) return;
  CHECK(message_of([] { backend_of("to", Device::cuda); }) ==
        "[to] device cuda: " + cuda_info().reason + ", stay on 'cpu'");
}

TEST_CASE("backend: the library built beside the engine fits it") {
  const std::string path = engine_folder() + "libtape_cuda.so";
  if (!std::filesystem::exists(path)) return;
  const FoundBackend found = find_backend(path, broken("entry"));
  // Without a driver it says so itself; a wrong version or a missing symbol would be said otherwise.
  if (!found.backend) CHECK(found.reason.rfind("looking for devices: ", 0) == 0);
}

TEST_CASE("backend: is looked for beside the engine") { CHECK(std::filesystem::exists(engine_folder())); }

}  // namespace tape::test
