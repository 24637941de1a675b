#include "library.h"

#include <filesystem>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace tape {
namespace {

#if defined(_WIN32)
void* open_library(const std::string& path) { return reinterpret_cast<void*>(LoadLibraryA(path.c_str())); }
void* symbol_of(void* library, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(reinterpret_cast<HMODULE>(library), name));
}
std::string open_error() { return "system error " + std::to_string(GetLastError()); }
#else
void* open_library(const std::string& path) { return dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); }
void* symbol_of(void* library, const char* name) { return dlsym(library, name); }
std::string open_error() {
  const char* text = dlerror();
  return text ? text : "no error text";
}
#endif

FoundBackend none(std::string reason) { return {nullptr, std::move(reason)}; }

}  // namespace

FoundBackend find_backend(const std::string& path, const std::string& driver) {
  const std::string name = std::filesystem::path(path).filename().string();
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return none("this build of the engine has no CUDA part (" + name + " is not beside it)");
  if (!driver.empty() && !open_library(driver))
    return none("no NVIDIA driver is installed (" + driver + " was not found)");
  void* library = open_library(path);
  if (!library) return none(name + " could not be loaded: " + open_error());
  const auto entry = reinterpret_cast<DeviceBackendEntry>(symbol_of(library, kDeviceBackendEntry));
  if (!entry) return none(name + " is no backend of this engine (it has no " + kDeviceBackendEntry + ")");
  const DeviceBackend* backend = entry();
  if (!backend) return none(name + " gave no backend");
  if (backend->version != kDeviceBackendVersion)
    return none(name + " has backend version " + std::to_string(backend->version) + ", this engine needs " +
                std::to_string(kDeviceBackendVersion) + ": build both from the same source");
  if (backend->kernels_version != kBackendVersion || backend->kernels_bytes != sizeof(Kernels))
    return none(name + " has kernels of version " + std::to_string(backend->kernels_version) + " (" +
                std::to_string(backend->kernels_bytes) + " bytes), this engine needs " +
                std::to_string(kBackendVersion) + " (" + std::to_string(sizeof(Kernels)) +
                " bytes): build both from the same source");
  if (backend->score() <= 0) return none(backend->reason());
  return {backend, ""};
}

std::string engine_folder() {
#if defined(_WIN32)
  HMODULE module = nullptr;
  char path[MAX_PATH] = "";
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                     reinterpret_cast<const char*>(&engine_folder), &module);
  GetModuleFileNameA(module, path, MAX_PATH);
  return (std::filesystem::path(path).parent_path() / "").string();
#else
  Dl_info info;
  if (!dladdr(reinterpret_cast<void*>(&engine_folder), &info) || !info.dli_fname) return "";
  std::error_code failed;
  const auto path = std::filesystem::canonical(info.dli_fname, failed);
  return failed ? "" : (path.parent_path() / "").string();
#endif
}

}  // namespace tape
