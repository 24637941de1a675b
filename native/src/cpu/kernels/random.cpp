// Random fills and dropout from Philox blocks; see tape/random.h.
#include "tape/random.h"

#include <cmath>

#include "kernel_set.h"
#include "parallel.h"

namespace tape::cpu::TAPE_ISA {
namespace {

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
        o[i] = static_cast<T>(low + (high - low) * unit_interval(random.v[i - first]));
    });
  });
}

void normal(void* out, DType dtype, int64_t count, PhiloxState state, double mean, double std) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out);
    for_blocks(count, state, [&](const Philox& random, int64_t first, int64_t last) {
      const NormalPair front = normal_pair(random.v[0], random.v[1]);
      const NormalPair back = normal_pair(random.v[2], random.v[3]);
      const double values[] = {front.first, front.second, back.first, back.second};
      for (int64_t i = first; i < last; ++i) o[i] = static_cast<T>(mean + std * values[i - first]);
    });
  });
}

void dropout(void* out, const void* in, DType dtype, int64_t count, PhiloxState state, double p) {
  const uint32_t threshold = drop_threshold(p);
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out);
    const T* x = static_cast<const T*>(in);
    const T scale = p < 1 ? static_cast<T>(1.0 / (1.0 - p)) : T(0);
    for_blocks(count, state, [&](const Philox& random, int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i)
        o[i] = stays(random.v[i - first], threshold) ? x[i] * scale : T(0);
    });
  });
}

RandomKernels random_table() { return {uniform, normal, dropout}; }

}  // namespace tape::cpu::TAPE_ISA
