// Softmax over lines that do not lie together.
#include <cmath>

#include "helpers.h"

namespace tape::test {

TEST_CASE("softmax: many lines side by side give what rows give, bit for bit the same twice") {
  const Tensor x = randn({3, 7, 150}, DType::float64);
  for (const bool log : {false, true}) {
    const auto along = [log](const Tensor& t, int64_t dim) {
      return log ? log_softmax(t, dim) : softmax(t, dim);
    };
    for (const DType dtype : {DType::float32, DType::float64}) {
      const double tolerance = dtype == DType::float32 ? 1e-6 : 1e-14;
      const Tensor lines = clone(to(x, dtype)), rows = clone(to(x, dtype));
      lines.set_requires_grad(true);
      rows.set_requires_grad(true);
      const Tensor a = along(lines, 1), b = transpose(along(transpose(rows, 1, 2), 2), 1, 2);
      const Tensor direction = to(randn({3, 7, 150}, DType::float64), dtype);
      backward({a}, {direction}, false, false);
      backward({b}, {direction}, false, false);
      const auto got = values_of(a), expected = values_of(b), da = values_of(lines.grad()),
                 db = values_of(rows.grad());
      for (size_t i = 0; i < got.size(); ++i) {
        REQUIRE(std::fabs(got[i] - expected[i]) <= tolerance * (1 + std::fabs(expected[i])));
        REQUIRE(std::fabs(da[i] - db[i]) <= 4 * tolerance * (1 + std::fabs(db[i])));
      }
      CHECK(values_of(along(lines, 1)) == got);
    }
  }
}

TEST_CASE("softmax: a NaN spoils its own line only") {
  Tensor x = full({2, 3}, 1, DType::float32);
  x.data_as<float>()[1] = NAN;
  const auto rows = values_of(softmax(x, 1)), columns = values_of(softmax(x, 0));
  CHECK(std::isnan(rows[0]));
  CHECK(rows[3] == doctest::Approx(1.0 / 3));
  CHECK(std::isnan(columns[1]));
  CHECK(columns[0] == doctest::Approx(0.5));
}

TEST_CASE("softmax: nothing in, nothing out") {
  CHECK(softmax(full({0, 3}, 1, DType::float32), 1).numel() == 0);
  CHECK(softmax(full({3, 0}, 1, DType::float32), 1).numel() == 0);
  CHECK(softmax(full({3, 0}, 1, DType::float32), 0).numel() == 0);
  CHECK(values_of(softmax(full({}, 4, DType::float32), 0))[0] == 1);
}

}  // namespace tape::test
