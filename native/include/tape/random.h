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

}  // namespace tape
