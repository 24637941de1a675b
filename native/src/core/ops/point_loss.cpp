// Losses that compare element by element, and cosine similarity.
#include "support.h"

namespace tape {
namespace {

struct PointOperands {
  Tensor input, target, weight, positive;
  double parameter;

  PointInput raw() const {
    return {input.data(),
            target.data(),
            weight.defined() ? weight.data() : nullptr,
            positive.defined() ? positive.data() : nullptr,
            input.dtype(),
            input.numel(),
            parameter};
  }
};

/// log(1 + e^x), in ops that have derivatives; at 0 they give the right half.
Tensor softplus_of(const Tensor& x) {
  return add(maximum(x, full({}, 0, x.dtype(), x.device())), log(add(exp(neg(abs(x))), 1)));
}

Tensor clamped(const Tensor& x, double limit) {
  return minimum(maximum(x, full({}, -limit, x.dtype(), x.device())), full({}, limit, x.dtype(), x.device()));
}

/// 1 + (positive - 1) * target: what the positive half of binary cross-entropy counts.
Tensor positive_share(const PointOperands& in) {
  return in.positive.defined() ? add(mul(in.target, sub(in.positive, 1)), 1) : Tensor();
}

Tensor times(const Tensor& x, const Tensor& factor) { return factor.defined() ? mul(x, factor) : x; }

/// d loss / d input in ops that have derivatives.
Tensor input_slope(PointLoss loss, const PointOperands& in) {
  const Tensor &x = in.input, &t = in.target;
  switch (loss) {
    case PointLoss::mse:
      return mul(sub(x, t), 2);
    case PointLoss::l1:
      return sign(sub(x, t));
    case PointLoss::smooth_l1:
      return clamped(div(sub(x, t), in.parameter), 1);
    case PointLoss::huber:
      return clamped(sub(x, t), in.parameter);
    case PointLoss::bce_with_logits:
      return times(sub(rsub(t, 1), times(sigmoid(neg(x)), positive_share(in))), in.weight);
    case PointLoss::kl:
      return neg(t);
    case PointLoss::kl_log:
      return neg(exp(t));
  }
  return {};
}

/// d loss / d target, likewise; undefined where it is the input's with the sign turned.
Tensor target_slope(PointLoss loss, const PointOperands& in) {
  const Tensor &x = in.input, &t = in.target;
  switch (loss) {
    case PointLoss::bce_with_logits: {
      Tensor slope = neg(x);
      if (in.positive.defined()) slope = add(slope, mul(softplus_of(slope), sub(in.positive, 1)));
      return times(slope, in.weight);
    }
    case PointLoss::kl:
      return sub(add(log(t), 1), x);
    case PointLoss::kl_log:
      return mul(exp(t), add(sub(t, x), 1));
    default:
      return {};
  }
}

/// `x` as the kernel reads it: in the shape of `like`, contiguous. Losses do not differentiate weights.
Tensor factor_for(const char* name, const char* what, const Tensor& x, const Tensor& like) {
  if (!x.defined()) return x;
  check_same_dtype(name, like, x);
  if (!is_expandable(x.shape(), like.shape()))
    fail(ErrorCode::shape, name, what, " ", to_string(x.shape()), " does not broadcast to logits ",
         to_string(like.shape()));
  if (x.requires_grad()) fail(ErrorCode::gradient, name, what, " has no gradient, detach() it");
  GradMode mode(false);
  return contiguous(expand(x, like.shape()));
}

Tensor point_loss(const char* name, PointLoss loss, const Tensor& input, const Tensor& target,
                  Reduction reduction, double parameter = 0, const Tensor& weight = {},
                  const Tensor& positive = {}) {
  check_floating(name, input);
  if (any_half(input, target))
    return autocast_float32(
        [&](const Tensor& x, const Tensor& t, const Tensor& w, const Tensor& p) {
          return point_loss(name, loss, x, t, reduction, parameter, w, p);
        },
        input, target, weight, positive);
  if (input.shape() != target.shape())
    fail(ErrorCode::shape, name, "input and target differ in shape: ", to_string(input.shape()), " and ",
         to_string(target.shape()));
  check_same_dtype(name, input, target);
  const PointOperands in{contiguous(input), contiguous(target), factor_for(name, "weight", weight, input),
                         factor_for(name, "posWeight", positive, input), parameter};
  const bool each = reduction == Reduction::none;
  const double scale = reduction == Reduction::mean ? 1.0 / static_cast<double>(input.numel()) : 1.0;
  Tensor out;
  if (each) {
    out = empty(input.shape(), input.dtype(), input.device());
    kernels(out, in.input, in.target, in.weight, in.positive).loss.point(loss, out.data(), in.raw());
  } else {
    out = empty({}, input.dtype(), input.device());
    kernels(out, in.input, in.target, in.weight, in.positive)
        .loss.point_sum(loss, out.data(),
                        reduction == Reduction::mean ? static_cast<double>(input.numel()) : 1, in.raw());
  }
  const bool weighted = in.weight.defined(), positives = in.positive.defined();
  Node* node =
      record(out, name, {&in.input, &in.target}, {&in.input, &in.target},
             [loss, parameter, each, scale, weighted, positives](const Backward& b) {
               const PointOperands kept{b.saved(0), b.saved(1), weighted ? b.saved(2) : Tensor(),
                                        positives ? b.saved(weighted ? 3 : 2) : Tensor(), parameter};
               Tensor slope;
               const auto fold = [&](const Tensor& x) { return mul(mul(x, b.grad()), scale); };
               const Tensor own = b.wants(1) ? target_slope(loss, kept) : Tensor();
               if (own.defined()) b.give(1, fold(own));
               if (!b.wants(0) && (own.defined() || !b.wants(1))) return;
               if (grad_enabled()) {
                 slope = fold(input_slope(loss, kept));
               } else {
                 const Tensor gradient = contiguous(b.grad());
                 slope = empty(kept.input.shape(), kept.input.dtype(), kept.input.device());
                 kernels(slope, gradient, kept.input)
                     .loss.point_grad(loss, slope.data(), gradient.data(), each ? 1 : 0, scale, kept.raw());
               }
               if (b.wants(1) && !own.defined()) b.give(1, neg(slope));
               if (b.wants(0)) b.give(0, slope);
             });
  if (node && weighted) node->save(in.weight);
  if (node && positives) node->save(in.positive);
  return out;
}

}  // namespace

Tensor mse_loss(const Tensor& input, const Tensor& target, Reduction reduction) {
  return point_loss("mseLoss", PointLoss::mse, input, target, reduction);
}

Tensor l1_loss(const Tensor& input, const Tensor& target, Reduction reduction) {
  return point_loss("l1Loss", PointLoss::l1, input, target, reduction);
}

Tensor huber_loss(const Tensor& input, const Tensor& target, Reduction reduction, double delta) {
  if (!(delta > 0)) fail(ErrorCode::value, "huberLoss", "delta must be above 0, got ", delta);
  return point_loss("huberLoss", PointLoss::huber, input, target, reduction, delta);
}

Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, Reduction reduction, double beta) {
  if (!(beta >= 0)) fail(ErrorCode::value, "smoothL1Loss", "beta must not be negative, got ", beta);
  return point_loss("smoothL1Loss", beta == 0 ? PointLoss::l1 : PointLoss::smooth_l1, input, target,
                    reduction, beta);
}

Tensor bce_with_logits(const Tensor& logits, const Tensor& target, const Tensor& weight,
                       const Tensor& pos_weight, Reduction reduction) {
  return point_loss("bceWithLogits", PointLoss::bce_with_logits, logits, target, reduction, 0, weight,
                    pos_weight);
}

Tensor kl_div(const Tensor& input, const Tensor& target, Reduction reduction, bool log_target) {
  return point_loss("klDiv", log_target ? PointLoss::kl_log : PointLoss::kl, input, target, reduction);
}

Tensor cosine_similarity(const Tensor& a, const Tensor& b, int64_t dim_in, double eps) {
  check_floating("cosineSimilarity", a);
  if (any_half(a, b))
    return autocast_float32(
        [&](const Tensor& x, const Tensor& y) { return cosine_similarity(x, y, dim_in, eps); }, a, b);
  check_same_dtype("cosineSimilarity", a, b);
  const Dims shape = broadcast_shapes("cosineSimilarity", a.shape(), b.shape());
  if (shape.empty()) fail(ErrorCode::shape, "cosineSimilarity", "scalars have no direction");
  const Tensor x = expand(a, shape), y = expand(b, shape);
  const int dim = wrap_dim("cosineSimilarity", dim_in, shape.size());
  const auto length = [&](const Tensor& v) {
    return sqrt(maximum(sum(square(v), {dim}), full({}, eps * eps, v.dtype(), v.device())));
  };
  return div(sum(mul(x, y), {dim}), mul(length(x), length(y)));
}

}  // namespace tape
