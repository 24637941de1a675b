// Finds cuDNN when a program runs.
#pragma once
#include <string>

#include "cudnn_api.h"

namespace tape::cuda {

/// The functions, or a reason why convolutions do without them.
struct FoundCudnn {
  const Cudnn* functions = nullptr;
  size_t version = 0;
  std::string reason;
};

/// Loads the library `path`: a file, or a name that the system looks for.
FoundCudnn find_cudnn(const std::string& path);
/// The one this process uses: TAPE_CUDNN_LIBRARY in the environment, else libcudnn.so.9 (cudnn64_9.dll).
const FoundCudnn& cudnn();
/// "9.24.0" of 92400.
std::string cudnn_version_text(size_t version);

}  // namespace tape::cuda
