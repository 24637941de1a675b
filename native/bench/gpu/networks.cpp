#include <cmath>
#include <memory>
#include <vector>

#include "bench.h"
#include "tape/precision.h"

namespace tape::bench {
namespace {

/// Parameters, made in order, and their optimizer.
struct Parameters {
  std::vector<Tensor> all;
  Tensor add(const Dims& shape, double scale) {
    all.push_back(made(shape, scale));
    all.back().set_requires_grad(true);
    return all.back();
  }
  Tensor constant(int64_t size, double value) {
    all.push_back(full({size}, value, DType::float32, device));
    all.back().set_requires_grad(true);
    return all.back();
  }
};

Tensor labels_of(int64_t classes, int64_t count) {
  return to(randint(0, static_cast<double>(classes), {count}, DType::int64), device);
}

/// A step around `loss`: forward, backward, update.
std::function<Tensor()> training(const Parameters& parameters, OptimizerKind kind,
                                 const OptimizerOptions& options, bool low, std::function<Tensor()> loss) {
  const auto optimizer = std::make_shared<Optimizer>(kind, parameters.all, options);
  return [optimizer, low, loss = std::move(loss)] {
    const DType before = set_autocast(low ? DType::bfloat16 : DType::float32);
    const Tensor value = loss();
    set_autocast(before);
    optimizer->zero_grad();
    backward({value}, {}, false, false);
    optimizer->step();
    return detach(value);
  };
}

/// A convolution without bias, and batch norm; counts its operations.
struct ConvNorm {
  Tensor weight, gamma, beta, mean, variance;
  ConvOptions options;
  ConvNorm(Parameters& p, int64_t outputs, int64_t inputs, int64_t size, int64_t stride)
      : weight(
            p.add({outputs, inputs, size, size}, 1 / std::sqrt(static_cast<double>(inputs * size * size)))),
        gamma(p.constant(outputs, 1)),
        beta(p.constant(outputs, 0)),
        mean(full({outputs}, 0, DType::float32, device)),
        variance(full({outputs}, 1, DType::float32, device)) {
    options.stride = {stride};
    options.padding = {size / 2};
  }
  Tensor operator()(const Tensor& x) const {
    BatchNormOptions norm;
    norm.training = true;
    return batch_norm(conv2d(x, weight, {}, options), mean, variance, gamma, beta, norm);
  }
};

struct Block {
  ConvNorm first, second;
  std::shared_ptr<ConvNorm> shortcut;
  Block(Parameters& p, int64_t outputs, int64_t inputs, int64_t stride)
      : first(p, outputs, inputs, 3, stride), second(p, outputs, outputs, 3, 1) {
    if (stride != 1 || inputs != outputs)
      shortcut = std::make_shared<ConvNorm>(p, outputs, inputs, 1, stride);
  }
  Tensor operator()(const Tensor& x) const {
    return relu(add(second(relu(first(x))), shortcut ? (*shortcut)(x) : x));
  }
};

}  // namespace

Network mlp(int64_t batch) {
  manual_seed(1);
  Parameters p;
  p.add({256, 784}, 0.05);
  p.add({256}, 0.1);
  p.add({10, 256}, 0.1);
  p.add({10}, 0.1);
  const Tensor x = made({batch, 784}, 1), labels = labels_of(10, batch);
  OptimizerOptions options;
  options.lr = 0.05;
  const auto loss = [=, w = p.all] {
    return cross_entropy(linear(linear(x, w[0], w[1], Activation::relu), w[2], w[3]), labels,
                         Reduction::mean);
  };
  // The input wants no gradient.
  const double products = static_cast<double>(batch) * (4.0 * 784 * 256 + 6.0 * 256 * 10);
  return {"mlp-784-256-10-batch-" + std::to_string(batch),
          training(p, OptimizerKind::sgd, options, false, loss), products};
}

Network cnn(int64_t batch) {
  manual_seed(2);
  Parameters p;
  int64_t before = 3;
  double products = 0;
  int64_t size = 32;
  for (const int64_t channels : {32, 64, 128}) {
    p.add({channels, before, 3, 3}, 1 / std::sqrt(9.0 * static_cast<double>(before)));
    p.add({channels}, 0.1);
    products += static_cast<double>(batch * size * size * channels * before) * 9 * (before == 3 ? 4 : 6);
    before = channels;
    size /= 2;
  }
  p.add({10, 128}, 0.1);
  p.add({10}, 0.1);
  const Tensor x = made({batch, 3, 32, 32}, 1), labels = labels_of(10, batch);
  OptimizerOptions options;
  options.lr = 0.01;
  const auto loss = [=, w = p.all] {
    ConvOptions same;
    same.padding = {1};
    Tensor h = x;
    for (size_t layer = 0; layer < 3; ++layer)
      h = max_pool2d(conv2d(h, w[2 * layer], w[2 * layer + 1], same, true), {2});
    return cross_entropy(linear(mean(h, {2, 3}), w[6], w[7]), labels, Reduction::mean);
  };
  return {"cnn-32-64-128-batch-" + std::to_string(batch),
          training(p, OptimizerKind::sgd, options, false, loss), products};
}

Network resnet18(int64_t batch, int64_t size, bool low) {
  manual_seed(3);
  Parameters p;
  const bool large = size >= 64;  // the stem of ImageNet, or of small images
  const ConvNorm stem(p, 64, 3, large ? 7 : 3, large ? 2 : 1);
  int64_t before = 64, place = large ? size / 4 : size;
  double products = static_cast<double>(batch) * 64 * 3 * (large ? 49 : 9) * 4 *
                    static_cast<double>(large ? size * size / 4 : size * size);
  std::vector<Block> blocks;
  for (const int64_t channels : {64, 128, 256, 512})
    for (int index = 0; index < 2; ++index) {
      const int64_t stride = channels > 64 && index == 0 ? 2 : 1;
      blocks.emplace_back(p, channels, before, stride);
      place = (place + stride - 1) / stride;
      const auto places = static_cast<double>(batch * place * place);
      products += 6 * places * 9 * static_cast<double>(channels * before + channels * channels);
      if (blocks.back().shortcut) products += 6 * places * static_cast<double>(channels * before);
      before = channels;
    }
  const Tensor weight = p.add({1000, 512}, 0.04), bias = p.constant(1000, 0);
  products += 6.0 * static_cast<double>(batch) * 512 * 1000;
  const Tensor x = made({batch, 3, size, size}, 1), labels = labels_of(1000, batch);
  OptimizerOptions options;
  options.lr = 1e-3;
  options.momentum = 0.9;
  PoolOptions halving;
  halving.stride = {2};
  halving.padding = {1};
  const auto loss = [=] {
    Tensor h = relu(stem(x));
    if (large) h = max_pool2d(h, {3}, halving);
    for (const Block& block : blocks) h = block(h);
    return cross_entropy(linear(mean(h, {2, 3}), weight, bias), labels, Reduction::mean);
  };
  return {"resnet18-" + std::to_string(size) + "-batch-" + std::to_string(batch) + (low ? "-bfloat16" : ""),
          training(p, OptimizerKind::sgd, options, low, loss), products};
}

Network lstm(int64_t batch, int64_t hidden, int64_t longest) {
  manual_seed(4);
  constexpr int64_t vocabulary = 1000, width = 100, classes = 4;
  Parameters p;
  const double scale = 1 / std::sqrt(static_cast<double>(hidden));
  const Tensor table = p.add({vocabulary, width}, 0.1);
  const std::vector<Tensor> weights = {p.add({4 * hidden, width}, scale), p.add({4 * hidden, hidden}, scale),
                                       p.add({4 * hidden}, scale), p.add({4 * hidden}, scale)};
  const Tensor head = p.add({classes, hidden}, scale), bias = p.constant(classes, 0);
  Tensor lengths = empty({batch}, DType::int64);
  int64_t steps = 0;
  for (int64_t i = 0; i < batch; ++i) {
    const int64_t length = i == 0 ? longest : 10 + i * 37 % (longest - 9);
    lengths.data_as<int64_t>()[i] = length;
    steps += length;
  }
  const Tensor tokens = to(randint(1, vocabulary, {batch, longest}, DType::int64), device);
  const Tensor labels = labels_of(classes, batch);
  OptimizerOptions options;
  options.lr = 1e-3;
  const auto loss = [=] {
    const RecurrentResult result =
        recurrent(CellKind::lstm, embedding(tokens, table, 0), lengths, {}, {}, weights);
    return cross_entropy(linear(select(result.hidden, 0, 0), head, bias), labels, Reduction::mean);
  };
  return {"lstm-" + std::to_string(hidden) + "-batch-" + std::to_string(batch) + "-lengths-10-" +
              std::to_string(longest),
          training(p, OptimizerKind::adam, options, false, loss),
          6.0 * static_cast<double>(steps * 4 * hidden * (width + hidden))};
}

Network gpt(const GptSize& s, bool low) {
  manual_seed(5);
  Parameters p;
  const Dims shape{s.width};
  const double scale = 0.02;
  const Tensor tokens = p.add({s.vocabulary, s.width}, scale), positions = p.add({s.steps, s.width}, scale);
  struct Layer {
    Tensor norm1, shift1, qkv, qkv_bias, out, out_bias, norm2, shift2, up, up_bias, down, down_bias;
  };
  std::vector<Layer> layers;
  for (int64_t i = 0; i < s.layers; ++i)
    layers.push_back({p.constant(s.width, 1), p.constant(s.width, 0), p.add({3 * s.width, s.width}, scale),
                      p.constant(3 * s.width, 0), p.add({s.width, s.width}, scale), p.constant(s.width, 0),
                      p.constant(s.width, 1), p.constant(s.width, 0), p.add({4 * s.width, s.width}, scale),
                      p.constant(4 * s.width, 0), p.add({s.width, 4 * s.width}, scale),
                      p.constant(s.width, 0)});
  const Tensor norm = p.constant(s.width, 1), shift = p.constant(s.width, 0),
               head = p.add({s.vocabulary, s.width}, scale);
  const Tensor x =
      to(randint(0, static_cast<double>(s.vocabulary), {s.batch, s.steps}, DType::int64), device);
  const Tensor labels = labels_of(s.vocabulary, s.batch * s.steps);
  OptimizerOptions options;
  options.lr = 1e-3;
  options.weight_decay = 0.01;
  const auto loss = [=] {
    AttentionOptions causal;
    causal.causal = true;
    Tensor h = add(embedding(x, tokens), positions);
    for (const Layer& l : layers) {
      const Tensor mixed = self_attention(
          linear(layer_norm(h, shape, l.norm1, l.shift1, 1e-5), l.qkv, l.qkv_bias), s.heads, causal);
      h = add(h, linear(mixed, l.out, l.out_bias));
      const Tensor wide = gelu(linear(layer_norm(h, shape, l.norm2, l.shift2, 1e-5), l.up, l.up_bias));
      h = add(h, linear(wide, l.down, l.down_bias));
    }
    const Tensor logits = linear(layer_norm(h, shape, norm, shift, 1e-5), head, {});
    return cross_entropy(reshape(logits, {s.batch * s.steps, s.vocabulary}), labels, Reduction::mean);
  };
  const auto rows = static_cast<double>(s.batch * s.steps), width = static_cast<double>(s.width);
  // Products with weights, and half of the two of attention: the other half is hidden.
  const double products =
      6 * rows *
          (static_cast<double>(s.layers) * 12 * width * width + static_cast<double>(s.vocabulary) * width) +
      static_cast<double>(s.layers) * 6 * rows * static_cast<double>(s.steps) * width;
  return {"gpt-d" + std::to_string(s.width) + "-layers-" + std::to_string(s.layers) + "-T" +
              std::to_string(s.steps) + "-batch-" + std::to_string(s.batch) + (low ? "-bfloat16" : ""),
          training(p, OptimizerKind::adamw, options, low, loss), products};
}

}  // namespace tape::bench
