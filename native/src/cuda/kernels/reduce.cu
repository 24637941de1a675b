// Reductions: a team for each result. Sums are made in double where the elements are floating.
#include "../map.h"
#include "../table.h"

namespace tape::cuda {
namespace {

View part_of(const View& in, int first, int count) {
  return {in.data, in.dtype, count, in.shape + first, in.strides + first};
}

/// Geometry<1> sorts its dimensions for speed, which argmax cannot have: positions count in the order given.
struct Ordered {
  int rank;
  int64_t count = 1, sizes[kMaxRank], strides[kMaxRank];
  explicit Ordered(const View& view) : rank(view.rank) {
    for (int d = 0; d < rank; ++d) {
      sizes[d] = view.shape[d];
      strides[d] = view.strides[d];
      count *= sizes[d];
    }
  }
  TAPE_BOTH int64_t find(int64_t index) const {
    int64_t at = 0;
    for (int d = rank - 1; d >= 0; --d) {
      at += index % sizes[d] * strides[d];
      index /= sizes[d];
    }
    return at;
  }
};

/// Adds up column by column: columns lie side by side and rows are many, as for the gradient of a bias.
/// Pieces of rows first, then the pieces in order.
template <class A>
void sum_columns(const View& out, const View& in, int64_t cols, int64_t rows, int64_t stride, double scale) {
  constexpr int64_t kPiece = 128;
  const int64_t pieces = (rows + kPiece - 1) / kPiece;
  auto* const parts = static_cast<A*>(scratch(static_cast<size_t>(pieces * cols) * sizeof(A)));
  const void* const x = in.data;
  void* const o = out.data;
  const DType from = in.dtype, to = out.dtype;
  for_each(pieces * cols, [=] TAPE_KERNEL(int64_t i) {
    const int64_t col = i % cols, first = i / cols * kPiece;
    const int64_t last = first + kPiece < rows ? first + kPiece : rows;
    A sum = 0;
    for (int64_t row = first; row < last; ++row) sum += load<A>(x, from, row * stride + col);
    parts[i] = sum;
  });
  for_each(cols, [=] TAPE_KERNEL(int64_t col) {
    A sum = 0;
    for (int64_t piece = 0; piece < pieces; ++piece) sum += parts[piece * cols + col];
    store(o, to, col, scale == 1 ? sum : static_cast<A>(static_cast<double>(sum) * scale));
  });
}

/// out[i] = finish(fold of the elements behind it)
template <class A, class Element, class Combine, class Finish>
void fold_rows(const View& out, const View& in, int kept, A start, Element element, Combine combine,
               Finish finish) {
  const Ordered rows(part_of(in, 0, kept));
  const View rest = part_of(in, kept, in.rank - kept);
  const Geometry<1> line({&rest});
  const void* const x = in.data;
  void* const o = out.data;
  const DType from = in.dtype, to = out.dtype;
  for_rows(rows.count, line.count, [=] TAPE_KERNEL(int64_t row, auto team) {
    const int64_t base = rows.find(row);
    const A total = team.fold(
        start, line.count,
        [&](int64_t i) {
          int64_t at[1];
          line.find(i, at);
          return element(load<A>(x, from, base + at[0]));
        },
        combine);
    if (team.leads()) store(o, to, row, finish(total));
  });
}

template <class A>
struct Same {
  TAPE_BOTH A operator()(A x) const { return x; }
};
template <class A>
struct NotZero {
  TAPE_BOTH A operator()(A x) const { return x != A(0) ? A(1) : A(0); }
};
struct Times {
  template <class A>
  TAPE_BOTH A operator()(A a, A b) const {
    if constexpr (std::is_integral_v<A>)
      return static_cast<A>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    else
      return a * b;
  }
};
template <class A>
struct Scaled {
  double scale;
  TAPE_BOTH A operator()(A x) const {
    return scale == 1 ? x : static_cast<A>(static_cast<double>(x) * scale);
  }
};

template <class T>
struct Best {
  T value;
  int64_t place;
};
/// The greater (or less), a NaN before every number, of equals the first.
template <class T>
struct Better {
  bool greatest;
  TAPE_BOTH Best<T> operator()(Best<T> a, Best<T> b) const {
    if (a.place < 0) return b;
    if (b.place < 0) return a;
    const bool nan_a = a.value != a.value, nan_b = b.value != b.value;
    if (nan_a != nan_b) return nan_a ? a : b;
    if (!nan_a && a.value != b.value) return (greatest ? a.value > b.value : a.value < b.value) ? a : b;
    return a.place < b.place ? a : b;
  }
};

template <class T>
void extreme(ReduceOp op, const View& out, const View& in, int kept) {
  const Ordered rows(part_of(in, 0, kept)), line(part_of(in, kept, in.rank - kept));
  const Better<T> better{op == ReduceOp::max || op == ReduceOp::argmax};
  const bool position = op == ReduceOp::argmax || op == ReduceOp::argmin;
  const void* const x = in.data;
  void* const o = out.data;
  const DType from = in.dtype, to = out.dtype;
  for_rows(rows.count, line.count, [=] TAPE_KERNEL(int64_t row, auto team) {
    const int64_t base = rows.find(row);
    const Best<T> best = team.fold(
        Best<T>{T(0), -1}, line.count,
        [&](int64_t i) {
          return Best<T>{load<T>(x, from, base + line.find(i)), i};
        },
        better);
    if (!team.leads()) return;
    if (position)
      static_cast<int64_t*>(o)[row] = best.place;
    else
      store(o, to, row, best.value);
  });
}

void reduce(ReduceOp op, View out, View in, int kept, double scale) {
  if (op == ReduceOp::sum) {
    const bool floating = is_floating(in.dtype);
    const View rest = part_of(in, kept, in.rank - kept), first = part_of(in, 0, kept);
    const Geometry<1> columns({&first}), rows({&rest});
    if (columns.rank == 1 && columns.strides[0][0] == 1 && columns.sizes[0] >= 32 && rows.rank == 1 &&
        rows.count > 0) {
      if (floating)
        sum_columns<double>(out, in, columns.count, rows.count, rows.strides[0][0], scale);
      else
        sum_columns<int64_t>(out, in, columns.count, rows.count, rows.strides[0][0], scale);
      return;
    }
    if (floating) return fold_rows(out, in, kept, 0.0, Same<double>{}, Plus{}, Scaled<double>{scale});
    return fold_rows(out, in, kept, int64_t{0}, Same<int64_t>{}, Plus{}, Scaled<int64_t>{scale});
  }
  visit_numbers(in.dtype, [&](auto tag) { extreme<typename decltype(tag)::type>(op, out, in, kept); });
}

double sum_of_squares(const void* data, DType dtype, int64_t count) {
  constexpr int64_t kPiece = 4096;
  const int64_t pieces = (count + kPiece - 1) / kPiece;
  auto* const parts = static_cast<double*>(scratch(static_cast<size_t>(pieces + 1) * sizeof(double)));
  for_rows(pieces, kPiece, [=] TAPE_KERNEL(int64_t piece, auto team) {
    const int64_t first = piece * kPiece, n = first + kPiece < count ? kPiece : count - first;
    const double sum = team.fold(
        0.0, n,
        [&](int64_t i) {
          const double x = load<double>(data, dtype, first + i);
          return x * x;
        },
        Plus{});
    if (team.leads()) parts[piece] = sum;
  });
  for_rows(1, pieces, [=] TAPE_KERNEL(int64_t, auto team) {
    const double sum = team.fold(
        0.0, pieces, [&](int64_t i) { return parts[i]; }, Plus{});
    if (team.leads()) parts[pieces] = sum;
  });
  double total = 0;
  download(&total, parts + pieces, sizeof total);
  return total;
}

void variance(View out, View in, int kept, double scale) {
  const Ordered rows(part_of(in, 0, kept));
  const View rest = part_of(in, kept, in.rank - kept);
  const Geometry<1> line({&rest});
  const void* const x = in.data;
  void* const o = out.data;
  const DType from = in.dtype, to = out.dtype;
  for_rows(rows.count, line.count, [=] TAPE_KERNEL(int64_t row, auto team) {
    const int64_t base = rows.find(row);
    const auto element = [&](int64_t i) {
      int64_t at[1];
      line.find(i, at);
      return load<double>(x, from, base + at[0]);
    };
    const double mean = team.fold(0.0, line.count, element, Plus{}) / static_cast<double>(line.count);
    const double total = team.fold(
        0.0, line.count,
        [&](int64_t i) {
          const double distance = element(i) - mean;
          return distance * distance;
        },
        Plus{});
    if (team.leads()) store(o, to, row, total * scale);
  });
}

void prod(View out, View in, int kept) {
  if (is_floating(in.dtype)) return fold_rows(out, in, kept, 1.0, Same<double>{}, Times{}, Same<double>{});
  fold_rows(out, in, kept, int64_t{1}, Same<int64_t>{}, Times{}, Same<int64_t>{});
}

void count_nonzero(View out, View in, int kept) {
  if (is_floating(in.dtype)) return fold_rows(out, in, kept, 0.0, NotZero<double>{}, Plus{}, Same<double>{});
  fold_rows(out, in, kept, int64_t{0}, NotZero<int64_t>{}, Plus{}, Same<int64_t>{});
}

template <class A>
void cumsum_typed(void* out, const void* in, DType dtype, int64_t outer, int64_t count, int64_t inner,
                  bool reverse) {
  for_each(outer * inner, [=] TAPE_KERNEL(int64_t i) {
    const int64_t first = i / inner * count * inner + i % inner;
    A sum = 0;
    for (int64_t k = 0; k < count; ++k) {
      const int64_t at = first + (reverse ? count - 1 - k : k) * inner;
      sum += load<A>(in, dtype, at);
      store(out, dtype, at, sum);
    }
  });
}

void cumsum(void* out, const void* in, DType dtype, int64_t outer, int64_t count, int64_t inner,
            bool reverse) {
  if (is_floating(dtype)) return cumsum_typed<double>(out, in, dtype, outer, count, inner, reverse);
  cumsum_typed<int64_t>(out, in, dtype, outer, count, inner, reverse);
}

}  // namespace

ReduceKernels reduce_table() { return {reduce, sum_of_squares}; }
StatisticsKernels statistics_table() { return {variance, prod, count_nonzero, cumsum}; }

}  // namespace tape::cuda
