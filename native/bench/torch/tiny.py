"""What one op costs: the twin of workloads/tiny.ts. Nothing is learned."""

import torch


def add():
    """A thousand additions of two 1-element tensors."""
    a, b = torch.tensor([1.0]), torch.tensor([2.0])

    def step():
        with torch.no_grad():
            for _ in range(1000):
                a + b

    return step


def chain():
    """A hundred multiplications in a row, forward and backward."""
    a, b = torch.tensor([1.0], requires_grad=True), torch.tensor([1.0001])

    def step():
        c = a
        for _ in range(100):
            c = c * b
        a.grad = None
        c.backward()

    return step
