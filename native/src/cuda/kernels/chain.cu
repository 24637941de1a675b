// Several elementwise ops in one launch: each thread does all of them for four elements.
#include <type_traits>

#include "../chain.h"
#include "../functions.h"
#include "../launch.h"
#include "../table.h"
#include "tape/philox.h"

namespace tape::cuda {
namespace {

/// What a thread holds of one operand or result.
struct Lanes {
  float of[kChainLanes];
};

/// As many elements of memory.
template <class S>
struct alignas(kChainLanes * sizeof(S)) Quad {
  S of[kChainLanes];
};

template <class S>
TAPE_BOTH void read(Lanes& to, const void* data, int64_t first, int lanes) {
  if (lanes == kChainLanes) {
    const auto quad = *reinterpret_cast<const Quad<S>*>(static_cast<const S*>(data) + first);
    for (int k = 0; k < kChainLanes; ++k) to.of[k] = static_cast<float>(quad.of[k]);
    return;
  }
  for (int k = 0; k < kChainLanes; ++k)
    to.of[k] = k < lanes ? static_cast<float>(static_cast<const S*>(data)[first + k]) : 0;
}
template <class S>
TAPE_BOTH void write(const Lanes& from, void* data, int64_t first, int lanes) {
  if (lanes == kChainLanes) {
    Quad<S> quad;
    for (int k = 0; k < kChainLanes; ++k) quad.of[k] = static_cast<S>(from.of[k]);
    *reinterpret_cast<Quad<S>*>(static_cast<S*>(data) + first) = quad;
    return;
  }
  for (int k = 0; k < kChainLanes; ++k)
    if (k < lanes) static_cast<S*>(data)[first + k] = static_cast<S>(from.of[k]);
}

/// f(the number `op`, which the compiler knows): the question is asked once for all lanes.
template <int count, class F>
TAPE_BOTH void known(int op, const F& f) {
  if constexpr (count == 1) {
    f(std::integral_constant<int, 0>{});
  } else if (op == count - 1) {
    f(std::integral_constant<int, count - 1>{});
  } else {
    known<count - 1>(op, f);
  }
}

template <class F>
TAPE_BOTH void each(Lanes& to, const Lanes& x, const F& f) {
  for (int k = 0; k < kChainLanes; ++k) to.of[k] = f(x.of[k]);
}
template <class F>
TAPE_BOTH void each(Lanes& to, const Lanes& x, const Lanes& y, const F& f) {
  for (int k = 0; k < kChainLanes; ++k) to.of[k] = f(x.of[k], y.of[k]);
}
template <class F>
TAPE_BOTH void each(Lanes& to, const Lanes& x, const Lanes& y, const Lanes& z, const F& f) {
  for (int k = 0; k < kChainLanes; ++k) to.of[k] = f(x.of[k], y.of[k], z.of[k]);
}

TAPE_BOTH inline void compute(const ChainCall& call, int64_t group, const Lanes& x, const Lanes& y,
                              const Lanes& z, Lanes& to) {
  switch (call.function) {
    case ChainFunction::copy:
      to = x;
      return;
    case ChainFunction::unary:
      return known<13>(call.op, [&](auto op) {
        each(to, x, UnaryFunction<float>{static_cast<UnaryOp>(decltype(op)::value), call.p});
      });
    case ChainFunction::math:
      return known<15>(call.op, [&](auto op) {
        constexpr auto known_op = static_cast<MathOp>(decltype(op)::value);
        if constexpr (!is_angular(known_op)) each(to, x, MathFunction<float>{known_op});
      });
    case ChainFunction::activation:
      return known<11>(call.op, [&](auto op) {
        each(to, x,
             ActivationFunction<float>{static_cast<ActivationOp>(decltype(op)::value), call.p, call.q});
      });
    case ChainFunction::activation_gradient:
      return known<11>(call.op, [&](auto op) {
        each(to, x, y,
             ActivationSlope<float>{static_cast<ActivationOp>(decltype(op)::value), call.p, call.q});
      });
    case ChainFunction::gradient:
      return known<3>(call.op, [&](auto op) {
        each(to, x, y, GradFunction<float>{static_cast<GradOp>(decltype(op)::value)});
      });
    case ChainFunction::binary:
      return known<7>(call.op, [&](auto op) {
        each(to, x, y, BinaryFunction<float>{static_cast<BinaryOp>(decltype(op)::value)});
      });
    case ChainFunction::ternary:
      return known<3>(call.op, [&](auto op) {
        each(to, x, y, z, TernaryFunction<float>{static_cast<TernaryOp>(decltype(op)::value), call.p});
      });
    case ChainFunction::compare:
      return known<6>(call.op, [&](auto op) {
        each(to, x, y, CompareFunction<float>{static_cast<CompareOp>(decltype(op)::value)});
      });
    case ChainFunction::where:
      return each(to, x, y, z, [](float holds, float a, float b) { return holds != 0 ? a : b; });
    case ChainFunction::clamp:
      return each(to, x, ClampFunction<float>{call.p, call.q});
    default: {
      const PhiloxState at = resolved(call.state);
      const Philox random = philox(at.seed, at.offset + static_cast<uint64_t>(group));
      for (int k = 0; k < kChainLanes; ++k)
        to.of[k] = stays(random.v[k], call.threshold) ? x.of[k] * call.p : 0;
    }
  }
}

/// f(S{}) with the type that a chain's memory holds.
template <class F>
TAPE_BOTH void visit_memory(DType dtype, const F& f) {
  if (dtype == DType::float32) return f(float{});
  if (dtype == DType::bfloat16) return f(BFloat16{});
  f(bool{});
}

template <class I, class S>
TAPE_BOTH void read_repeated(Lanes& to, const ChainOperand& from, I first, int lanes) {
  const auto each = static_cast<I>(from.each), size = static_cast<I>(from.size);
  I inside = first % each, place = first / each % size;
  for (int k = 0; k < lanes; ++k) {
    to.of[k] = static_cast<float>(static_cast<const S*>(from.data)[place]);
    if (++inside < each) continue;
    inside = 0;
    if (++place == size) place = 0;
  }
}

/// All steps for elements 4 * group and the three behind it.
TAPE_BOTH inline void follow(const Chain& chain, int64_t group) {
  const int64_t first = group * kChainLanes, rest = chain.count - first;
  const int lanes = rest < kChainLanes ? static_cast<int>(rest) : kChainLanes;
  Lanes kept[kChainSteps];
  Lanes last{};
  for (int s = 0; s < chain.steps; ++s) {
    const ChainStep& step = chain.step[s];
    const auto operand = [&](int number) {
      const ChainOperand& from = step.operands[number];
      Lanes to{};
      switch (from.from) {
        case ChainOperand::From::nowhere:
          return to;
        case ChainOperand::From::step:
          return from.step == s - 1 ? last : kept[from.step];
        case ChainOperand::From::memory:
          visit_memory(from.dtype, [&](auto type) { read<decltype(type)>(to, from.data, first, lanes); });
          return to;
        case ChainOperand::From::repeated:
          visit_memory(from.dtype, [&](auto type) {
            if (chain.count < (int64_t{1} << 31))  // division of 32 bits costs a fraction
              read_repeated<uint32_t, decltype(type)>(to, from, static_cast<uint32_t>(first), lanes);
            else
              read_repeated<int64_t, decltype(type)>(to, from, first, lanes);
          });
          return to;
        default:
          for (float& lane : to.of) lane = from.value;
          return to;
      }
    };
    const Lanes x = operand(0), y = operand(1), z = operand(2);
    compute(step.call, group, x, y, z, last);
    if (step.dtype != DType::float32)
      visit_memory(step.dtype, [&](auto type) {
        for (float& lane : last.of) lane = static_cast<float>(static_cast<decltype(type)>(lane));
      });
    if (step.kept) kept[s] = last;
    if (!step.out) continue;
    visit_memory(step.dtype, [&](auto type) { write<decltype(type)>(last, step.out, first, lanes); });
  }
}

#if defined(__CUDACC__)
/// The chain stays where the launch put it: its steps are looked up by number.
__global__ void __launch_bounds__(kThreads)
    chain_kernel(int64_t groups, const __grid_constant__ Chain chain) {
  const int64_t step = int64_t{gridDim.x} * kThreads;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < groups; i += step) follow(chain, i);
}
#endif

/// A view of the operand or, without one, of what the step writes.
View view_of(const ChainStep& step, const ChainOperand* operand, const int64_t* count) {
  static constexpr int64_t in_order = 1, repeated = 0;
  if (!operand) return {step.out, step.dtype, 1, count, &in_order};
  if (operand->from == ChainOperand::From::constant)
    return {const_cast<float*>(&operand->value), DType::float32, 1, count, &repeated, true};
  const bool single = operand->from == ChainOperand::From::repeated;
  return {const_cast<void*>(operand->data), operand->dtype, 1, count, single ? &repeated : &in_order};
}

/// For what has no better kernel of its own.
void launch_one(const ChainStep& step, int64_t count) {
  Chain chain;
  chain.count = count;
  chain.steps = 1;
  chain.step[0] = step;
  launch_chain(chain);
}

}  // namespace

void launch_chain(const Chain& chain) {
  const int64_t groups = (chain.count + kChainLanes - 1) / kChainLanes;
#if defined(__CUDACC__)
  if (!may_launch()) return;
  static_assert(sizeof(Chain) < 4000, "a launch takes 4 KiB of parameters");
  // clang-format off
  chain_kernel<<<blocks_for((groups + kThreads - 1) / kThreads), kThreads, 0, stream()>>>(groups, chain);
  // clang-format on
  if (cudaPeekAtLastError() != cudaSuccess) launched(names_of(chain).c_str());
#else
  for_each(groups, [chain](int64_t i) { follow(chain, i); });
#endif
}

void launch_alone(const ChainStep& step, int64_t count) {
  const ChainCall& call = step.call;
  for (const ChainOperand& operand : step.operands)
    if (operand.from == ChainOperand::From::repeated && operand.size > 1) return launch_one(step, count);
  const View out = view_of(step, nullptr, &count), a = view_of(step, &step.operands[0], &count),
             b = view_of(step, &step.operands[1], &count), c = view_of(step, &step.operands[2], &count);
  switch (call.function) {
    case ChainFunction::copy:
      return a.on_host ? elementwise_table().fill(out, step.operands[0].value)
                       : elementwise_table().copy(out, a);
    case ChainFunction::unary:
      return elementwise_table().unary(static_cast<UnaryOp>(call.op), out, a, call.p);
    case ChainFunction::math:
      return math_table().unary(static_cast<MathOp>(call.op), out, a);
    case ChainFunction::activation:
      return activation_table().forward(static_cast<ActivationOp>(call.op), out, a, call.p, call.q);
    case ChainFunction::activation_gradient:
      return activation_table().backward(static_cast<ActivationOp>(call.op), out, a, b, call.p, call.q);
    case ChainFunction::gradient:
      return elementwise_table().grad(static_cast<GradOp>(call.op), out, a, b);
    case ChainFunction::binary:
      return elementwise_table().binary(static_cast<BinaryOp>(call.op), out, a, b);
    case ChainFunction::ternary:
      return math_table().ternary(static_cast<TernaryOp>(call.op), out, a, b, c, call.p);
    case ChainFunction::clamp:
      return math_table().clamp(out, a, call.p, call.q);
    case ChainFunction::compare:
      return elementwise_table().compare(static_cast<CompareOp>(call.op), out, a, b);
    default:
      launch_one(step, count);
  }
}

}  // namespace tape::cuda
