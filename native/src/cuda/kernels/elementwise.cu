// Elementwise kernels. Which function it is, is asked inside: memory costs more than the question.
#include "../chain.h"
#include "../functions.h"
#include "../map.h"
#include "../table.h"

namespace tape::cuda {
namespace {

template <class T>
struct Same {
  TAPE_BOTH T operator()(T x) const { return x; }
};

void unary(UnaryOp op, View out, View in, double parameter) {
  const ChainCall call{ChainFunction::unary, static_cast<uint8_t>(op), static_cast<float>(parameter)};
  if (chained(call, out, in)) return;
  visit_numbers(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    map1<T>(out, in, UnaryFunction<T>{op, static_cast<T>(parameter)});
  });
}

void binary(BinaryOp op, View out, View a, View b) {
  if (chained({ChainFunction::binary, static_cast<uint8_t>(op)}, out, a, b)) return;
  visit_numbers(a.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    map2<T>(out, a, b, BinaryFunction<T>{op});
  });
}

void compare(CompareOp op, View out, View a, View b) {
  // Beside a bool a number is a whole one.
  const bool whole = a.dtype == DType::boolean && b.on_host;
  if (!whole && chained({ChainFunction::compare, static_cast<uint8_t>(op)}, out, a, b)) return;
  visit_numbers(a.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    map2<T>(out, a, b, CompareFunction<T>{op});
  });
}

void grad(GradOp op, View out, View gradient, View saved) {
  if (chained({ChainFunction::gradient, static_cast<uint8_t>(op)}, out, gradient, saved)) return;
  visit_floating(compute_dtype(out.dtype), [&](auto tag) {
    using T = typename decltype(tag)::type;
    map2<T>(out, gradient, saved, GradFunction<T>{op});
  });
}

/// Elements as they are, by their width: of memory, or one number.
template <class T>
struct Choice {
  const T* data;
  bool constant;
  T value;

  explicit Choice(const View& view)
      : data(static_cast<const T*>(view.data)),
        constant(view.on_host),
        value(constant ? *static_cast<const T*>(view.data) : T(0)) {}
  TAPE_BOTH T at(int64_t i) const { return constant ? value : data[i]; }
};

template <class T>
void where_typed(const View& out, const View& condition, const View& a, const View& b) {
  const Geometry<4> g({&out, &condition, &a, &b});
  T* const o = static_cast<T*>(out.data);
  const bool* const c = static_cast<const bool*>(condition.data);
  const Choice<T> x(a), y(b);
  for_each(g.count, [=] TAPE_KERNEL(int64_t i) {
    int64_t at[4];
    g.find(i, at);
    o[at[0]] = c[at[1]] ? x.at(at[2]) : y.at(at[3]);
  });
}

template <class T>
void copy_typed(const View& out, const View& in) {
  const Geometry<2> g({&out, &in});
  T* const o = static_cast<T*>(out.data);
  const T* const x = static_cast<const T*>(in.data);
  using P = Pack<T>;
  if (g.flat() && (g.rank == 0 || g.strides[1][0] == 1) && aligned(o) && aligned(x) && g.count >= P::size) {
    const int64_t whole = g.count / P::size, count = g.count;
    return for_each(whole + 1, [=] TAPE_KERNEL(int64_t i) {
      if (i < whole) reinterpret_cast<P*>(o)[i] = reinterpret_cast<const P*>(x)[i];
      if (i < whole) return;
      for (int64_t k = whole * P::size; k < count; ++k) o[k] = x[k];
    });
  }
  for_each(g.count, [=] TAPE_KERNEL(int64_t i) {
    int64_t at[2];
    g.find(i, at);
    o[at[0]] = x[at[1]];
  });
}

template <class F>
void by_width(DType dtype, F f) {
  switch (size_of(dtype)) {
    case 1:
      return f(TypeTag<uint8_t>{});
    case 2:
      return f(TypeTag<uint16_t>{});
    case 4:
      return f(TypeTag<uint32_t>{});
    default:
      return f(TypeTag<uint64_t>{});
  }
}

void where(View out, View condition, View a, View b) {
  if (chained({ChainFunction::where}, out, condition, a, b)) return;
  by_width(out.dtype, [&](auto tag) { where_typed<typename decltype(tag)::type>(out, condition, a, b); });
}

void copy(View out, View in) {
  if (chained({ChainFunction::copy}, out, in)) return;
  if (out.dtype == in.dtype)
    return by_width(out.dtype, [&](auto tag) { copy_typed<typename decltype(tag)::type>(out, in); });
  // Through the wider of the two kinds of number, so that nothing is rounded twice.
  visit_numbers(in.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    map1<T>(out, in, Same<T>{});
  });
}

template <class T>
void fill_typed(const View& out, T value) {
  const Geometry<1> g({&out});
  void* const o = out.data;
  const DType dtype = out.dtype;
  for_each(g.count, [=] TAPE_KERNEL(int64_t i) {
    int64_t at[1];
    g.find(i, at);
    store(o, dtype, at[0], value);
  });
}

void fill(View out, double value) {
  if (is_floating(out.dtype)) {
    int64_t repeated[kMaxRank] = {};
    const View number{&value, DType::float64, out.rank, out.shape, repeated, true};
    if (chained({ChainFunction::copy}, out, number)) return;
    return fill_typed(out, value);
  }
  fill_typed(out, static_cast<int64_t>(value));
}

}  // namespace

ElementwiseKernels elementwise_table() { return {unary, binary, compare, grad, where, copy, fill}; }

}  // namespace tape::cuda
