// Gathering and scattering along one dimension, and sorting.
#include <algorithm>
#include <vector>

#include "indexing_kernels.h"
#include "loop.h"

namespace tape::cpu::TAPE_ISA {
namespace {

constexpr int64_t kBlock =
    128;  // positions of the other dimensions handled together, so that reads stay close

int64_t first_bad(const int64_t* index, int64_t count, int64_t size) {
  bool bad = false;
  for (int64_t i = 0; i < count; ++i) bad |= index[i] < 0 || index[i] >= size;
  if (!bad) return -1;
  int64_t at = 0;
  while (index[at] >= 0 && index[at] < size) ++at;
  return at;
}

/// Calls body(place in a, place in b, index) for every position of `shape` (a's); `b`'s place is that of 0
/// along `dim`.
template <class Body>
void walk(const View& a, const View& b, const int64_t* index, int dim, const Body& body) {
  int64_t index_strides[kMaxRank], others = 1, stride = 1;
  for (int d = a.rank - 1; d >= 0; --d) {
    index_strides[d] = stride;
    stride *= a.shape[d];
    if (d != dim) others *= a.shape[d];
  }
  const int64_t count = a.shape[dim];
  if (count == 0) return;
  // Lines along `dim` never meet, so threads may share them.
  parallel_for(others, kParallelGrain / count + 1, [&](int64_t begin, int64_t end) {
    int64_t at_a[kBlock], at_b[kBlock], at_index[kBlock];
    for (int64_t first = begin; first < end; first += kBlock) {
      const int64_t block = std::min(kBlock, end - first);
      for (int64_t j = 0; j < block; ++j) {
        int64_t rest = first + j;
        at_a[j] = at_b[j] = at_index[j] = 0;
        for (int d = a.rank - 1; d >= 0; --d) {
          if (d == dim) continue;
          const int64_t p = rest % a.shape[d];
          rest /= a.shape[d];
          at_a[j] += p * a.strides[d];
          at_b[j] += p * b.strides[d];
          at_index[j] += p * index_strides[d];
        }
      }
      for (int64_t k = 0; k < count; ++k)
        for (int64_t j = 0; j < block; ++j)
          body(at_a[j] + k * a.strides[dim],
               at_b[j] + index[at_index[j] + k * index_strides[dim]] * b.strides[dim]);
    }
  });
}

/// Calls run(TypeTag) with a type as wide as `dtype`: elements are moved, not computed with.
template <class Run>
void by_width(DType dtype, const Run& run) {
  switch (size_of(dtype)) {
    case 1:
      return run(TypeTag<uint8_t>{});
    case 2:
      return run(TypeTag<uint16_t>{});
    case 4:
      return run(TypeTag<uint32_t>{});
    default:
      return run(TypeTag<uint64_t>{});
  }
}

int64_t total(const View& view) {
  int64_t count = 1;
  for (int d = 0; d < view.rank; ++d) count *= view.shape[d];
  return count;
}

/// a before b in ascending order; NaN last.
template <class T>
bool less(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return a < b || (b != b && a == a);
  return a < b;
}

}  // namespace

int64_t gather(View out, View in, const int64_t* index, int dim) {
  if (const int64_t bad = first_bad(index, total(out), in.shape[dim]); bad >= 0) return bad;
  by_width(out.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* o = static_cast<T*>(out.data);
    const T* x = static_cast<const T*>(in.data);
    walk(out, in, index, dim, [o, x](int64_t to, int64_t from) { o[to] = x[from]; });
  });
  return -1;
}

int64_t scatter(View self, View source, const int64_t* index, int dim, bool add) {
  if (const int64_t bad = first_bad(index, total(source), self.shape[dim]); bad >= 0) return bad;
  if (add) {
    visit_native(self.dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      T* s = static_cast<T*>(self.data);
      const T* x = static_cast<const T*>(source.data);
      walk(source, self, index, dim,
           [s, x](int64_t from, int64_t to) { s[to] = static_cast<T>(s[to] + x[from]); });
    });
    return -1;
  }
  by_width(self.dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* s = static_cast<T*>(self.data);
    const T* x = static_cast<const T*>(source.data);
    walk(source, self, index, dim, [s, x](int64_t from, int64_t to) { s[to] = x[from]; });
  });
  return -1;
}

void argsort(int64_t* out, const void* in, DType dtype, int64_t rows, int64_t cols, int64_t take,
             bool descending) {
  visit_native(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    struct Item {
      T value;
      int64_t position;
    };
    parallel_for(rows, 2048 / (cols > 0 ? cols : 1) + 1, [&](int64_t begin, int64_t end) {
      std::vector<Item> items(static_cast<size_t>(cols));
      const auto before = [descending](const Item& a, const Item& b) {
        const bool first = descending ? less(b.value, a.value) : less(a.value, b.value);
        const bool second = descending ? less(a.value, b.value) : less(b.value, a.value);
        return first || (!second && a.position < b.position);
      };
      for (int64_t row = begin; row < end; ++row) {
        const T* x = static_cast<const T*>(in) + row * cols;
        for (int64_t i = 0; i < cols; ++i) items[static_cast<size_t>(i)] = {x[i], i};
        if (take < cols)
          std::partial_sort(items.begin(), items.begin() + take, items.end(), before);
        else
          std::sort(items.begin(), items.end(), before);
        for (int64_t i = 0; i < take; ++i) out[row * take + i] = items[static_cast<size_t>(i)].position;
      }
    });
  });
}

}  // namespace tape::cpu::TAPE_ISA
