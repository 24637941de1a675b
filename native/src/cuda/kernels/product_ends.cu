// What a matrix product that is no product, or that its library cannot finish, still needs.
#include "../map.h"
#include "../product_ends.h"

namespace tape::cuda {
namespace {

template <class C>
void end_typed(DType dtype, const Matrix& c, const void* bias, bool relu, bool empty) {
  void* const out = c.data;
  const int64_t cols = c.cols, stride = c.row_stride;
  for_each(c.rows * c.cols, [=] TAPE_KERNEL(int64_t i) {
    const int64_t at = i / cols * stride + i % cols;
    C value = empty ? C(0) : load<C>(out, dtype, at);
    if (bias) value += load<C>(bias, dtype, i % cols);
    store(out, dtype, at, relu && value < C(0) ? C(0) : value);
  });
}

}  // namespace

void end_product(DType dtype, Matrix c, const void* bias, bool relu, bool empty) {
  visit_floating(compute_dtype(dtype),
                 [&](auto tag) { end_typed<typename decltype(tag)::type>(dtype, c, bias, relu, empty); });
}

}  // namespace tape::cuda
