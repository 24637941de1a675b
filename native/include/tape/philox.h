// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011): number i of stream (seed, offset)
// depends on nothing else, so results do not depend on threads or the device, and a run can be resumed.
#pragma once
#include <cmath>
#include <cstdint>

#include "tape/both.h"

namespace tape {

/// Four random 32-bit numbers of block `counter` of stream `seed`.
struct Philox {
  uint32_t v[4];
};
TAPE_BOTH inline Philox philox(uint64_t seed, uint64_t counter) {
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

/// Uniform in [0, 1) with 24 bits, which float32 holds exactly.
TAPE_BOTH inline double unit_interval(uint32_t bits) { return (bits >> 8) * (1.0 / 16777216.0); }

/// Two independent standard normals of two numbers (Box and Muller 1958).
struct NormalPair {
  double first, second;
};
TAPE_BOTH inline NormalPair normal_pair(uint32_t a, uint32_t b) {
  const double radius = ::sqrt(-2.0 * ::log((a + 1.0) * (1.0 / 4294967296.0)));
  const double angle = 6.283185307179586 * (b * (1.0 / 4294967296.0));
  return {radius * ::cos(angle), radius * ::sin(angle)};
}

/// Whether an element with these bits stays, where one is dropped with probability p.
TAPE_BOTH inline uint32_t drop_threshold(double p) { return static_cast<uint32_t>(p * 16777216.0); }
TAPE_BOTH inline bool stays(uint32_t bits, uint32_t threshold) { return (bits >> 8) >= threshold; }

}  // namespace tape
