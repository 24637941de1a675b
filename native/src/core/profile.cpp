#include "tape/profile.h"

#include <chrono>
#include <map>
#include <string_view>

namespace tape {
namespace {

thread_local std::map<std::string, ProfileEntry, std::less<>> entries;

}  // namespace

void start_profile() {
  entries.clear();
  tape_mode |= kProfiling;
}

std::vector<ProfileEntry> stop_profile() {
  tape_mode &= ~kProfiling;
  std::vector<ProfileEntry> result;
  for (const auto& [op, entry] : entries) result.push_back(entry);
  entries.clear();
  return result;
}

void run_profiled(Node& node, std::span<Tensor> incoming, std::span<Tensor> result) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  node.apply(incoming, result);
  const std::chrono::duration<double, std::milli> spent = Clock::now() - start;
  const std::string_view op = node.name;
  auto found = entries.find(op);
  if (found == entries.end())
    found = entries.emplace(std::string(op), ProfileEntry{std::string(op), 0, 0}).first;
  ++found->second.count;
  found->second.milliseconds += spent.count();
}

}  // namespace tape
