// Tables of vectors.
#include <algorithm>

#include "support.h"

namespace tape {
namespace {

void check_index(const char* where, const Tensor& index) {
  if (index.dtype() != DType::int64)
    fail(ErrorCode::dtype, where, "index must be int64 numbers, got ", name_of(index.dtype()),
         ", convert it with to('int64')");
}

/// "2, 5": the position of flat element `at`.
std::string position_in(const Dims& shape, int64_t at) {
  std::string text;
  for (int d = shape.size() - 1; d >= 0; --d) {
    text = std::to_string(at % shape[d]) + (text.empty() ? "" : ", ") + text;
    at /= shape[d];
  }
  return text;
}

Tensor lookup(const Tensor& index, const Tensor& weight, int64_t skipped);

/// Zeros of `vocabulary` rows with each row of `gradient` added where its index points, `skipped` left out.
Tensor lookup_gradient(const Tensor& gradient_in, const Tensor& index, int64_t vocabulary, int64_t skipped) {
  if (any_half(gradient_in))
    return compute_in_float32([&](const Tensor& g) { return lookup_gradient(g, index, vocabulary, skipped); },
                              gradient_in);
  const Tensor gradient = contiguous(gradient_in);
  const int64_t width = gradient.size(-1);
  Tensor out = empty({vocabulary, width}, gradient.dtype(), gradient.device());
  kernels(out, gradient, index)
      .embedding.gradient(out.data(), gradient.data(), index.address<int64_t>(), gradient.dtype(),
                          index.numel(), vocabulary, width, skipped);
  record(out, "embeddingGrad", {&gradient}, {&index}, [skipped](const Backward& b) {
    const Tensor at = b.saved(0);
    const Tensor rows = lookup(at, b.grad(), -1);
    if (skipped < 0) return b.give(0, rows);
    const Tensor padding = unsqueeze(compare(CompareOp::eq, at, static_cast<double>(skipped)), -1);
    b.give(0, where(padding, full({}, 0, rows.dtype(), rows.device()), rows));
  });
  return out;
}

Tensor lookup(const Tensor& index_in, const Tensor& weight_in, int64_t skipped) {
  const Tensor index = contiguous(index_in), weight = contiguous(weight_in);
  const int64_t vocabulary = weight.size(0), width = weight.size(1);
  Dims shape = index.shape();
  shape.push_back(width);
  Tensor out = empty(shape, weight.dtype(), weight.device());
  const int64_t bad =
      kernels(out, weight, index)
          .indexing.gather_rows(out.data(), weight.data(), index.address<int64_t>(), index.numel(),
                                vocabulary, width * static_cast<int64_t>(size_of(weight.dtype())));
  if (bad >= 0)
    fail(ErrorCode::value, "embedding", "index ", index.data_as<int64_t>()[bad], " at position [",
         position_in(index.shape(), bad), "] is outside 0..", vocabulary - 1, ", the table has ", vocabulary,
         " rows (weight ", to_string(weight.shape()), ")");
  record(out, "embedding", {&weight}, {&index}, [vocabulary, skipped](const Backward& b) {
    const Tensor at = b.saved(0);
    const bool filled = b.fill(0, [&](const Tensor& into, bool adds) {
      if (adds) return add_into(into, lookup_gradient(b.grad(), at, vocabulary, skipped));
      const Tensor gradient = contiguous(b.grad());
      kernels(into, gradient, at)
          .embedding.gradient(into.data(), gradient.data(), at.address<int64_t>(), gradient.dtype(),
                              at.numel(), vocabulary, into.size(1), skipped);
    });
    if (!filled) b.give(0, lookup_gradient(b.grad(), at, vocabulary, skipped));
  });
  return out;
}

}  // namespace

Tensor embedding(const Tensor& index, const Tensor& weight, std::optional<int64_t> padding_index) {
  check_index("embedding", index);
  check_floating("embedding", weight);
  if (weight.rank() != 2)
    fail(ErrorCode::shape, "embedding", "weight must be [vocabulary, width], got ",
         to_string(weight.shape()));
  const int64_t rows = weight.size(0);
  if (!padding_index) return lookup(index, weight, -1);
  const int64_t padding = *padding_index < 0 ? *padding_index + rows : *padding_index;
  if (padding < 0 || padding >= rows)
    fail(ErrorCode::value, "embedding", "paddingIndex ", *padding_index, " is outside the table of ", rows,
         " rows (weight ", to_string(weight.shape()), ")");
  return lookup(index, weight, padding);
}

}  // namespace tape
