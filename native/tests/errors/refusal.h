// One refusal at the front door and the exact words of it.
#pragma once
#include <functional>
#include <string>

#include "helpers.h"

namespace tape::test {

struct Refusal {
  std::function<void()> call;
  std::string message;
};

/// Every call must fail with its message and leave no tensor behind.
template <class List>
void check_refusals(const List& refusals) {
  const int64_t tensors = memory_stats().live_tensors;
  for (const Refusal& refusal : refusals) CHECK(message_of(refusal.call) == refusal.message);
  CHECK(memory_stats().live_tensors == tensors);
}

}  // namespace tape::test
