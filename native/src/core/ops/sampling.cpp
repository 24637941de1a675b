// Drawing: integers, coins, positions by weight. All from the thread's stream of random numbers.
#include <algorithm>
#include <cmath>
#include <vector>

#include "support.h"
#include "tape/random.h"

namespace tape {
namespace {

/// 64-bit numbers, one after another, from blocks reserved in advance.
class Draws {
 public:
  explicit Draws(int64_t count) : state_(reserve_random(2 * count)) {}
  uint64_t bits() {
    if (next_ == 4) next_ = 0;
    if (next_ == 0) block_ = philox(state_.seed, state_.offset++);
    const uint64_t high = block_.v[next_], low = block_.v[next_ + 1];
    next_ += 2;
    return high << 32 | low;
  }
  /// In [0, 1), 53 bits.
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

 private:
  PhiloxState state_;
  Philox block_{};
  int next_ = 0;
};

/// Running sums of one row of weights, checked.
std::vector<double> running_sums(const double* weights, int64_t count, int64_t row) {
  std::vector<double> sums(static_cast<size_t>(count));
  double total = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (!(weights[i] >= 0) || std::isinf(weights[i]))
      fail(ErrorCode::value, "multinomial", "weights must be finite and not negative, got ", weights[i],
           " at ", i, " of row ", row);
    sums[static_cast<size_t>(i)] = total += weights[i];
  }
  if (!(total > 0)) fail(ErrorCode::value, "multinomial", "the weights of row ", row, " add up to 0");
  return sums;
}

/// Position whose share of 0..sums.back() holds `point`; never one of weight 0.
int64_t position_of(const std::vector<double>& sums, double point) {
  const auto found =
      std::upper_bound(sums.begin(), sums.end(), std::min(point, std::nextafter(sums.back(), 0.0)));
  return found - sums.begin();
}

}  // namespace

Tensor randint(int64_t low, int64_t high, const Dims& shape, DType dtype) {
  if (low >= high) fail(ErrorCode::value, "randint", "low must be below high, got ", low, " and ", high);
  Tensor out = empty(shape, DType::int64);
  Draws draws(out.numel());
  const uint64_t range = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  for (int64_t i = 0; i < out.numel(); ++i)
    out.data_as<int64_t>()[i] = static_cast<int64_t>(static_cast<uint64_t>(low) + draws.bits() % range);
  return to(out, dtype);
}

Tensor bernoulli(const Tensor& p) {
  check_floating("bernoulli", p);
  GradMode mode(false);
  const Tensor outside = logical_not(logical_and(compare(CompareOp::ge, p, 0), compare(CompareOp::le, p, 1)));
  if (const Tensor bad = to(count_nonzero(outside), Device::cpu); *bad.data_as<int64_t>() > 0)
    fail(ErrorCode::value, "bernoulli", "probabilities must be between 0 and 1, ", *bad.data_as<int64_t>(),
         " of ", p.numel(), " are not");
  return to(compare(CompareOp::lt, rand(p.shape(), p.dtype()), p), p.dtype());
}

Tensor multinomial(const Tensor& weights_in, int64_t count, bool replacement) {
  check_floating("multinomial", weights_in);
  if (weights_in.rank() < 1 || weights_in.rank() > 2)
    fail(ErrorCode::shape, "multinomial", "weights must be [n] or [rows, n], got ",
         to_string(weights_in.shape()));
  GradMode mode(false);
  const Tensor weights = contiguous(to(weights_in, DType::float64));
  const int64_t cols = weights.size(-1), rows = weights.rank() == 2 ? weights.size(0) : 1;
  if (count < 1) fail(ErrorCode::value, "multinomial", "needs to draw at least one position, got ", count);
  Tensor out = weights.rank() == 2 ? empty({rows, count}, DType::int64) : empty({count}, DType::int64);
  Draws draws(rows * count);
  for (int64_t row = 0; row < rows; ++row) {
    double* line = weights.data_as<double>() + row * cols;
    std::vector<double> own(line, line + cols);
    if (cols == 0)
      fail(ErrorCode::shape, "multinomial", "there is nothing to draw from: ", to_string(weights.shape()));
    std::vector<double> sums = running_sums(own.data(), cols, row);
    const auto positive = std::count_if(own.begin(), own.end(), [](double w) { return w > 0; });
    if (!replacement && positive < count)
      fail(ErrorCode::value, "multinomial", "cannot draw ", count, " different positions, row ", row, " has ",
           positive, " of positive weight, pass replacement");
    for (int64_t i = 0; i < count; ++i) {
      const int64_t at = position_of(sums, draws.unit() * sums.back());
      out.data_as<int64_t>()[row * count + i] = at;
      if (replacement || i + 1 == count) continue;
      own[static_cast<size_t>(at)] = 0;
      sums = running_sums(own.data(), cols, row);
    }
  }
  return out;
}

}  // namespace tape
