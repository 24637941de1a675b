// Who holds memory: bytes counted for the op that made them.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tape/memory.h"

namespace tape {

/// `1.5 MiB`, `640 B`.
std::string readable_bytes(int64_t bytes);

/// One thread's accounts. An op is known by the address of its name, so counting costs a look into a small
/// table, not a comparison of strings.
class Holders {
 public:
  /// Counts `bytes` for an op and returns the number of its account.
  uint32_t took(const char* op, bool backward, int64_t bytes) {
    Slot& slot = slots_[(reinterpret_cast<uintptr_t>(op) >> 2 ^ (backward ? 0x55u : 0u)) % slots_.size()];
    if (slot.op != op || slot.backward != backward || slot.account == 0) find(slot, op, backward);
    MemoryHolder& account = accounts_[slot.account];
    ++account.storages;
    account.active += bytes;
    if (account.active > account.peak) account.peak = account.active;
    return slot.account;
  }
  void gave(uint32_t account, int64_t bytes) {
    --accounts_[account].storages;
    accounts_[account].active -= bytes;
  }
  void reset_peaks() {
    for (MemoryHolder& account : accounts_) account.peak = account.active;
  }
  /// Greatest first.
  std::vector<MemoryHolder> list() const;

 private:
  struct Slot {
    const char* op = nullptr;
    bool backward = false;
    uint32_t account = 0;  // 0 is never an account
  };
  void find(Slot& slot, const char* op, bool backward);

  std::array<Slot, 256> slots_;
  std::vector<MemoryHolder> accounts_{1};
};

}  // namespace tape
