// What may wait, and what of it is launched.
#include "chain.h"

#include "geometry.h"
#include "numbers.h"
#include "options.h"
#include "tape/kernels/activation.h"
#include "tape/kernels/elementwise.h"
#include "tape/kernels/math.h"

namespace tape::cuda {
namespace {

using From = ChainOperand::From;

constinit thread_local Chain waiting;
constinit thread_local bool alone = false;  // the only step there is goes to its own kernel

/// Memory that a step reads or writes.
struct Place {
  const char* first;
  size_t bytes;
  DType dtype;

  bool overlaps(const Place& other) const {
    return first < other.first + other.bytes && other.first < first + bytes;
  }
  /// Element i of one is element i of the other.
  bool is(const Place& other) const {
    return first == other.first && bytes == other.bytes && dtype == other.dtype;
  }
};

/// Where steps have written: also the places that nobody reads any more.
constinit thread_local Place written[kChainSteps];

Place place_of(const void* data, DType dtype, int64_t count) {
  return {static_cast<const char*>(data), static_cast<size_t>(count) * size_of(dtype), dtype};
}
Place place_of(const ChainOperand& operand, int64_t count) {
  return place_of(operand.data, operand.dtype, operand.from == From::memory ? count : operand.size);
}

/// The last step that wrote where `place` is, -1 for none, or kMixed where it wrote to a part or more of it.
constexpr int kMixed = -2;
int writer_of(const Place& place) {
  for (int s = waiting.steps - 1; s >= 0; --s)
    if (written[s].overlaps(place)) return written[s].is(place) ? s : kMixed;
  return -1;
}

/// Whether threads that do one step behind the other, each for its own elements, do what launches in this
/// order would.
bool joins(const ChainStep& step, int64_t count) {
  if (waiting.steps == kChainSteps || waiting.count != count) return false;
  for (const ChainOperand& operand : step.operands) {
    if (operand.from != From::memory && operand.from != From::repeated) continue;
    const int writer = writer_of(place_of(operand, count));
    if (writer == kMixed || (writer >= 0 && operand.from == From::repeated)) return false;
  }
  const Place out = place_of(step.out, step.dtype, count);
  for (int s = 0; s < waiting.steps; ++s) {
    if (waiting.step[s].out && written[s].overlaps(out) && !written[s].is(out)) return false;
    for (const ChainOperand& operand : waiting.step[s].operands) {
      if (operand.from != From::memory && operand.from != From::repeated) continue;
      const Place read = place_of(operand, count);
      if (read.overlaps(out) && !read.is(out)) return false;
    }
  }
  return true;
}

bool takes(DType dtype) {
  return dtype == DType::float32 || dtype == DType::bfloat16 || dtype == DType::boolean;
}
bool lies_well(const void* data, DType dtype) {
  return reinterpret_cast<uintptr_t>(data) % (kChainLanes * size_of(dtype)) == 0;
}

/// Whether what the first view writes has no gaps: its elements are counted by where they lie.
template <int operands>
bool in_order(const Geometry<operands>& g) {
  int64_t next = 1;
  for (int d = g.rank - 1; d >= 0; next *= g.sizes[d--])
    if (g.strides[0][d] != next) return false;
  return true;
}

/// Says how operand k lies beside that; false for a way that chains do not know.
template <int operands>
bool find_order(const Geometry<operands>& g, int k, ChainOperand& operand) {
  int64_t each = 1, size = 1;
  int d = g.rank - 1;
  for (; d >= 0 && g.strides[k][d] == 0; --d) each *= g.sizes[d];
  for (; d >= 0 && g.strides[k][d] == size; --d) size *= g.sizes[d];
  for (; d >= 0; --d)
    if (g.strides[k][d] != 0) return false;
  operand.from = size == g.count ? From::memory : From::repeated;
  operand.each = each;
  operand.size = size;
  return true;
}

template <int operands>
bool wait_for_more(const ChainCall& call, const View* const (&views)[operands]) {
  if (alone || !option(DeviceOption::fused)) return false;
  for (const View* view : views)
    if (!view->on_host && !takes(view->dtype)) return false;
  const Geometry<operands> g(views);
  if (!in_order(g) || g.count == 0) return false;
  const View& out = *views[0];
  if (!lies_well(out.data, out.dtype)) return false;
  ChainStep step{call, out.dtype, false, out.data, {}};
  for (int k = 1; k < operands; ++k) {
    const View& view = *views[k];
    ChainOperand& operand = step.operands[k - 1];
    operand.dtype = view.dtype;
    if (view.on_host) {
      operand.from = From::constant;
      operand.value = load<float>(view.data, view.dtype, 0);
      continue;
    }
    operand.data = view.data;
    if (!find_order(g, k, operand)) return false;
    if (operand.from == From::memory && !lies_well(view.data, view.dtype)) return false;
  }

  if (!joins(step, g.count)) launch_waiting();
  for (ChainOperand& operand : step.operands) {
    const int writer = operand.from == From::memory ? writer_of(place_of(operand, g.count)) : -1;
    if (writer < 0) continue;
    operand.from = From::step;
    operand.step = static_cast<uint8_t>(writer);
  }
  const Place place = place_of(out.data, out.dtype, g.count);
  if (const int writer = writer_of(place); writer >= 0) waiting.step[writer].out = nullptr;
  waiting.count = g.count;
  written[waiting.steps] = place;
  waiting.step[waiting.steps++] = step;
  return true;
}

/// The steps whose numbers somebody reads, in memory or in a step behind.
Chain needed() {
  bool needs[kChainSteps] = {};
  for (int s = waiting.steps - 1; s >= 0; --s) {
    needs[s] = needs[s] || waiting.step[s].out;
    if (!needs[s]) continue;
    for (const ChainOperand& operand : waiting.step[s].operands)
      if (operand.from == From::step) needs[operand.step] = true;
  }
  Chain chain;
  chain.count = waiting.count;
  uint8_t number[kChainSteps] = {};
  for (int s = 0; s < waiting.steps; ++s) {
    if (!needs[s]) continue;
    number[s] = static_cast<uint8_t>(chain.steps);
    ChainStep& step = chain.step[chain.steps++] = waiting.step[s];
    for (ChainOperand& operand : step.operands) {
      if (operand.from != From::step) continue;
      operand.step = number[operand.step];
      if (operand.step != number[s] - 1) chain.step[operand.step].kept = true;
    }
  }
  return chain;
}

const char* name_of(const ChainCall& call) {
  static constexpr const char* unary[] = {"neg",  "exp",     "log",  "sqrt",       "abs", "square", "relu",
                                          "tanh", "sigmoid", "sign", "logicalNot", "pow", "rsub"};
  static constexpr const char* math[] = {"reciprocal", "rsqrt", "log1p", "expm1", "log2",
                                         "exp2",       "sin",   "cos",   "tan",   "atan",
                                         "erf",        "floor", "ceil",  "round", "trunc"};
  static constexpr const char* activation[] = {"gelu",        "gelu (tanh)", "silu",       "leakyRelu",
                                               "elu",         "softplus",    "logSigmoid", "hardtanh",
                                               "hardsigmoid", "hardswish",   "mish"};
  static constexpr const char* gradient[] = {"relu", "tanh", "sigmoid"};
  static constexpr const char* binary[] = {"add", "sub", "mul", "div", "pow", "maximum", "minimum"};
  static constexpr const char* ternary[] = {"lerp", "addcmul", "addcdiv"};
  static constexpr const char* compare[] = {"eq", "ne", "lt", "le", "gt", "ge"};
  switch (call.function) {
    case ChainFunction::copy:
      return "copy";
    case ChainFunction::unary:
      return unary[call.op];
    case ChainFunction::math:
      return math[call.op];
    case ChainFunction::activation:
    case ChainFunction::activation_gradient:
      return activation[call.op];
    case ChainFunction::gradient:
      return gradient[call.op];
    case ChainFunction::binary:
      return binary[call.op];
    case ChainFunction::ternary:
      return ternary[call.op];
    case ChainFunction::compare:
      return compare[call.op];
    case ChainFunction::where:
      return "where";
    case ChainFunction::clamp:
      return "clamp";
    default:
      return "dropout";
  }
}
bool is_gradient(const ChainCall& call) {
  return call.function == ChainFunction::gradient || call.function == ChainFunction::activation_gradient;
}

}  // namespace

bool chained(const ChainCall& call, const View& out, const View& a) {
  return wait_for_more(call, {&out, &a});
}
bool chained(const ChainCall& call, const View& out, const View& a, const View& b) {
  return wait_for_more(call, {&out, &a, &b});
}
bool chained(const ChainCall& call, const View& out, const View& a, const View& b, const View& c) {
  return wait_for_more(call, {&out, &a, &b, &c});
}

std::string names_of(const Chain& chain) {
  std::string names;
  for (int s = 0; s < chain.steps; ++s) {
    const ChainCall& call = chain.step[s].call;
    if (s > 0) names += ", ";
    names += name_of(call);
    if (is_gradient(call)) names += " gradient";
  }
  return names;
}

void launch_waiting() {
  if (waiting.steps == 0) return;
  const Chain chain = needed();
  waiting.steps = 0;  // the launch itself asks for the stream
  if (chain.steps == 0) return;
  if (chain.steps == 1) {
    alone = true;
    launch_alone(chain.step[0], chain.count);
    alone = false;
    return;
  }
  launch_chain(chain);
}

void unread(void* data, size_t bytes) {
  if (waiting.steps == 0) return;
  const auto* const first = static_cast<const char*>(data);
  for (int s = 0; s < waiting.steps; ++s)
    if (written[s].first >= first && written[s].first + written[s].bytes <= first + bytes)
      waiting.step[s].out = nullptr;
}

}  // namespace tape::cuda
