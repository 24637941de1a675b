// What a library was told once, kept for the next time.
#pragma once
#include <cstdint>
#include <cstring>
#include <list>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace tape::cpu {

/// Plans by their key, whose bytes are its value. Sizes vary, so keys do: past `most` plans the one used
/// longest ago goes.
template <class Key, class Plan>
class PlanCache {
  static_assert(std::has_unique_object_representations_v<Key> && sizeof(Key) % 8 == 0);

 public:
  explicit PlanCache(size_t most) : most_(most) {}

  /// The plan of `key`, made by make(key) when there is none. Valid until the next call.
  template <class Make>
  Plan& find(const Key& key, Make make) {
    if (const auto found = index_.find(key); found != index_.end()) {
      plans_.splice(plans_.begin(), plans_, found->second);
      return plans_.front().second;
    }
    plans_.emplace_front(key, make(key));
    index_.emplace(key, plans_.begin());
    if (plans_.size() > most_) {
      index_.erase(plans_.back().first);
      plans_.pop_back();
    }
    return plans_.front().second;
  }

 private:
  struct Hash {
    size_t operator()(const Key& key) const {
      uint64_t words[sizeof(Key) / 8], hash = 0;
      std::memcpy(words, &key, sizeof(Key));
      for (const uint64_t word : words) hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
      return static_cast<size_t>(hash ^ (hash >> 32));
    }
  };
  struct Same {
    bool operator()(const Key& a, const Key& b) const { return std::memcmp(&a, &b, sizeof(Key)) == 0; }
  };
  using Plans = std::list<std::pair<Key, Plan>>;  // used last first

  size_t most_;
  Plans plans_;
  std::unordered_map<Key, typename Plans::iterator, Hash, Same> index_;
};

}  // namespace tape::cpu
