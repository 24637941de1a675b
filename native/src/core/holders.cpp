#include "holders.h"

#include <algorithm>
#include <cstdio>

namespace tape {

std::string readable_bytes(int64_t bytes) {
  constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  for (; value >= 1024 && unit < 5; ++unit) value /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  return text;
}

void Holders::find(Slot& slot, const char* op, bool backward) {
  const std::string name = std::string(op ? op : "other") + (backward ? " backward" : "");
  uint32_t account = 1;
  while (account < accounts_.size() && accounts_[account].name != name) ++account;
  if (account == accounts_.size()) {
    accounts_.emplace_back();
    accounts_.back().name = name;
  }
  slot = {op, backward, account};
}

std::vector<MemoryHolder> Holders::list() const {
  std::vector<MemoryHolder> result;
  for (const MemoryHolder& account : accounts_)
    if (account.active > 0 || account.peak > 0) result.push_back(account);
  std::sort(result.begin(), result.end(), [](const MemoryHolder& a, const MemoryHolder& b) {
    return a.active != b.active ? a.active > b.active : a.peak > b.peak;
  });
  return result;
}

}  // namespace tape
