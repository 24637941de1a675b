// Padded sequences with true lengths, made of other ops.
#include <limits>

#include "support.h"

namespace tape {
namespace {

/// The mask of x's steps, with a dimension of 1 for each dimension behind them.
Tensor step_mask(const char* name, const Tensor& x, const Tensor& lengths) {
  check_floating(name, x);
  if (x.rank() < 2) fail(ErrorCode::shape, name, "needs sequences [B, T, ..], got ", to_string(x.shape()));
  check_lengths(name, lengths, x.size(0), 1, x.size(1), "steps");
  Dims shape = Dims::filled(x.rank(), 1);
  shape[0] = x.size(0);
  shape[1] = x.size(1);
  return to(reshape(lengths_mask(lengths, x.size(1)), shape), x.device());
}

}  // namespace

void check_lengths(const char* where, const Tensor& lengths, int64_t batch, int64_t least, int64_t most,
                   const char* of) {
  if (lengths.dtype() != DType::int64)
    fail(ErrorCode::dtype, where, "lengths must be int64, got ", name_of(lengths.dtype()),
         ", convert them with to('int64')");
  if (lengths.rank() != 1 || lengths.size(0) != batch)
    fail(ErrorCode::shape, where, "needs one length for each of the ", batch, " sequences, got ",
         to_string(lengths.shape()));
  const Tensor plain = to(contiguous(lengths), Device::cpu);
  for (int64_t i = 0; i < batch; ++i)
    if (const int64_t length = plain.data_as<int64_t>()[i]; length < least || length > most)
      fail(ErrorCode::value, where, "length ", length, " of sequence ", i, " is outside ", least, "..", most,
           " (", most, " ", of, ")");
}

Tensor lengths_mask(const Tensor& lengths, int64_t steps) {
  if (steps < 0) fail(ErrorCode::value, "lengthsMask", "steps must not be negative, got ", steps);
  check_lengths("lengthsMask", lengths, lengths.rank() == 1 ? lengths.size(0) : 0, 0, steps, "steps");
  const Tensor places = to(arange(0, static_cast<double>(steps), 1, DType::int64), lengths.device());
  return compare(CompareOp::lt, places, unsqueeze(lengths, 1));
}

Tensor masked_mean(const Tensor& x, const Tensor& lengths) {
  const Tensor mask = step_mask("maskedMean", x, lengths);
  const Tensor total = sum(where(mask, x, 0.0), {1});
  Dims shape = Dims::filled(total.rank(), 1);
  shape[0] = x.size(0);
  return div(total, to(reshape(to(lengths, x.dtype()), shape), x.device()));
}

Tensor masked_max(const Tensor& x, const Tensor& lengths) {
  const Tensor mask = step_mask("maskedMax", x, lengths);
  return amax(where(mask, x, -std::numeric_limits<double>::infinity()), {1});
}

}  // namespace tape
