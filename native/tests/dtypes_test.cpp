// The 16-bit floating types and int32: conversions bit by bit, and what kernels do with them.
#include <bit>
#include <cmath>

#include "helpers.h"
#include "tape/random.h"

namespace tape::test {
namespace {

/// The nearest value with `fraction` bits whose least exponent is `least`, ties to even, in double
/// arithmetic.
double nearest(double value, int fraction, int least, double greatest) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent;
  std::frexp(value, &exponent);
  const double unit = std::ldexp(1.0, std::max(exponent - 1, least) - fraction);
  const double rounded = std::nearbyint(value / unit) * unit;
  return std::fabs(rounded) > greatest ? std::copysign(INFINITY, value) : rounded;
}
double nearest(double value, DType dtype) {
  return dtype == DType::bfloat16 ? nearest(value, 7, -126, 3.3895313892515355e38)
                                  : nearest(value, 10, -14, 65504);
}

/// Floats of every magnitude, with many that lie between two 16-bit values.
std::vector<float> awkward_floats(int count) {
  std::vector<float> values{0.f,     -0.f,     1.f,      65504.f,       65519.9f,      65520.f,
                            3.4e38f, 5.96e-8f, 2.98e-8f, 2.9802323e-8f, 6.1035156e-5f, 6.097e-5f};
  for (uint64_t i = 0; values.size() < static_cast<size_t>(count); ++i) {
    uint32_t bits = philox(5, i).v[0];
    if (i % 3 == 0) bits &= 0xFFFFF000u;                        // ties of binary16
    if (i % 3 == 1) bits = (bits & 0xFFFF0000u) | 0x8000u;      // ties of bfloat16
    if (i % 2 == 0) bits = (bits & 0x8FFFFFFFu) | 0x30000000u;  // in binary16's range
    const float value = std::bit_cast<float>(bits);
    if (std::isnormal(value)) values.push_back(value);
  }
  return values;
}

Tensor from(const std::vector<float>& values) {
  Tensor out = empty({static_cast<int64_t>(values.size())}, DType::float32);
  std::copy(values.begin(), values.end(), out.data_as<float>());
  return out;
}

}  // namespace

TEST_CASE("dtypes: every 16-bit number survives the way to float32 and back") {
  for (const DType dtype : {DType::bfloat16, DType::float16}) {
    Tensor all = empty({65536}, dtype);
    for (int i = 0; i < 65536; ++i) all.data_as<uint16_t>()[i] = static_cast<uint16_t>(i);
    const Tensor wide = to(all, DType::float32), back = to(wide, dtype);
    int wrong = 0, wide_wrong = 0;
    for (int i = 0; i < 65536; ++i) {
      const bool nan = std::isnan(wide.data_as<float>()[i]);
      const uint16_t got = back.data_as<uint16_t>()[i];
      const uint16_t quiet = dtype == DType::bfloat16 ? 0x40 : 0x200;
      if (got != (nan ? i | quiet : i)) ++wrong;
      const float scalar = dtype == DType::bfloat16 ? BFloat16::decode(static_cast<uint16_t>(i))
                                                    : Float16::decode(static_cast<uint16_t>(i));
      if (!nan && scalar != wide.data_as<float>()[i]) ++wide_wrong;
    }
    CHECK(wrong == 0);
    CHECK(wide_wrong == 0);
  }
  CHECK(Float16::decode(0x3C01) == 1.0009765625f);
  CHECK(Float16::decode(0x0001) == 0x1p-24f);
  CHECK(BFloat16::decode(0x3F81) == 1.0078125f);
}

TEST_CASE("dtypes: rounding is to the nearest, ties to even, and keeps NaN") {
  const std::vector<float> values = awkward_floats(40001);
  for (const DType dtype : {DType::bfloat16, DType::float16}) {
    const std::vector<double> got = values_of(to(from(values), dtype));
    int wrong = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      const double expected = nearest(values[i], dtype);
      const float scalar = dtype == DType::bfloat16 ? float(BFloat16(values[i])) : float(Float16(values[i]));
      if (got[i] != expected || scalar != expected) ++wrong;
    }
    CHECK(wrong == 0);
    const float nan = std::bit_cast<float>(0x7F800001u);  // whose upper half looks like infinity
    CHECK(std::isnan(values_of(to(from({nan}), dtype))[0]));
    CHECK(std::isinf(values_of(to(from({-INFINITY}), dtype))[0]));
    CHECK(std::signbit(values_of(to(from({-0.f}), dtype))[0]));
  }
}

TEST_CASE("dtypes: 16-bit elementwise ops are float32 ops, rounded once") {
  const std::vector<double> a{1.5, -2.25, 0.1, 300, -0.7, 0.003}, b{0.3, 7, -1.1, 2.5, 0.9, 11};
  for (const DType dtype : {DType::bfloat16, DType::float16}) {
    const Tensor x = make({2, 3}, a, dtype), y = make({2, 3}, b, dtype);
    const Tensor fx = to(x, DType::float32), fy = to(y, DType::float32);
    const auto same = [&](const Tensor& half, const Tensor& full) {
      CHECK(half.dtype() == dtype);
      CHECK(values_of(half) == values_of(to(full, dtype)));
    };
    same(add(x, y), add(fx, fy));
    same(mul(x, select(y, 0, 1)), mul(fx, select(fy, 0, 1)));
    same(div(transpose(x, 0, 1), transpose(y, 0, 1)), div(transpose(fx, 0, 1), transpose(fy, 0, 1)));
    same(exp(x), exp(fx));
    same(relu(neg(x)), relu(neg(fx)));
    same(pow(abs(x), 1.3), pow(abs(fx), 1.3));
    // The number is not rounded to 16 bits before it is used.
    same(mul(x, 0.1), mul(fx, 0.1));
    const Tensor self = clone(x);
    binary_(BinaryOp::add, self, 0.1);
    same(self, add(fx, 0.1));
    CHECK(values_of(compare(CompareOp::lt, x, y)) == values_of(compare(CompareOp::lt, fx, fy)));
    CHECK(values_of(compare(CompareOp::eq, full({1}, 0.1, dtype), 0.1))[0] == 1);
    same(where(compare(CompareOp::gt, x, 0), x, y), where(compare(CompareOp::gt, fx, 0), fx, fy));
    same(full({3}, 0.1, dtype), full({3}, 0.1, DType::float32));
    // Lines longer than the pieces they are converted in.
    const Tensor line = mul(to(arange(0, 1500, 1, DType::float32), dtype), 0.01);
    same(line, mul(to(to(arange(0, 1500, 1, DType::float32), dtype), DType::float32), 0.01));
    CHECK(values_of(to(x, DType::int64)) == values_of(to(fx, DType::int64)));
    CHECK(values_of(to(make({2}, {3, -4}, DType::int64), dtype)) == std::vector<double>{3, -4});
  }
}

TEST_CASE("dtypes: a cast passes the gradient on in the other dtype") {
  const Tensor x = variable({3}, {1, 2, 3}, DType::float32);
  const Tensor low = to(x, DType::bfloat16);
  backward({mul(low, low)}, {full({3}, 1, DType::bfloat16)}, false, false);
  CHECK(x.grad().dtype() == DType::float32);
  CHECK(values_of(x.grad()) == std::vector<double>{2, 4, 6});
}

TEST_CASE("dtypes: random fills of 16-bit tensors round those of float32") {
  manual_seed(3);
  const Tensor wide = randn({33}, DType::float32);
  manual_seed(3);
  const Tensor low = randn({33}, DType::bfloat16);
  CHECK(values_of(low) == values_of(to(wide, DType::bfloat16)));
}

TEST_CASE("dtypes: int32 is an integer like int64") {
  const Tensor x = make({2, 2}, {1, -2, 2147483647, 4}, DType::int32);
  CHECK(add(x, x).dtype() == DType::int32);
  CHECK(values_of(mul(x, 3))[1] == -6);
  CHECK(sum(x).dtype() == DType::int64);
  CHECK(values_of(sum(x))[0] == 2147483650.0);
  CHECK(values_of(amax(x, {1})) == std::vector<double>{1, 2147483647});
  CHECK(values_of(to(make({2}, {2.9, -2.9}), DType::int32)) == std::vector<double>{2, -2});
  CHECK(message_of([&] { div(x, x); }) ==
        "[div] division of int32 tensors is not defined, convert with to('float32')");
  CHECK(message_of([&] { add(x, to(x, DType::int64)); }) ==
        "[add] dtypes differ: int32 and int64, convert one with to()");
}

}  // namespace tape::test
