// Dropout in every layout.
#include "helpers.h"
#include "tape/random.h"

namespace tape::test {

TEST_CASE("dropout: a dense layout stays, and the gradient loses the same elements") {
  for (const bool channels_last : {false, true}) {
    manual_seed(11);
    Tensor x = full({4, 6, 5, 3}, 1, DType::float32);
    x.set_requires_grad(true);
    const Tensor input = channels_last ? permute(x, {0, 3, 1, 2}) : x;
    const Tensor out = dropout(input, 0.4, true);
    CHECK(out.strides() == input.strides());
    // A gradient in another layout than the output's must meet the same elements.
    backward({sum(mul(out, contiguous(full(out.shape(), 1, DType::float32))))}, {}, false, false);
    const auto kept = values_of(channels_last ? permute(out, {0, 2, 3, 1}) : out);
    CHECK(values_of(x.grad()) == kept);
    double share = 0;
    for (double value : kept) share += value == 0;
    CHECK(share / static_cast<double>(kept.size()) == doctest::Approx(0.4).epsilon(0.2));
  }
}

TEST_CASE("dropout: of what is not dense, of nothing, and of everything") {
  manual_seed(1);
  const Tensor wide = full({6, 8}, 2, DType::float64);
  const Tensor part = dropout(narrow(wide, 1, 0, 4), 0.5, true);
  CHECK(part.is_contiguous());
  for (double value : values_of(part)) CHECK((value == 0 || value == 4));
  CHECK(values_of(dropout(wide, 1, true)) == std::vector<double>(48, 0.0));
  CHECK(dropout(full({0, 3}, 1, DType::float32), 0.5, true).numel() == 0);
}

}  // namespace tape::test
