// Where the time of backward goes: derivatives timed by the name of their op. Off, it costs nothing: the tape
// asks for it with the same test as for anomaly detection.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tape/autograd.h"

namespace tape {

/// A bit of tape_mode, beside those of TapeMode.
inline constexpr uint32_t kProfiling = 1u << 31;

struct ProfileEntry {
  std::string op;
  int64_t count = 0;
  double milliseconds = 0;
};

/// Starts counting anew on this thread.
void start_profile();
/// Stops, and returns what was counted, by op.
std::vector<ProfileEntry> stop_profile();

/// Runs one derivative and counts it; called by the tape.
void run_profiled(Node& node, std::span<Tensor> incoming, std::span<Tensor> result);

}  // namespace tape
