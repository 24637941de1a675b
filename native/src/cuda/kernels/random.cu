// Random numbers from Philox streams, the processor's: a thread for each block of four.
#include "../chain.h"
#include "../numbers.h"
#include "../table.h"
#include "tape/philox.h"

namespace tape::cuda {
namespace {

template <class T>
void uniform_typed(T* out, int64_t count, PhiloxState state, double low, double high) {
  for_each((count + 3) / 4, [=] TAPE_KERNEL(int64_t block) {
    const PhiloxState at = resolved(state);
    const Philox random = philox(at.seed, at.offset + static_cast<uint64_t>(block));
    for (int64_t i = block * 4; i < block * 4 + 4 && i < count; ++i)
      out[i] = static_cast<T>(low + (high - low) * unit_interval(random.v[i % 4]));
  });
}

template <class T>
void normal_typed(T* out, int64_t count, PhiloxState state, double mean, double std) {
  for_each((count + 3) / 4, [=] TAPE_KERNEL(int64_t block) {
    const PhiloxState at = resolved(state);
    const Philox random = philox(at.seed, at.offset + static_cast<uint64_t>(block));
    const NormalPair front = normal_pair(random.v[0], random.v[1]),
                     back = normal_pair(random.v[2], random.v[3]);
    const double values[] = {front.first, front.second, back.first, back.second};
    for (int64_t i = block * 4; i < block * 4 + 4 && i < count; ++i)
      out[i] = static_cast<T>(mean + std * values[i % 4]);
  });
}

template <class T>
void dropout_typed(T* out, const T* in, int64_t count, PhiloxState state, double p) {
  const uint32_t threshold = drop_threshold(p);
  const T scale = p < 1 ? static_cast<T>(1.0 / (1.0 - p)) : T(0);
  for_each((count + 3) / 4, [=] TAPE_KERNEL(int64_t block) {
    const PhiloxState at = resolved(state);
    const Philox random = philox(at.seed, at.offset + static_cast<uint64_t>(block));
    for (int64_t i = block * 4; i < block * 4 + 4 && i < count; ++i)
      out[i] = stays(random.v[i % 4], threshold) ? in[i] * scale : T(0);
  });
}

void uniform(void* out, DType dtype, int64_t count, PhiloxState state, double low, double high) {
  visit_floating(dtype, [&](auto tag) {
    uniform_typed(static_cast<typename decltype(tag)::type*>(out), count, state, low, high);
  });
}
void normal(void* out, DType dtype, int64_t count, PhiloxState state, double mean, double std) {
  visit_floating(dtype, [&](auto tag) {
    normal_typed(static_cast<typename decltype(tag)::type*>(out), count, state, mean, std);
  });
}
void dropout(void* out, const void* in, DType dtype, int64_t count, PhiloxState state, double p) {
  constexpr int64_t in_order = 1;
  const float scale = p < 1 ? static_cast<float>(1.0 / (1.0 - p)) : 0;
  const ChainCall call{ChainFunction::dropout, 0, scale, 0, drop_threshold(p), state};
  if (chained(call, {out, dtype, 1, &count, &in_order}, {const_cast<void*>(in), dtype, 1, &count, &in_order}))
    return;
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    dropout_typed(static_cast<T*>(out), static_cast<const T*>(in), count, state, p);
  });
}

template <class T>
void keep_factors(T* out, int64_t queries, int64_t keys, PhiloxState state, double p) {
  const uint32_t threshold = drop_threshold(p);
  const T factor = p < 1 ? static_cast<T>(1.0 / (1.0 - p)) : T(0);
  const int64_t blocks = (keys + 3) / 4;  // each query's numbers begin with a new block
  for_each(queries * blocks, [=] TAPE_KERNEL(int64_t i) {
    const PhiloxState at = resolved(state);
    const Philox random = philox(at.seed, at.offset + static_cast<uint64_t>(i));
    const int64_t query = i / blocks, first = i % blocks * 4;
    for (int64_t k = first; k < first + 4 && k < keys; ++k)
      out[query * keys + k] = stays(random.v[k % 4], threshold) ? factor : T(0);
  });
}

}  // namespace

void attention_dropout(void* out, DType dtype, const AttentionShape& shape) {
  visit_floating(dtype, [&](auto tag) {
    keep_factors(static_cast<typename decltype(tag)::type*>(out), shape.batch * shape.heads * shape.queries,
                 shape.keys, shape.state, shape.dropout);
  });
}

RandomKernels random_table() { return {uniform, normal, dropout}; }

}  // namespace tape::cuda
