"""The update alone, gradients given: the twin of workloads/adamw.ts."""

import torch

from source import Source


def adamw(count=50, size=256, **how):
    """`how`: foreach=True or fused=True."""
    source = Source()
    parameters = [source.weight((size, size), size) for _ in range(count)]
    for p in parameters:
        p.grad = source.values((size, size), 0.1)
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, **how)

    def step():
        optimizer.step()
        return parameters[-1]

    return step
