// Scaled dot-product attention.
#include <cmath>
#include <limits>

#include "support.h"
#include "tape/random.h"

namespace tape {
namespace {

/// What one call computes, without its tensors.
struct Setting {
  const char* name;
  AttentionShape shape;
  Tensor mask_of(const Backward& b, size_t at) const { return masked ? b.saved(at) : Tensor(); }
  Tensor lengths_of(const Backward& b, size_t at) const { return ragged ? b.saved(at + masked) : Tensor(); }
  bool masked, ragged;
};

HeadView heads_of(const Tensor& x) { return {x.data(), x.strides()[0], x.strides()[1], x.strides()[2]}; }

/// Part `which` (queries, keys, values) of a packed projection [B, T, 3 * heads * d].
HeadView packed_heads(const Tensor& x, const AttentionShape& shape, int which) {
  const int64_t all = shape.heads * shape.width;
  char* data = static_cast<char*>(x.data()) + which * all * static_cast<int64_t>(size_of(x.dtype()));
  return {data, shape.queries * 3 * all, shape.width, 3 * all};
}

/// Uninitialised [B, heads, T, width] that lies in memory as [B, T, heads, width].
Tensor empty_heads(int64_t batch, int64_t heads, int64_t steps, int64_t width, const Tensor& like) {
  const Tensor plain = empty({batch, steps, heads, width}, like.dtype(), like.device());
  return alias(plain, {batch, heads, steps, width}, {steps * heads * width, width, heads * width, 1}, 0);
}

/// Tensors that the kernel's view of the call points into, valid while this lives.
struct KernelCall {
  KernelCall(const Setting& setting, const Tensor& mask, const Tensor& lengths)
      : shape(setting.shape), lengths(lengths) {
    sizes = {shape.batch, shape.heads, shape.queries, shape.keys};
    if (mask.defined()) {
      strides = broadcast_strides(mask, sizes);
      shape.mask = {mask.data(), mask.dtype(), 4, sizes.data(), strides.data()};
    }
    shape.key_lengths = lengths.defined() ? lengths.address<int64_t>() : nullptr;
  }
  KernelCall(const KernelCall&) = delete;
  KernelCall& operator=(const KernelCall&) = delete;

  AttentionShape shape;
  Tensor lengths;
  Dims sizes, strides;
};

Setting check_options(const char* name, const AttentionOptions& options, int64_t batch, int64_t heads,
                      int64_t queries, int64_t keys, int64_t width, int64_t value_width, DType dtype) {
  if (!(options.dropout >= 0 && options.dropout <= 1))
    fail(ErrorCode::value, name, "dropout must be between 0 and 1, got ", options.dropout);
  const Tensor& mask = options.mask;
  if (mask.defined()) {
    if (mask.dtype() != DType::boolean && mask.dtype() != dtype)
      fail(ErrorCode::dtype, name, "mask must be bool (true takes part) or ", name_of(dtype),
           " (added to the scores), got ", name_of(mask.dtype()));
    if (const Dims scores{batch, heads, queries, keys}; !is_expandable(mask.shape(), scores))
      fail(ErrorCode::shape, name, "mask ", to_string(mask.shape()), " does not broadcast to scores ",
           to_string(scores));
  }
  if (options.key_lengths.defined()) check_lengths(name, options.key_lengths, batch, 0, keys, "keys");
  Setting setting{};
  setting.name = name;
  setting.masked = mask.defined();
  setting.ragged = options.key_lengths.defined();
  const double scale = options.scale.value_or(1.0 / std::sqrt(static_cast<double>(width)));
  setting.shape = {batch, heads,          queries, keys, width,           value_width,
                   scale, options.causal, nullptr, {},   options.dropout, {}};
  if (options.dropout > 0)
    setting.shape.state = reserve_random(batch * heads * queries * ((keys + 3) / 4) * 4);
  return setting;
}

/// false at keys that a query must not see; undefined when it may see all. `bias` gets what is added to
/// scores.
Tensor visible(const Setting& setting, Device device, const Tensor& mask, const Tensor& lengths,
               Tensor& bias) {
  const AttentionShape& shape = setting.shape;
  const auto steps = [&](int64_t count) {
    return to(arange(0, static_cast<double>(count), 1, DType::int64), device);
  };
  Tensor seen;
  const auto also = [&](const Tensor& part) {
    seen = seen.defined() ? where(seen, part, full({}, 0, DType::boolean, part.device())) : part;
  };
  if (shape.causal) also(compare(CompareOp::le, steps(shape.keys), unsqueeze(steps(shape.queries), 1)));
  if (lengths.defined())
    also(compare(CompareOp::lt, steps(shape.keys), reshape(lengths, {shape.batch, 1, 1, 1})));
  if (mask.defined() && mask.dtype() == DType::boolean) also(mask);
  if (mask.defined() && mask.dtype() != DType::boolean) {
    const Tensor finite = compare(CompareOp::gt, mask, -std::numeric_limits<double>::infinity());
    also(finite);
    bias = where(finite, mask, full({}, 0, mask.dtype(), mask.device()));
  }
  return seen;
}

/// The weights in ops that have derivatives: the oracle of the kernels, and what createGraph goes through.
Tensor composed_weights(const Setting& setting, const Tensor& query, const Tensor& key, const Tensor& mask,
                        const Tensor& lengths) {
  Tensor bias;
  const Tensor seen = visible(setting, query.device(), mask, lengths, bias);
  Tensor scores = mul(matmul(query, transpose(key, -2, -1)), setting.shape.scale);
  if (bias.defined()) scores = add(scores, bias);
  if (!seen.defined()) return softmax(scores, -1);
  const DType dtype = scores.dtype();
  // A finite number hides a key too, and leaves rows that see nothing without NaN; they are cleared after.
  return where(seen, softmax(where(seen, scores, full({}, -1e30, dtype, scores.device())), -1),
               full({}, 0, dtype, scores.device()));
}

Tensor dropout_factors(const Setting& setting, const Tensor& like) {
  const AttentionShape& shape = setting.shape;
  Tensor out = empty({shape.batch, shape.heads, shape.queries, shape.keys}, like.dtype(), like.device());
  if (shape.dropout > 0) kernels(out).attention.dropout_mask(out.data(), out.dtype(), shape);
  return out;
}

struct ComposedGrads {
  Tensor query, key, value;
};

ComposedGrads composed_grads(const Setting& setting, const Tensor& gradient, const Tensor& query,
                             const Tensor& key, const Tensor& value, const Tensor& mask,
                             const Tensor& lengths) {
  if (const DType dtype = query.dtype(); is_half(dtype)) {
    const ComposedGrads wide = composed_grads(setting, half_to_float32(gradient), half_to_float32(query),
                                              half_to_float32(key), half_to_float32(value), mask, lengths);
    return {to(wide.query, dtype), to(wide.key, dtype), to(wide.value, dtype)};
  }
  const Tensor weights = composed_weights(setting, query, key, mask, lengths);
  const bool drops = setting.shape.dropout > 0;
  const Tensor factors = drops ? dropout_factors(setting, query) : Tensor();
  const auto dropped = [&](const Tensor& x) { return drops ? mul(x, factors) : x; };
  const Tensor slopes = dropped(matmul(gradient, transpose(value, -2, -1)));
  const Tensor along = mul(weights, sub(slopes, sum(mul(slopes, weights), {-1}, true)));
  const Tensor scaled = mul(along, setting.shape.scale);
  return {matmul(scaled, key), matmul(transpose(scaled, -2, -1), query),
          matmul(transpose(dropped(weights), -2, -1), gradient)};
}

/// One of three stacked parts, in ops that have derivatives.
Tensor in_part(const Tensor& x, int which) {
  Tensor place = full({3, 1, 1}, 0, x.dtype(), x.device());
  kernels(place).elementwise.fill(view_of(alias(place, {1}, {1}, which)), 1);
  return mul(unsqueeze(transpose(x, 1, 2), 2), place);
}

AttentionOptions with_mask(AttentionOptions options, const Tensor& mask) {
  options.mask = mask;
  return options;
}

bool has_attention(const Tensor& x) {
  return has_kernel(
      x, [](const Kernels& k) { return k.attention.takes && k.attention.forward && k.attention.backward; });
}
/// Without kernels for it, a device composes it of products and softmax.
bool fuses(const Tensor& x, const AttentionShape& shape) {
  return has_attention(x) && kernels(x).attention.takes(x.dtype(), shape);
}

/// Whether the kernels take 16-bit operands as they are. What is wrong with them is found by the checks.
bool kernels_take(const AttentionOptions& options, const Tensor& like, int64_t batch, int64_t heads,
                  int64_t queries, int64_t keys, int64_t width, int64_t value_width) {
  if (!has_attention(like)) return false;
  const Tensor& mask = options.mask;
  const bool low = !mask.defined() || mask.dtype() == DType::boolean || mask.dtype() == DType::bfloat16;
  if (!low || (mask.defined() && should_record({&mask}))) return false;
  AttentionShape shape{};
  shape.batch = batch;
  shape.heads = heads;
  shape.queries = queries;
  shape.keys = keys;
  shape.width = width;
  shape.value_width = value_width;
  shape.causal = options.causal;
  return kernels(like).attention.takes(DType::bfloat16, shape);
}
bool kernels_take(const AttentionOptions& options, const Tensor& query, const Tensor& key,
                  const Tensor& value) {
  for (const Tensor* x : {&query, &key, &value})
    if (x->dtype() != DType::bfloat16 || x->rank() != 4) return false;
  return kernels_take(options, query, query.size(0), query.size(1), query.size(2), key.size(2), query.size(3),
                      value.size(3));
}
bool kernels_take(const AttentionOptions& options, const Tensor& qkv, int64_t heads) {
  if (qkv.dtype() != DType::bfloat16 || qkv.rank() != 3 || heads < 1 || qkv.size(2) % (3 * heads) != 0)
    return false;
  const int64_t width = qkv.size(2) / (3 * heads);
  return kernels_take(options, qkv, qkv.size(0), heads, qkv.size(1), qkv.size(1), width, width);
}

/// Lengths are read on the processor, where they are checked, and where the kernels are.
Tensor lengths_there(const AttentionOptions& options, const Tensor& like) {
  return options.key_lengths.defined() ? to(contiguous(options.key_lengths), like.device()) : Tensor();
}

Tensor with_plain_rows(const Tensor& x) { return x.size(3) <= 1 || x.strides()[3] == 1 ? x : contiguous(x); }

}  // namespace

Tensor scaled_dot_product_attention(const Tensor& query_in, const Tensor& key_in, const Tensor& value_in,
                                    const AttentionOptions& options) {
  const char* name = "scaledDotProductAttention";
  check_floating(name, query_in);
  const auto again = [&](const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask) {
    return scaled_dot_product_attention(q, k, v, with_mask(options, mask));
  };
  if (autocast_enabled()) return autocast_lower(again, query_in, key_in, value_in, options.mask);
  if (any_half(query_in, key_in, value_in) && !kernels_take(options, query_in, key_in, value_in))
    return compute_in_float32(again, query_in, key_in, value_in, options.mask);
  check_same_dtype(name, query_in, key_in);
  check_same_dtype(name, query_in, value_in);
  const auto shapes = [&] {
    return "query " + to_string(query_in.shape()) + ", key " + to_string(key_in.shape()) + ", value " +
           to_string(value_in.shape());
  };
  if (query_in.rank() != 4 || key_in.rank() != 4 || value_in.rank() != 4)
    fail(ErrorCode::shape, name, "needs [batch, heads, steps, width], got ", shapes());
  const int64_t batch = query_in.size(0), heads = query_in.size(1), width = query_in.size(3);
  if (key_in.size(0) != batch || value_in.size(0) != batch || key_in.size(1) != heads ||
      value_in.size(1) != heads)
    fail(ErrorCode::shape, name, "batch and heads differ: ", shapes());
  if (key_in.size(3) != width)
    fail(ErrorCode::shape, name, "query and key must have the same width, got ", width, " and ",
         key_in.size(3), " (", shapes(), ")");
  if (key_in.size(2) != value_in.size(2))
    fail(ErrorCode::shape, name, "needs a value for each key, got ", value_in.size(2), " for ",
         key_in.size(2), " (", shapes(), ")");
  const DType dtype = query_in.dtype();
  const Setting setting = check_options(name, options, batch, heads, query_in.size(2), key_in.size(2), width,
                                        value_in.size(3), dtype);
  const AttentionShape& shape = setting.shape;
  const Tensor mask = half_to_float32(options.mask), lengths = lengths_there(options, query_in);
  if ((mask.defined() && should_record({&mask})) || !fuses(query_in, shape)) {
    const Tensor weights = composed_weights(setting, query_in, key_in, mask, lengths);
    return matmul(shape.dropout > 0 ? mul(weights, dropout_factors(setting, query_in)) : weights, value_in);
  }

  const Tensor query = with_plain_rows(query_in), key = with_plain_rows(key_in),
               value = with_plain_rows(value_in);
  Tensor out = empty_heads(batch, heads, shape.queries, shape.value_width, query);
  const Tensor log_sum_exp = empty({batch, heads, shape.queries}, compute_dtype(dtype), query.device());
  if (log_sum_exp.numel() > 0)
    kernels(out, log_sum_exp, query, key, value, mask, lengths)
        .attention.forward(heads_of(out), log_sum_exp.data(), heads_of(query), heads_of(key), heads_of(value),
                           dtype, KernelCall(setting, mask, lengths).shape);
  Node* node = record(
      out, name, {&query, &key, &value}, {&query, &key, &value, &log_sum_exp}, [setting](const Backward& b) {
        const Tensor q = b.saved(0), k = b.saved(1), v = b.saved(2), kept = b.saved(3), o = b.saved(4);
        const Tensor hidden = setting.mask_of(b, 5), ends = setting.lengths_of(b, 5);
        if (grad_enabled()) {
          const ComposedGrads grads = composed_grads(setting, b.grad(), q, k, v, hidden, ends);
          if (b.wants(0)) b.give(0, grads.query);
          if (b.wants(1)) b.give(1, grads.key);
          if (b.wants(2)) b.give(2, grads.value);
          return;
        }
        const Tensor gradient = with_plain_rows(b.grad());
        Tensor results[3];
        HeadView views[3] = {};
        const Tensor* inputs[] = {&q, &k, &v};
        for (size_t i = 0; i < 3; ++i) {
          if (!b.wants(i)) continue;
          const Dims& sizes = inputs[i]->shape();
          results[i] = empty_heads(sizes[0], sizes[1], sizes[2], sizes[3], q);
          views[i] = heads_of(results[i]);
        }
        kernels(gradient, o, kept, q, k, v, hidden, ends)
            .attention.backward(views[0], views[1], views[2], heads_of(gradient), heads_of(o), kept.data(),
                                heads_of(q), heads_of(k), heads_of(v), q.dtype(),
                                KernelCall(setting, hidden, ends).shape);
        for (size_t i = 0; i < 3; ++i) b.give(i, results[i]);
      });
  if (!node) return out;
  node->save_output(out);
  if (mask.defined()) node->save(mask);
  if (lengths.defined()) node->save(lengths);
  return out;
}

Tensor self_attention(const Tensor& qkv_in, int64_t heads, const AttentionOptions& options) {
  const char* name = "selfAttention";
  check_floating(name, qkv_in);
  const auto again = [&](const Tensor& qkv, const Tensor& mask) {
    return self_attention(qkv, heads, with_mask(options, mask));
  };
  if (autocast_enabled()) return autocast_lower(again, qkv_in, options.mask);
  if (any_half(qkv_in) && !kernels_take(options, qkv_in, heads))
    return compute_in_float32(again, qkv_in, options.mask);
  if (qkv_in.rank() != 3)
    fail(ErrorCode::shape, name, "needs a projection [batch, steps, 3 * heads * width], got ",
         to_string(qkv_in.shape()));
  if (heads < 1 || qkv_in.size(2) % (3 * heads) != 0)
    fail(ErrorCode::shape, name, qkv_in.size(2),
         " numbers a step cannot be cut into queries, keys and values of ", heads, " heads (projection ",
         to_string(qkv_in.shape()), ")");
  const int64_t batch = qkv_in.size(0), steps = qkv_in.size(1), width = qkv_in.size(2) / (3 * heads);
  const DType dtype = qkv_in.dtype();
  const Tensor mask = half_to_float32(options.mask), lengths = lengths_there(options, qkv_in);
  AttentionShape sizes{};
  sizes.width = sizes.value_width = width;
  if ((mask.defined() && should_record({&mask})) || !fuses(qkv_in, sizes)) {
    const Tensor parts = reshape(qkv_in, {batch, steps, 3, heads, width});
    const auto part = [&](int which) { return transpose(select(parts, 2, which), 1, 2); };
    const Tensor out = scaled_dot_product_attention(part(0), part(1), part(2), options);
    return reshape(transpose(out, 1, 2), {batch, steps, heads * width});
  }
  const Setting setting = check_options(name, options, batch, heads, steps, steps, width, width, dtype);
  const Tensor qkv = contiguous(qkv_in);
  Tensor out = empty({batch, steps, heads * width}, dtype, qkv.device());
  const Tensor log_sum_exp = empty({batch, heads, steps}, compute_dtype(dtype), qkv.device());
  const HeadView rows{out.data(), steps * heads * width, width, heads * width};
  if (log_sum_exp.numel() > 0)
    kernels(out, log_sum_exp, qkv, mask, lengths)
        .attention.forward(rows, log_sum_exp.data(), packed_heads(qkv, setting.shape, 0),
                           packed_heads(qkv, setting.shape, 1), packed_heads(qkv, setting.shape, 2), dtype,
                           KernelCall(setting, mask, lengths).shape);
  Node* node = record(out, name, {&qkv}, {&qkv, &log_sum_exp}, [setting](const Backward& b) {
    const AttentionShape& shape = setting.shape;
    const Tensor x = b.saved(0), kept = b.saved(1), o = b.saved(2);
    const Tensor hidden = setting.mask_of(b, 3), ends = setting.lengths_of(b, 3);
    if (grad_enabled()) {
      const Tensor parts = reshape(x, {shape.batch, shape.queries, 3, shape.heads, shape.width});
      const auto part = [&](int which) { return transpose(select(parts, 2, which), 1, 2); };
      const Tensor gradient =
          transpose(reshape(b.grad(), {shape.batch, shape.queries, shape.heads, shape.width}), 1, 2);
      const ComposedGrads grads = composed_grads(setting, gradient, part(0), part(1), part(2), hidden, ends);
      const Tensor all = add(add(in_part(grads.query, 0), in_part(grads.key, 1)), in_part(grads.value, 2));
      return b.give(0, reshape(all, x.shape()));
    }
    const Tensor gradient = contiguous(b.grad());
    const Tensor result = empty(x.shape(), x.dtype(), x.device());
    const int64_t all = shape.heads * shape.width;
    const HeadView from{gradient.data(), shape.queries * all, shape.width, all};
    const HeadView made{o.data(), shape.queries * all, shape.width, all};
    kernels(result, gradient, o, kept, x, hidden, ends)
        .attention.backward(packed_heads(result, shape, 0), packed_heads(result, shape, 1),
                            packed_heads(result, shape, 2), from, made, kept.data(),
                            packed_heads(x, shape, 0), packed_heads(x, shape, 1), packed_heads(x, shape, 2),
                            x.dtype(), KernelCall(setting, hidden, ends).shape);
    b.give(0, result);
  });
  if (!node) return out;
  node->save_output(out);
  if (mask.defined()) node->save(mask);
  if (lengths.defined()) node->save(lengths);
  return out;
}

}  // namespace tape
