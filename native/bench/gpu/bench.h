// What the benchmark's parts share: the device, random tensors, and networks whose steps are measured.
// torch_steps.py is the twin of all of it.
#pragma once
#include <functional>
#include <string>

#include "tape/autograd.h"
#include "tape/ops.h"
#include "tape/optim.h"
#include "tape/random.h"

namespace tape::bench {

inline Device device = Device::cpu;

/// Waits for the device by reading a number from it.
inline double read(const Tensor& x) {
  return *to(to(detach(x), DType::float64), Device::cpu).data_as<double>();
}
inline Tensor made(const Dims& shape, double scale, DType dtype = DType::float32) {
  return to(to(mul(randn(shape, DType::float32), scale), dtype), device);
}

/// One training step of a network, its loss, and the floating-point operations of its products.
struct Network {
  std::string name;
  std::function<Tensor()> step;
  double flops;
};

struct GptSize {
  int64_t batch, steps, layers, width, heads, vocabulary;
};

Network mlp(int64_t batch);                                    // 784-256-10, SGD
Network cnn(int64_t batch);                                    // 32-64-128 on 32x32 images, SGD
Network resnet18(int64_t batch, int64_t size, bool low);       // SGD with momentum
Network lstm(int64_t batch, int64_t hidden, int64_t longest);  // classifier, lengths from 10 on, Adam
Network gpt(const GptSize& size, bool low);                    // AdamW
// `low`: under bfloat16 autocast.

}  // namespace tape::bench
