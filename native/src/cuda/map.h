// Functions of single elements over views: contiguous ones 16 bytes at a time, others by their strides.
#pragma once
#include <cstring>
#include <type_traits>

#include "geometry.h"
#include "numbers.h"
#include "tape/view.h"

namespace tape::cuda {

/// An operand of a kernel: memory of some dtype, or one number.
template <class C>
struct Source {
  const void* data;
  DType dtype;
  bool constant;
  C value;

  explicit Source(const View& view) : data(view.data), dtype(view.dtype), constant(view.on_host), value(0) {
    if (constant) value = load<C>(view.data, view.dtype, 0);
  }
  TAPE_BOTH C at(int64_t i) const { return constant ? value : load<C>(data, dtype, i); }
};

/// As many elements of T as 16 bytes hold.
template <class T>
struct alignas(16) Pack {
  static constexpr int size = 16 / sizeof(T);
  T of[size];
};

inline bool aligned(const void* data) { return reinterpret_cast<uintptr_t>(data) % 16 == 0; }

template <class S, class F>
void map1_packs(int64_t count, void* out, const void* a, F f) {
  using P = Pack<S>;
  const int64_t whole = count / P::size;
  for_each(whole + 1, [=] TAPE_KERNEL(int64_t i) {
    if (i < whole) {
      const P x = static_cast<const P*>(a)[i];
      P y;
      for (int k = 0; k < P::size; ++k) y.of[k] = static_cast<S>(f(static_cast<float>(x.of[k])));
      static_cast<P*>(out)[i] = y;
    } else {
      for (int64_t k = whole * P::size; k < count; ++k)
        static_cast<S*>(out)[k] = static_cast<S>(f(static_cast<float>(static_cast<const S*>(a)[k])));
    }
  });
}

template <class S, class F>
void map2_packs(int64_t count, void* out, const void* a, const void* b, bool constant, float value, F f) {
  using P = Pack<S>;
  const int64_t whole = count / P::size;
  for_each(whole + 1, [=] TAPE_KERNEL(int64_t i) {
    if (i < whole) {
      const P x = static_cast<const P*>(a)[i];
      P z, y;
      if (!constant) z = static_cast<const P*>(b)[i];
      for (int k = 0; k < P::size; ++k)
        y.of[k] =
            static_cast<S>(f(static_cast<float>(x.of[k]), constant ? value : static_cast<float>(z.of[k])));
      static_cast<P*>(out)[i] = y;
    } else {
      for (int64_t k = whole * P::size; k < count; ++k)
        static_cast<S*>(out)[k] =
            static_cast<S>(f(static_cast<float>(static_cast<const S*>(a)[k]),
                             constant ? value : static_cast<float>(static_cast<const S*>(b)[k])));
    }
  });
}

/// out = f(a) over elements computed with as C. `out` may hold another dtype.
template <class C, class F>
void map1(const View& out, const View& a, F f) {
  const Geometry<2> g({&out, &a});
  const Source<C> x(a);
  void* const o = out.data;
  const DType to = out.dtype;
  if constexpr (std::is_same_v<C, float>) {
    if (g.flat() && to == a.dtype && aligned(o) && aligned(a.data) && !x.constant && g.strides[1][0] == 1 &&
        g.count >= 1024) {
      if (to == DType::float32) return map1_packs<float>(g.count, o, a.data, f);
      if (to == DType::bfloat16) return map1_packs<BFloat16>(g.count, o, a.data, f);
    }
  }
  for_each(g.count, [=] TAPE_KERNEL(int64_t i) {
    int64_t at[2];
    g.find(i, at);
    store(o, to, at[0], f(x.at(at[1])));
  });
}

/// out = f(a, b)
template <class C, class F>
void map2(const View& out, const View& a, const View& b, F f) {
  const Geometry<3> g({&out, &a, &b});
  const Source<C> x(a), y(b);
  void* const o = out.data;
  const DType to = out.dtype;
  if constexpr (std::is_same_v<C, float>) {
    const bool second = y.constant || (b.dtype == to && aligned(b.data) && g.strides[2][0] == 1);
    if (g.flat() && to == a.dtype && aligned(o) && aligned(a.data) && !x.constant && g.strides[1][0] == 1 &&
        second && g.count >= 1024) {
      if (to == DType::float32) return map2_packs<float>(g.count, o, a.data, b.data, y.constant, y.value, f);
      if (to == DType::bfloat16)
        return map2_packs<BFloat16>(g.count, o, a.data, b.data, y.constant, y.value, f);
    }
  }
  for_each(g.count, [=] TAPE_KERNEL(int64_t i) {
    int64_t at[3];
    g.find(i, at);
    store(o, to, at[0], f(x.at(at[1]), y.at(at[2])));
  });
}

/// out = f(a, b, c)
template <class C, class F>
void map3(const View& out, const View& a, const View& b, const View& c, F f) {
  const Geometry<4> g({&out, &a, &b, &c});
  const Source<C> x(a), y(b), z(c);
  void* const o = out.data;
  const DType to = out.dtype;
  for_each(g.count, [=] TAPE_KERNEL(int64_t i) {
    int64_t at[4];
    g.find(i, at);
    store(o, to, at[0], f(x.at(at[1]), y.at(at[2]), z.at(at[3])));
  });
}

/// Calls f(TypeTag) with the type numbers of `dtype` are computed with; uint8 and bool as int64, which wraps
/// the same way when it is stored.
template <class F>
void visit_numbers(DType dtype, F f) {
  switch (compute_dtype(dtype)) {
    case DType::float32:
      return f(TypeTag<float>{});
    case DType::float64:
      return f(TypeTag<double>{});
    default:
      return f(TypeTag<int64_t>{});
  }
}

}  // namespace tape::cuda
