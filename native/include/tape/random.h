// The thread's stream of random numbers.
#pragma once
#include <cstdint>

#include "tape/backend.h"
#include "tape/philox.h"

namespace tape {

/// Starts the thread's stream anew.
void manual_seed(uint64_t seed);
PhiloxState rng_state();
void set_rng_state(PhiloxState state);
/// Takes enough blocks for `count` numbers off the thread's stream and returns where they start.
PhiloxState reserve_random(int64_t count);

/// While a step graph is recorded, what is reserved counts from `start`, and `origin` says where that is in a
/// replay. Null ends it.
void record_random(PhiloxState start, const PhiloxOrigin* origin);

}  // namespace tape
