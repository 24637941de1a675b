// Random fills and dropout from Philox blocks; see tape/random.h.
#include "tape/random.h"

#include <cmath>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

/// Uniform in [0, 1) with 24 bits, which float32 holds exactly.
inline double unit(uint32_t bits) { return (bits >> 8) * (1.0 / 16777216.0); }

template <class Body>
void for_blocks(int64_t count, PhiloxState state, const Body& body) {
  parallel_for((count + 3) / 4, 4096, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const Philox random = philox(state.seed, state.offset + static_cast<uint64_t>(block));
      const int64_t first = block * 4, last = first + 4 < count ? first + 4 : count;
      body(random, first, last);
    }
  });
}

}  // namespace

void uniform(void* out, DType dtype, int64_t count, PhiloxState state, double low, double high) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out);
    for_blocks(count, state, [&](const Philox& random, int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i)
        o[i] = static_cast<T>(low + (high - low) * unit(random.v[i - first]));
    });
  });
}

void normal(void* out, DType dtype, int64_t count, PhiloxState state, double mean, double std) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out);
    for_blocks(count, state, [&](const Philox& random, int64_t first, int64_t last) {
      // Box and Muller (1958): two uniforms make two independent normals.
      double values[4];
      for (int pair = 0; pair < 4; pair += 2) {
        const double radius = std::sqrt(-2.0 * std::log((random.v[pair] + 1.0) * (1.0 / 4294967296.0)));
        const double angle = 6.283185307179586 * (random.v[pair + 1] * (1.0 / 4294967296.0));
        values[pair] = radius * std::cos(angle);
        values[pair + 1] = radius * std::sin(angle);
      }
      for (int64_t i = first; i < last; ++i) o[i] = static_cast<T>(mean + std * values[i - first]);
    });
  });
}

void dropout(void* out, const void* in, DType dtype, int64_t count, PhiloxState state, double p) {
  const uint32_t threshold = static_cast<uint32_t>(p * 16777216.0);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out);
    const T* x = static_cast<const T*>(in);
    const T scale = p < 1 ? static_cast<T>(1.0 / (1.0 - p)) : T(0);
    for_blocks(count, state, [&](const Philox& random, int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i)
        o[i] = (random.v[i - first] >> 8) >= threshold ? x[i] * scale : T(0);
    });
  });
}

RandomKernels random_table() { return {uniform, normal, dropout}; }

}  // namespace tape::cpu::TAPE_ISA
