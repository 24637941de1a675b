// Gathering, scattering, sorting, and the gradient of a lookup. No sum depends on the order threads run in.
#include "../faults.h"
#include "../map.h"
#include "../table.h"

namespace tape::cuda {
namespace {

/// Whether an index is in range; notes it where it is not.
TAPE_KERNEL inline bool valid(FaultSlot* faults, const int64_t* index, int64_t position, int64_t limit) {
  const int64_t value = index[position];
  if (value >= 0 && value < limit) return true;
  report_fault(faults, FaultKind::index, position, value, limit);
  return false;
}

template <class T>
void gather_rows_typed(T* out, const T* table, const int64_t* index, int64_t count, int64_t table_rows,
                       int64_t width) {
  FaultSlot* const faults = fault_slot();
  for_each(count * width, [=] TAPE_KERNEL(int64_t i) {
    const int64_t row = i / width;
    out[i] = valid(faults, index, row, table_rows) ? table[index[row] * width + i % width] : T{};
  });
}

struct alignas(16) Wide {
  uint64_t of[2];
};

int64_t gather_rows(void* out, const void* table, const int64_t* index, int64_t count, int64_t table_rows,
                    int64_t row_bytes) {
  const auto run = [&](auto tag) {
    using T = typename decltype(tag)::type;
    gather_rows_typed(static_cast<T*>(out), static_cast<const T*>(table), index, count, table_rows,
                      row_bytes / static_cast<int64_t>(sizeof(T)));
  };
  const uintptr_t all = reinterpret_cast<uintptr_t>(out) | reinterpret_cast<uintptr_t>(table) |
                        static_cast<uintptr_t>(row_bytes);
  if (all % 16 == 0)
    run(TypeTag<Wide>{});
  else if (all % 4 == 0)
    run(TypeTag<uint32_t>{});
  else
    run(TypeTag<uint8_t>{});
  return -1;
}

/// Adds the rows of each target in the order of positions: a thread for each column.
template <class T>
void scatter_add_rows_typed(T* table, const T* rows, const int64_t* index, int64_t count, int64_t limit,
                            int64_t width) {
  FaultSlot* const faults = fault_slot();
  for_each(width, [=] TAPE_KERNEL(int64_t column) {
    for (int64_t i = 0; i < count; ++i)
      if (valid(faults, index, i, limit)) table[index[i] * width + column] += rows[i * width + column];
  });
}

void scatter_add_rows(void* table, const void* rows, const int64_t* index, DType dtype, int64_t count,
                      int64_t table_rows, int64_t row_size) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    scatter_add_rows_typed(static_cast<T*>(table), static_cast<const T*>(rows), index, count, table_rows,
                           row_size);
  });
}

/// Positions of `a` without dimension `dim`, and how far apart those along it lie in a, b and the index.
struct Lines {
  int rank = 0;
  int64_t count = 1, length = 0, step_a = 0, step_b = 0, step_index = 1;
  int64_t sizes[kMaxRank], a[kMaxRank], b[kMaxRank], index[kMaxRank];
  Lines(const View& from, const View& to, int dim) {
    int64_t stride = 1;
    for (int d = from.rank - 1; d >= 0; --d) {
      if (d == dim) {
        length = from.shape[d];
        step_a = from.strides[d];
        step_b = to.strides[d];
        step_index = stride;
      } else {
        sizes[rank] = from.shape[d];
        a[rank] = from.strides[d];
        b[rank] = to.strides[d];
        index[rank++] = stride;
        count *= from.shape[d];
      }
      stride *= from.shape[d];
    }
  }
  TAPE_BOTH void find(int64_t line, int64_t& at_a, int64_t& at_b, int64_t& at_index) const {
    at_a = at_b = at_index = 0;
    for (int d = 0; d < rank; ++d) {
      const int64_t place = line % sizes[d];
      line /= sizes[d];
      at_a += place * a[d];
      at_b += place * b[d];
      at_index += place * index[d];
    }
  }
};

template <class T>
void gather_typed(const View& out, const View& in, const int64_t* index, int dim) {
  const Lines lines(out, in, dim);
  T* const o = static_cast<T*>(out.data);
  const T* const x = static_cast<const T*>(in.data);
  const int64_t limit = in.shape[dim];
  FaultSlot* const faults = fault_slot();
  for_each(lines.count * lines.length, [=] TAPE_KERNEL(int64_t i) {
    int64_t to, from, at;
    lines.find(i % lines.count, to, from, at);
    const int64_t k = i / lines.count;
    at += k * lines.step_index;
    o[to + k * lines.step_a] = valid(faults, index, at, limit) ? x[from + index[at] * lines.step_b] : T{};
  });
}

/// Positions along the dimension in order, by one thread: the last of those with one target wins, and sums
/// are the same every time.
template <class T, bool add>
void scatter_typed(const View& self, const View& source, const int64_t* index, int dim) {
  const Lines lines(source, self, dim);
  T* const s = static_cast<T*>(self.data);
  const T* const x = static_cast<const T*>(source.data);
  const int64_t limit = self.shape[dim];
  FaultSlot* const faults = fault_slot();
  for_each(lines.length > 0 ? lines.count : 0, [=] TAPE_KERNEL(int64_t line) {
    int64_t from, to, at;
    lines.find(line, from, to, at);
    for (int64_t k = 0; k < lines.length; ++k) {
      const int64_t place = at + k * lines.step_index;
      if (!valid(faults, index, place, limit)) continue;
      T& target = s[to + index[place] * lines.step_b];
      const T value = x[from + k * lines.step_a];
      target = add ? static_cast<T>(target + value) : value;
    }
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

int64_t gather(View out, View in, const int64_t* index, int dim) {
  by_width(out.dtype, [&](auto tag) { gather_typed<typename decltype(tag)::type>(out, in, index, dim); });
  return -1;
}

int64_t scatter(View self, View source, const int64_t* index, int dim, bool add) {
  if (add)
    visit_native(self.dtype, [&](auto tag) {
      scatter_typed<typename decltype(tag)::type, true>(self, source, index, dim);
    });
  else
    by_width(self.dtype,
             [&](auto tag) { scatter_typed<typename decltype(tag)::type, false>(self, source, index, dim); });
  return -1;
}

template <class T>
TAPE_BOTH bool is_nan(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return x != x;
  else
    return false;
}

/// The place of each element is the number of those before it: work grows with the square of a row, and
/// nothing moves. Rows of a few thousand are what is sorted while a network trains.
template <class T>
void argsort_typed(int64_t* out, const T* in, int64_t rows, int64_t cols, int64_t take, bool descending) {
  for_rows(rows * cols, cols, [=] TAPE_KERNEL(int64_t i, auto team) {
    const T* const x = in + i / cols * cols;
    const int64_t own = i % cols;
    const T value = x[own];
    const int64_t before = team.fold(
        int64_t{0}, cols,
        [&](int64_t k) {
          const T other = x[k];
          const bool nan = is_nan(value), other_nan = is_nan(other);
          const bool less = other_nan ? false : nan || other < value;  // other before value, ascending
          const bool greater = nan ? false : other_nan || value < other;
          const bool first = descending ? greater : less, equal = !less && !greater;
          return static_cast<int64_t>(first || (equal && k < own) ? 1 : 0);
        },
        Plus{});
    if (team.leads() && before < take) out[i / cols * take + before] = own;
  });
}

void argsort(int64_t* out, const void* in, DType dtype, int64_t rows, int64_t cols, int64_t take,
             bool descending) {
  visit_native(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    argsort_typed(out, static_cast<const T*>(in), rows, cols, take, descending);
  });
}

/// Positions bucketed by the row they look up, in the batch's order: counted, summed up, and each position
/// placed by how many before it look up the same.
template <class T>
void embedding_typed(T* table, const T* rows, const int64_t* index, int64_t count, int64_t vocabulary,
                     int64_t width, int64_t skipped) {
  auto* const starts = static_cast<int64_t*>(
      scratch(static_cast<size_t>(vocabulary + 1 + count + vocabulary) * sizeof(int64_t)));
  int64_t* const order = starts + vocabulary + 1;
  auto* const counts = reinterpret_cast<int32_t*>(order + count);
  for_each(vocabulary, [=] TAPE_KERNEL(int64_t v) { counts[v] = 0; });
  for_each(count, [=] TAPE_KERNEL(int64_t i) {
    if (index[i] >= 0 && index[i] < vocabulary) atomic_add(counts + index[i], 1);
  });
  // One team walks the vocabulary in strips.
  constexpr int64_t kStrip = 1024;
  const int64_t strips = (vocabulary + kStrip - 1) / kStrip;
  for_rows(strips, kStrip, [=] TAPE_KERNEL(int64_t strip, auto team) {
    const int64_t first = strip * kStrip, n = first + kStrip < vocabulary ? kStrip : vocabulary - first;
    const int64_t before = team.fold(
        int64_t{0}, first, [&](int64_t v) { return static_cast<int64_t>(counts[v]); }, Plus{});
    team.each(n, [&](int64_t k) {
      int64_t sum = before;
      for (int64_t v = 0; v < k; ++v) sum += counts[first + v];
      starts[first + k] = sum;
      if (first + k + 1 == vocabulary) starts[vocabulary] = sum + counts[first + k];
    });
  });
  for_rows(count, count, [=] TAPE_KERNEL(int64_t i, auto team) {
    const int64_t row = index[i];
    if (row < 0 || row >= vocabulary) return;
    const int64_t earlier = team.fold(
        int64_t{0}, i, [&](int64_t k) { return static_cast<int64_t>(index[k] == row); }, Plus{});
    if (team.leads()) order[starts[row] + earlier] = i;
  });
  for_each(vocabulary * width, [=] TAPE_KERNEL(int64_t i) {
    const int64_t v = i / width, column = i % width;
    T sum = 0;
    if (v != skipped)
      for (int64_t k = starts[v]; k < starts[v + 1]; ++k) sum += rows[order[k] * width + column];
    table[i] = sum;
  });
}

void embedding_gradient(void* table, const void* rows, const int64_t* index, DType dtype, int64_t count,
                        int64_t vocabulary, int64_t width, int64_t skipped) {
  visit_floating(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    embedding_typed(static_cast<T*>(table), static_cast<const T*>(rows), index, count, vocabulary, width,
                    skipped);
  });
}

}  // namespace

IndexingKernels indexing_table() { return {gather_rows, scatter_add_rows, gather, scatter, argsort}; }
EmbeddingKernels embedding_table() { return {embedding_gradient}; }

}  // namespace tape::cuda
