// Every refusal at the front door, word by word: `[where] what was wrong, the value, what to do`.
#include <functional>

#include "helpers.h"
#include "tape/info.h"

namespace tape::test {
namespace {

Tensor f32(const Dims& shape) { return full(shape, 1, DType::float32); }
Tensor i64(const Dims& shape, double value = 0) { return full(shape, value, DType::int64); }

struct Refusal {
  std::function<void()> call;
  std::string message;
};

const Refusal refusals[] = {
    {[] {
       add(f32({2, 3}), f32({2, 4}));
     },
     "[add] shapes 2x3 and 2x4 do not broadcast: sizes 3 and 4 differ at dimension 1"},
    {[] { mul(f32({2}), i64({2})); }, "[mul] dtypes differ: float32 and int64, convert one with to()"},
    {[] { div(i64({2}), i64({2})); },
     "[div] division of int64 tensors is not defined, convert with to('float32')"},
    {[] { add(full({2}, 1, DType::boolean), 1); },
     "[add] needs numbers, got bool 2, convert it with to('float32')"},
    {[] { mul(i64({2}), 0.5); },
     "[mul] the number 0.5 does not fit dtype int64, convert the tensor with to('float32')"},
    {[] { exp(i64({2})); }, "[exp] needs a floating tensor, got int64 2, convert it with to('float32')"},
    {[] {
       binary_(BinaryOp::add, f32({3}), f32({2, 3}));
     },
     "[add_] cannot write a result of shape 2x3 into 3, its shape must broadcast to the tensor's"},
    {[] {
       linear(f32({32, 100}), f32({256, 784}), {});
     },
     "[linear] weight expects 784 input features, got 100 (input 32x100, weight 256x784)"},
    {[] {
       linear(f32({2, 3}), f32({4, 3}), f32({5}));
     },
     "[linear] bias must have 4 elements, got 5 (weight 4x3)"},
    {[] {
       matmul(f32({2, 3}), f32({4, 5}));
     },
     "[matmul] inner sizes differ: 2x3 @ 4x5 has 3 against 4"},
    {[] {
       reshape(f32({2, 3}), {4, -1});
     },
     "[reshape] cannot make 4x-1 of 2x3, which has 6 elements"},
    {[] {
       view(transpose(f32({2, 3}), 0, 1), {6});
     },
     "[view] a tensor of shape 3x2 with these strides cannot be seen as 6 without a copy, use reshape()"},
    {[] {
       narrow(f32({2, 3}), 1, 2, 2);
     },
     "[narrow] start 2 and length 2 leave dimension 1 of 2x3"},
    {[] {
       select(f32({2, 3}), 0, 2);
     },
     "[select] index 2 is outside dimension 0 of 2x3"},
    {[] {
       sum(f32({2, 3}), {2});
     },
     "[sum] dim must be between -2 and 1, got 2"},
    {[] {
       expand(f32({2, 3}), {4, 3});
     },
     "[expand] cannot expand 2x3 to 4x3, only sizes of 1 can grow"},
    {[] {
       amax(f32({0, 3}), {0});
     },
     "[amax] cannot take the amax of nothing: shape 0x3 is empty where it is reduced"},
    {[] { mean(i64({2})); }, "[mean] needs a floating tensor, got int64 2, convert it with to('float32')"},
    {[] {
       index_select(f32({2, 3}), 0, i64({1}, 5));
     },
     "[indexSelect] index 5 at position 0 is outside 0..1 (input 2x3, dim 0)"},
    {[] { dropout(f32({2}), 1.5, true); }, "[dropout] p must be between 0 and 1, got 1.5"},
    {[] { where(f32({2}), f32({2}), f32({2})); },
     "[where] the condition must be bool, got float32, compare it first"},
    {[] { arange(0, 5, -1, DType::int64); }, "[arange] step -1 does not lead from 0 to 5"},
    {[] { from_file("/nowhere/at/all", {2}, DType::float32, 0); },
     "[fromFile] cannot read /nowhere/at/all: No such file or directory"},
    {[] { i64({2}).set_requires_grad(true); },
     "[requiresGrad] only floating tensors can require gradients, got int64"},
    {[] { set_threads(0); }, "[setThreads] number of threads must be between 1 and 1024, got 0"},
    {[] {
       Dims nine;
       for (int i = 0; i < 9; ++i) nine.push_back(1);
     },
     "[shape] at most 8 dimensions are supported"},
};

}  // namespace

TEST_CASE("errors: each refusal says where, what, the value and what to do") {
  const int64_t tensors = memory_stats().live_tensors;
  for (const Refusal& refusal : refusals) CHECK(message_of(refusal.call) == refusal.message);
  CHECK(memory_stats().live_tensors == tensors);
}

}  // namespace tape::test
