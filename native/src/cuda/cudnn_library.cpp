#include "cudnn_library.h"

#include <cstdlib>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace tape::cuda {
namespace {

#if defined(_WIN32)
constexpr const char* kName = "cudnn64_9.dll";
void* open_library(const char* path) { return reinterpret_cast<void*>(LoadLibraryA(path)); }
void* symbol_of(void* library, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(reinterpret_cast<HMODULE>(library), name));
}
#else
constexpr const char* kName = "libcudnn.so.9";
void* open_library(const char* path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL); }
void* symbol_of(void* library, const char* name) { return dlsym(library, name); }
#endif

FoundCudnn none(std::string reason) { return {nullptr, 0, std::move(reason)}; }

}  // namespace

std::string cudnn_version_text(size_t version) {
  const size_t major = version >= 10000 ? version / 10000 : version / 1000;
  const size_t rest = version >= 10000 ? version % 10000 : version % 1000;
  return std::to_string(major) + "." + std::to_string(rest / 100) + "." + std::to_string(rest % 100);
}

FoundCudnn find_cudnn(const std::string& path) {
  void* library = open_library(path.c_str());
  if (!library) return none("cuDNN is not installed (" + path + " was not found)");
  Cudnn functions{};
  std::string missing;
  const auto take = [&](auto& function, const char* name) {
    void* const found = symbol_of(library, name);
    if (!found && missing.empty()) missing = name;
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(found);
  };
#define TAPE_TAKE(function) take(functions.function, #function);
  TAPE_CUDNN_FUNCTIONS(TAPE_TAKE)
  if (!functions.cudnnGetVersion) return none(path + " is no cuDNN (it has no cudnnGetVersion)");
  const size_t version = functions.cudnnGetVersion();
  if (version < Cudnn::kOldestVersion)
    return none("cuDNN " + cudnn_version_text(version) + " is too old, " +
                cudnn_version_text(Cudnn::kOldestVersion) + " or newer is needed");
  if (!missing.empty()) return none("cuDNN " + cudnn_version_text(version) + " has no " + missing);
  static Cudnn kept;  // one library a process
  kept = functions;
  return {&kept, version, ""};
}

const FoundCudnn& cudnn() {
  static const FoundCudnn found = [] {
    const char* named = std::getenv("TAPE_CUDNN_LIBRARY");
    return find_cudnn(named ? named : kName);
  }();
  return found;
}

}  // namespace tape::cuda
