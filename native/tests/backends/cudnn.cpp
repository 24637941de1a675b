// Libraries that are a cuDNN in nothing but their version.
#include <cstddef>

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

extern "C" EXPORTED size_t cudnnGetVersion() { return CUDNN_VERSION_GIVEN; }
