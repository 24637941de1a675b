// Elementwise work that waits for what comes behind it. Ops on as many elements become one launch, which
// reads its inputs once and writes only what somebody may still read. Whoever gives the stream anything else
// launches what waits first: `stream()` and, without CUDA, `run()` do that.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "tape/kernels/random.h"
#include "tape/view.h"

namespace tape::cuda {

constexpr int kChainSteps = 16;
constexpr int kChainOperands = 3;
/// Elements of a thread: random numbers come in blocks of as many.
constexpr int kChainLanes = 4;

enum class ChainFunction : uint8_t {
  copy,
  unary,
  math,
  activation,
  activation_gradient,
  gradient,
  binary,
  ternary,
  compare,
  where,
  clamp,
  dropout
};

/// What a step computes, in float32.
struct ChainCall {
  ChainFunction function = ChainFunction::copy;
  uint8_t op = 0;              // of that kind
  float p = 0, q = 0;          // its parameters; p is the factor of what dropout leaves
  uint32_t threshold = 0;      // of dropout
  PhiloxState state = {0, 0};  // of dropout
};

/// Where a step finds a number for each element.
struct ChainOperand {
  enum class From : uint8_t {
    nowhere,
    constant,
    memory,    // in order
    repeated,  // element i is number (i / each) % size of memory: a row, one for each row, or a single number
    step       // what an earlier step made
  };
  From from = From::nowhere;
  DType dtype = DType::float32;
  uint8_t step = 0;
  float value = 0;
  const void* data = nullptr;
  int64_t each = 1, size = 1;  // of what is repeated
};

struct ChainStep {
  ChainCall call;
  DType dtype = DType::float32;  // numbers are rounded to it
  bool kept = false;             // for a step that is not the next one
  void* out = nullptr;           // null: nobody reads it in memory
  ChainOperand operands[kChainOperands];
};

struct Chain {
  int64_t count = 0;
  int steps = 0;
  ChainStep step[kChainSteps] = {};
};

/// Keeps out = call(a, b, c) for the next launch. False where it is not of the kind: float32, bfloat16 or
/// bool in order, beside it what is repeated in one way. The caller launches it then.
bool chained(const ChainCall& call, const View& out, const View& a);
bool chained(const ChainCall& call, const View& out, const View& a, const View& b);
bool chained(const ChainCall& call, const View& out, const View& a, const View& b, const View& c);

/// Launches what waits, if anything does.
void launch_waiting();
/// Nobody reads these bytes again before they are written.
void unread(void* data, size_t bytes);

/// The launch.
void launch_chain(const Chain& chain);
/// What errors of its launch are noted with: "mul, gelu gradient".
std::string names_of(const Chain& chain);
/// A chain of one step by the op's own kernel.
void launch_alone(const ChainStep& step, int64_t count);

}  // namespace tape::cuda
