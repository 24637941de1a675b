// One engine for each JavaScript environment (main thread or worker): its table of handles. Tensors
// never cross environments, so nothing here is locked.
#pragma once
#include <node_api.h>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "tape/hooks.h"
#include "tape/later.h"
#include "tape/optim.h"
#include "tape/step_graph.h"
#include "tape/tensor.h"

namespace tape::node {

/// A handle is a small integer JavaScript keeps without allocating: 22 bits of slot, 6 of generation, so
/// that a handle that was disposed is recognised, and 2 that tell the environments of four threads apart.
/// 0 is never a handle.
using Handle = int32_t;

/// Hooks JavaScript may still want to remove, by number. They belong to their tensors and nodes.
class HookTable {
 public:
  int32_t add(const std::shared_ptr<Hook>& hook);
  void remove(int32_t number);

 private:
  std::unordered_map<int32_t, std::weak_ptr<Hook>> hooks_;
  size_t sweep_at_ = 64;
  int32_t next_ = 1;
};

class Environment {
 public:
  explicit Environment(napi_env env);
  ~Environment();

  Handle put(Tensor tensor);
  /// Error when `handle` was disposed or never given out.
  const Tensor& get(const char* where, Handle handle) const;
  bool alive(Handle handle) const;
  void dispose(Handle handle);
  void dispose(const std::vector<Handle>& handles);
  int64_t live() const { return live_; }
  /// Tells V8 what native memory hangs on its objects, in steps of a megabyte.
  void report_memory();

  napi_env env;
  std::vector<std::unique_ptr<Ema>> averages;
  std::vector<std::unique_ptr<Optimizer>> optimizers;
  std::vector<std::unique_ptr<StepGraph>> graphs;
  std::vector<std::unique_ptr<LaterValues>> later;
  HookTable hooks;

 private:
  struct Slot {
    Tensor tensor;
    uint32_t generation = 1;
  };
  Tensor take(Handle handle);
  bool release(const Tensor& x);

  uint32_t tag_;  // 0..3
  std::vector<Slot> slots_{1};
  std::vector<uint32_t> free_;
  int64_t live_ = 0;
  int64_t reported_ = 0;
};

/// Thrown when JavaScript called from C++ has thrown: the exception is pending already.
struct PendingException {};

}  // namespace tape::node
