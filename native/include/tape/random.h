// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011): number i of stream (seed, offset)
// depends on nothing else, so results do not depend on threads and a run can be resumed.
#pragma once
#include <cstdint>

#include "tape/backend.h"

namespace tape {

/// Starts the thread's stream anew.
void manual_seed(uint64_t seed);
PhiloxState rng_state();
void set_rng_state(PhiloxState state);
/// Takes enough blocks for `count` numbers off the thread's stream and returns where they start.
PhiloxState reserve_random(int64_t count);

/// Four random 32-bit numbers of block `counter` of stream `seed`.
struct Philox {
  uint32_t v[4];
};
inline Philox philox(uint64_t seed, uint64_t counter) {
  uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
  uint32_t c0 = static_cast<uint32_t>(counter), c1 = static_cast<uint32_t>(counter >> 32), c2 = 0, c3 = 0;
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53u} * c0, p1 = uint64_t{0xCD9E8D57u} * c2;
    const uint32_t n0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ key0;
    const uint32_t n2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ key1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    c0 = n0;
    c2 = n2;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

}  // namespace tape
