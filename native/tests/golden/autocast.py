"""Autocast: bfloat16 products between float32 inputs and outputs. In float64 nothing is cast."""

import torch
import torch.nn.functional as F

from common import case, randn, write


def autocast(name, fn, *inputs):
    def run(*xs):
        with torch.autocast("cpu", torch.bfloat16):
            return fn(*xs).to(xs[0].dtype)

    case(f"autocast_{name}", run, *inputs)


labels = torch.tensor([0, 3, 1, 2, 2, 3])
autocast("linear", lambda x, w, b: F.linear(x, w, b), randn(5, 16), randn(7, 16), randn(7))
autocast("linear_twice", lambda x, w: F.linear(F.linear(x, w).tanh(), w), randn(3, 8), randn(8, 8))
autocast("matmul", lambda a, b: a @ b, randn(2, 3, 9), randn(2, 9, 4))
autocast(
    "network",
    lambda x, w1, b1, w2, b2: F.cross_entropy(F.linear(F.relu(F.linear(x, w1, b1)), w2, b2), labels),
    randn(6, 10),
    randn(8, 10) * 0.3,
    randn(8),
    randn(4, 8) * 0.3,
    randn(4),
)
autocast("mse", lambda x, w, y: F.mse_loss(x @ w, y), randn(4, 9), randn(9, 3), randn(4, 3))
autocast(
    "attention",
    lambda q, k, v: torch.softmax(q @ k.transpose(-2, -1) * 0.35, -1) @ v,
    randn(1, 4, 6),
    randn(1, 4, 6),
    randn(1, 4, 6),
)
autocast("mixed_add", lambda x, w: F.linear(x, w) + x, randn(3, 6), randn(6, 6))
autocast("norm", lambda x, w, g, b: F.layer_norm(F.linear(x, w), (6,), g, b), randn(3, 6), randn(6, 6), randn(6), randn(6))
autocast(
    "batchnorm",
    lambda x, w, g, b: F.relu(F.batch_norm(F.conv2d(x, w, padding=1), None, None, g, b, training=True)),
    randn(3, 4, 5, 5),
    randn(6, 4, 3, 3) * 0.3,
    randn(6),
    randn(6),
)
autocast(
    "scaled_dot_product",
    lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
    randn(2, 2, 7, 8),
    randn(2, 2, 7, 8),
    randn(2, 2, 7, 8),
)


def lstm(x, *weights):
    states = [torch.zeros(1, x.size(0), weights[1].size(1), dtype=x.dtype)] * 2
    return torch.lstm(x, states, weights, True, 1, 0.0, False, False, True)[0]


autocast("lstm", lstm, randn(3, 6, 5), randn(32, 5) * 0.4, randn(32, 8) * 0.4, randn(32), randn(32))
write("autocast")
