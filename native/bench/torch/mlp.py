"""MLP with one hidden layer, cross-entropy, SGD: the twin of workloads/mlp.ts."""

import torch
import torch.nn.functional as F

from source import Source, cycle


def mlp(batch, sizes=(784, 256, 10), lr=0.05, dtype=torch.float32):
    source = Source(dtype)
    inputs, hidden, classes = sizes
    w1, b1 = source.weight((hidden, inputs), inputs), source.zeros(hidden)
    w2, b2 = source.weight((classes, hidden), hidden), source.zeros(classes)
    batches = cycle(
        [
            (source.values((batch, inputs)), torch.tensor(source.integers(batch, 0, classes - 1)))
            for _ in range(8)
        ]
    )
    sgd = torch.optim.SGD([w1, b1, w2, b2], lr=lr)

    def step():
        x, y = next(batches)
        loss = F.cross_entropy(F.linear(F.relu(F.linear(x, w1, b1)), w2, b2), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        return loss

    return step
