"""Golden cases of the mathematical and activation functions.

    python native/tests/golden/elementwise.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import torch
import torch.nn.functional as F

from common import case, positive, randn, write

for name in ("reciprocal", "expm1", "exp2", "sin", "cos", "atan", "erf", "floor", "ceil", "round", "trunc"):
    case(name, getattr(torch, name), 2 * randn(3, 4))
for name in ("rsqrt", "log1p", "log2", "tan"):
    case(name, getattr(torch, name), positive(3, 4))
case("remainder", torch.remainder, 3 * randn(3, 4), positive(4))
case("fmod", torch.fmod, 3 * randn(3, 4), positive(4))
case("atan2", torch.atan2, randn(3, 4), randn(4))
# At a bound the gradient passes.
bounds = torch.tensor([-2.0, -1.0, 0.0, 0.5, 3.0], dtype=torch.float64)
case("clamp", lambda x: torch.clamp(x, -1, 0.5), bounds)
case("clamp_tensors", torch.clamp, randn(3, 4), randn(4), randn(3, 1))
case("lerp", torch.lerp, randn(3, 4), randn(4), positive(3, 1))
case("addcmul", lambda x, a, b: torch.addcmul(x, a, b, value=0.7), randn(3, 4), randn(4), randn(3, 1))
case("addcdiv", lambda x, a, b: torch.addcdiv(x, a, b, value=0.7), randn(3, 4), randn(4), positive(3, 1))
case("masked_fill", lambda x: x.masked_fill(x > 0, 2.5), randn(3, 4))

edges = torch.tensor([-3.5, -3.0, -1.0, -0.3, 0.0, 0.4, 1.0, 3.0, 6.0, 7.0], dtype=torch.float64)
case("gelu", F.gelu, edges)
case("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), edges)
case("silu", F.silu, edges)
case("mish", F.mish, edges)
case("leaky_relu", lambda x: F.leaky_relu(x, 0.2), edges)
case("elu", lambda x: F.elu(x, 1.3), edges)
case("selu", F.selu, edges)
case("softplus", lambda x: F.softplus(x, 2, 3), edges)
case("log_sigmoid", F.logsigmoid, edges)
case("hardtanh", F.hardtanh, edges)
case("relu6", F.relu6, edges)
# Composed: the float64 backward of F.hardsigmoid multiplies with a sixth rounded to float32.
case("hardsigmoid", lambda x: F.relu6(x + 3) / 6, edges)
case("hardswish", F.hardswish, edges)

write("elementwise")
