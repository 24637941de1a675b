// Losses over classes.
#include "support.h"

namespace tape {
namespace {

/// What backward needs to know of a classification loss, without its tensors.
struct Counting {
  Reduction reduction;
  int64_t rows, cols, ignored;
  double smoothing;

  ClassLoss with(const Tensor& weight) const {
    return {weight.defined() ? weight.data() : nullptr, ignored, smoothing};
  }
  bool each() const { return reduction == Reduction::none; }
  bool averages() const { return reduction == Reduction::mean; }
  /// What a mean multiplies the sum over rows by, a tensor of one element, as kernels take it.
  const void* share(const Tensor& one) const { return averages() ? one.data() : nullptr; }
  /// The gradient of each row.
  Tensor factor(const Tensor& gradient, const Tensor& share) const {
    if (averages()) return mul(gradient, share);
    return each() ? reshape(gradient, {rows, 1}) : gradient;
  }
};

void check_classes(const char* name, const Tensor& x, const Tensor& target, const ClassLossOptions& options) {
  check_floating(name, x);
  if (x.rank() == 0)
    fail(ErrorCode::shape, name, "logits must be [classes], [batch, classes] or [batch, classes, ..], got ",
         to_string(x.shape()));
  if (target.dtype() != DType::int64)
    fail(ErrorCode::dtype, name, "target must be int64 class numbers, got ", name_of(target.dtype()),
         ", convert it with to('int64')");
  Dims expected = x.shape();
  expected.erase(x.rank() == 1 ? 0 : 1);
  if (target.shape() != expected) {
    if (x.rank() == 2)
      fail(ErrorCode::shape, name, "target must have one class for each of the ", x.size(0), " rows, got ",
           to_string(target.shape()), " (logits ", to_string(x.shape()), ")");
    fail(ErrorCode::shape, name, "target must have shape ", to_string(expected), ", got ",
         to_string(target.shape()), " (logits ", to_string(x.shape()), ")");
  }
  check_same_device(name, x, target);
  const Tensor& weight = options.weight;
  if (!weight.defined()) return;
  check_same_dtype(name, x, weight);
  const int64_t classes = x.size(x.rank() == 1 ? 0 : 1);
  if (weight.rank() != 1 || weight.size(0) != classes)
    fail(ErrorCode::shape, name, "weight must have one element for each of the ", classes, " classes, got ",
         to_string(weight.shape()));
  if (weight.requires_grad()) fail(ErrorCode::gradient, name, "weight has no gradient, detach() it");
}

void check_smoothing(const char* name, double smoothing) {
  if (!(smoothing >= 0 && smoothing <= 1))
    fail(ErrorCode::value, name, "labelSmoothing must be between 0 and 1, got ", smoothing);
}

/// x with its classes last, as rows.
Tensor class_rows(const Tensor& x) {
  if (x.rank() == 1) return contiguous(reshape(x, {1, x.size(0)}));
  if (x.rank() == 2) return contiguous(x);
  Dims order{0};
  int64_t rows = x.size(0);
  for (int d = 2; d < x.rank(); ++d) {
    order.push_back(d);
    rows *= x.size(d);
  }
  order.push_back(1);
  return contiguous(reshape(permute(x, order), {rows, x.size(1)}));
}

[[noreturn]] void bad_label(const char* name, const Tensor& target, int64_t row, const Tensor& x) {
  fail(ErrorCode::value, name, "label ", target.data_as<int64_t>()[row], " at row ", row, " is outside 0..",
       x.size(x.rank() == 1 ? 0 : 1) - 1, " (logits ", to_string(x.shape()), ")");
}

Tensor plain_or_none(const Tensor& x) { return x.defined() ? contiguous(x) : x; }

/// Sum or mean over rows, or their losses in target's shape.
Tensor reduce_rows(const Tensor& losses, const Counting& counting, const Tensor& share, const Dims& shape) {
  if (counting.each()) return alias(losses, shape, contiguous_strides(shape), 0);
  Tensor out = empty({}, losses.dtype(), losses.device());
  kernels(out, losses).reduce.reduce(ReduceOp::sum, view_of(out), view_of(losses), 0, 1);
  // Scaled afterwards: nothing over nothing must be NaN.
  if (counting.averages())
    kernels(out, share).elementwise.binary(BinaryOp::mul, view_of(out), view_of(out), view_of(share));
  return out;
}

/// The loss of 16-bit logits.
Tensor in_float32(Tensor (*loss)(const Tensor&, const Tensor&, const ClassLossOptions&), const Tensor& logits,
                  const Tensor& target, const ClassLossOptions& options) {
  return autocast_float32(
      [&](const Tensor& x, const Tensor& t, const Tensor& weight) {
        ClassLossOptions widened = options;
        widened.weight = weight;
        return loss(x, t, widened);
      },
      logits, target, options.weight);
}

/// The target is a distribution: everything through ops that have derivatives.
Tensor soft_cross_entropy(const Tensor& logits, const Tensor& target, const ClassLossOptions& options) {
  check_same_dtype("crossEntropy", logits, target);
  const int dim = logits.rank() == 1 ? 0 : 1;
  const int64_t classes = logits.size(dim);
  Tensor wanted = target;
  if (options.label_smoothing > 0)
    wanted =
        add(mul(target, 1 - options.label_smoothing), options.label_smoothing / static_cast<double>(classes));
  if (options.weight.defined()) {
    Dims along = Dims::filled(logits.rank(), 1);
    along[dim] = classes;
    if (options.weight.numel() != classes || options.weight.rank() != 1)
      fail(ErrorCode::shape, "crossEntropy", "weight must have one element for each of the ", classes,
           " classes, got ", to_string(options.weight.shape()));
    wanted = mul(wanted, reshape(options.weight, along));
  }
  const Tensor losses = neg(sum(mul(log_softmax(logits, dim), wanted), {dim}));
  if (options.reduction == Reduction::none) return losses;
  return options.reduction == Reduction::mean ? mean(losses) : sum(losses);
}

}  // namespace

Tensor cross_entropy(const Tensor& logits, const Tensor& target_in, const ClassLossOptions& options) {
  const char* name = "crossEntropy";
  if (any_half(logits)) return in_float32(cross_entropy, logits, target_in, options);
  check_smoothing(name, options.label_smoothing);
  if (is_floating(target_in.dtype()) && logits.rank() > 0 && logits.shape() == target_in.shape())
    return soft_cross_entropy(logits, target_in, options);
  check_classes(name, logits, target_in, options);
  const Tensor x = class_rows(logits), target = contiguous(target_in), weight = plain_or_none(options.weight);
  const Counting counting{options.reduction, x.size(0), x.size(1), options.ignore_index,
                          options.label_smoothing};
  const Tensor losses = empty({counting.rows}, x.dtype(), x.device()),
               log_sum_exp = empty({counting.rows}, x.dtype(), x.device());
  const Tensor share = empty({}, x.dtype(), x.device());
  const int64_t bad = kernels(losses, log_sum_exp, share, x, target, weight)
                          .loss.cross_entropy(losses.data(), log_sum_exp.data(), share.data(), x.data(),
                                              target.address<int64_t>(), x.dtype(), counting.rows,
                                              counting.cols, counting.with(weight));
  if (bad >= 0) bad_label(name, target, bad, logits);
  Tensor out = reduce_rows(losses, counting, share, target.shape());
  Node* node = record(
      out, name, {&x}, {&x, &target, &log_sum_exp, &share},
      [counting, weighted = weight.defined()](const Backward& b) {
        const Tensor input = b.saved(0), labels = b.saved(1), kept = b.saved(2), part = b.saved(3);
        const ClassLoss loss = counting.with(weighted ? b.saved(4) : Tensor());
        Tensor result = empty(input.shape(), input.dtype(), input.device());
        if (grad_enabled()) {
          kernels(result, labels)
              .loss.class_targets(result.data(), nullptr, 0, nullptr, 1, labels.address<int64_t>(),
                                  input.dtype(), counting.rows, counting.cols, loss);
          const Tensor slope = sub(mul(softmax(input, 1), sum(result, {1}, true)), result);
          return b.give(0, mul(slope, counting.factor(b.grad(), part)));
        }
        const Tensor gradient = contiguous(b.grad());
        kernels(result, gradient, input, kept, labels)
            .loss.cross_entropy_grad(
                result.data(), gradient.data(), counting.each() ? 1 : 0, counting.share(part), input.data(),
                kept.data(), labels.address<int64_t>(), input.dtype(), counting.rows, counting.cols, loss);
        b.give(0, result);
      });
  if (node && weight.defined()) node->save(weight);
  return out;
}

Tensor nll_loss(const Tensor& log_probabilities, const Tensor& target_in, const ClassLossOptions& options) {
  const char* name = "nllLoss";
  if (any_half(log_probabilities)) return in_float32(nll_loss, log_probabilities, target_in, options);
  check_classes(name, log_probabilities, target_in, options);
  const Tensor x = class_rows(log_probabilities), target = contiguous(target_in),
               weight = plain_or_none(options.weight);
  const Counting counting{options.reduction, x.size(0), x.size(1), options.ignore_index, 0};
  const Tensor losses = empty({counting.rows}, x.dtype(), x.device());
  const Tensor share = empty({}, x.dtype(), x.device());
  const int64_t bad = kernels(losses, share, x, target, weight)
                          .loss.nll(losses.data(), share.data(), x.data(), target.address<int64_t>(),
                                    x.dtype(), counting.rows, counting.cols, counting.with(weight));
  if (bad >= 0) bad_label(name, target, bad, log_probabilities);
  Tensor out = reduce_rows(losses, counting, share, target.shape());
  Node* node =
      record(out, name, {&x}, {&target, &share}, [counting, weighted = weight.defined()](const Backward& b) {
        const Tensor labels = b.saved(0), part = b.saved(1);
        const ClassLoss loss = counting.with(weighted ? b.saved(2) : Tensor());
        Tensor result = empty({counting.rows, counting.cols}, b.grad().dtype(), b.grad().device());
        const bool composed = grad_enabled();
        const Tensor gradient = contiguous(b.grad());
        // Linear in its input: the slope is a constant.
        kernels(result, gradient, labels)
            .loss.class_targets(result.data(), composed ? nullptr : gradient.data(), counting.each() ? 1 : 0,
                                composed ? nullptr : counting.share(part), -1, labels.address<int64_t>(),
                                result.dtype(), counting.rows, counting.cols, loss);
        b.give(0, composed ? mul(result, counting.factor(gradient, part)) : result);
      });
  if (node && weight.defined()) node->save(weight);
  return out;
}

}  // namespace tape
