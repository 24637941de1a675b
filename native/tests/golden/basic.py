"""Golden cases of the ops that most others are made of, and of a small network in training.

    python native/tests/golden/basic.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import torch
import torch.nn.functional as F

from common import case, lines, positive, put, randn, write

ties = torch.tensor([[1.0, 2.0, 2.0], [3.0, 3.0, 3.0]], dtype=torch.float64)
labels = torch.tensor([0, 4, 2, 2, 1])
case("linear", F.linear, randn(5, 7), randn(4, 7), randn(4))
case("linear_relu", lambda x, w, b: F.relu(F.linear(x, w, b)), randn(5, 7), randn(4, 7), randn(4))
case("matmul", torch.matmul, randn(5, 7), randn(7, 3))
case("bmm", torch.matmul, randn(2, 3, 4), randn(2, 4, 3))
for name in ("tanh", "sigmoid", "relu", "exp", "abs"):
    case(name, getattr(torch, name), 2 * randn(4, 5))
case("log", torch.log, positive(4, 5))
case("sqrt", torch.sqrt, positive(4, 5))
case("div_broadcast", torch.div, randn(4, 5), positive(5))
case("pow", torch.pow, positive(3, 4), randn(4))
case("pow_scalar", lambda x: x**2.5, positive(3, 4))
case("maximum_ties", torch.maximum, ties, ties.flip(1))
case("minimum_ties", torch.minimum, ties, ties.flip(1))
case("amax_ties", lambda x: torch.amax(x, 1), ties)
case("amin", lambda x: torch.amin(x, 0), randn(3, 4))
case("mean", lambda x: x.mean((0, 2)), randn(2, 3, 4))
case("sum", lambda x: x.sum(1, keepdim=True), randn(2, 3, 4))
case("softmax", lambda x: F.softmax(x, 1), randn(2, 3, 4))
case("softmax_large", lambda x: F.softmax(x, -1), 50 * randn(3, 6))
case("log_softmax", lambda x: F.log_softmax(x, -1), 3 * randn(3, 6))
for reduction in ("mean", "sum", "none"):
    case(
        f"cross_entropy_{reduction}",
        lambda x, t, r=reduction: F.cross_entropy(x, t, reduction=r),
        3 * randn(5, 6),
        labels,
    )
case("mse_mean", F.mse_loss, randn(3, 4), randn(3, 4))
case("index_select", lambda x, i: torch.index_select(x, 0, i), randn(5, 3), labels)
case("where", lambda x, y: torch.where(x > 0, x, y), randn(3, 4), randn(3, 4))
case("expand_mul", lambda x, y: x.expand(4, 3) * y, randn(1, 3), randn(4, 3))

for dtype in (torch.float64, torch.float32):
    w1, b1 = (torch.randn(8, 6) * 0.4).to(dtype), torch.zeros(8, dtype=dtype)
    w2, b2 = (torch.randn(3, 8) * 0.4).to(dtype), torch.zeros(3, dtype=dtype)
    x, y = torch.randn(10, 6).to(dtype), torch.randint(3, (10,))
    lines.append("case network")
    for t in (w1, b1, w2, b2, x, y):
        put("in", t)
    leaves = [t.requires_grad_() for t in (w1, b1, w2, b2)]
    optimizer = torch.optim.SGD(leaves, lr=0.1, momentum=0.9)
    losses = []
    for _ in range(100):
        loss = F.cross_entropy(F.linear(F.relu(F.linear(x, w1, b1)), w2, b2), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    put("out", torch.tensor(losses, dtype=dtype))

write("basic")
