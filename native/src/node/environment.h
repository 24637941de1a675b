// One engine for each JavaScript environment (main thread or worker): its table of handles. Tensors
// never cross environments, so nothing here is locked.
#pragma once
#include <node_api.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "tape/optim.h"
#include "tape/tensor.h"

namespace tape::node {

/// A handle is a small integer JavaScript keeps without allocating: 22 bits of slot, 8 of generation,
/// so that a handle that was disposed is recognised. 0 is never a handle.
using Handle = int32_t;

class Environment {
 public:
  explicit Environment(napi_env env) : env(env) {}

  Handle put(Tensor tensor);
  /// Error when `handle` was disposed or never given out.
  const Tensor& get(const char* where, Handle handle) const;
  bool alive(Handle handle) const;
  void dispose(Handle handle);
  int64_t live() const { return live_; }
  /// Tells V8 what native memory hangs on its objects, in steps of a megabyte.
  void report_memory();

  napi_env env;
  std::vector<std::unique_ptr<Ema>> averages;
  std::vector<std::unique_ptr<Optimizer>> optimizers;

 private:
  struct Slot {
    Tensor tensor;
    uint32_t generation = 1;
  };
  std::vector<Slot> slots_{1};
  std::vector<uint32_t> free_;
  int64_t live_ = 0;
  int64_t reported_ = 0;
};

/// Thrown when JavaScript called from C++ has thrown: the exception is pending already.
struct PendingException {};

}  // namespace tape::node
