"""The measured programs in PyTorch: the twin of workloads.ts. Prints one JSON object."""

import json
import statistics
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


def noise(seed, count, scale):
    """Number i of stream `seed` in -1..1: the integer hash of workloads.ts."""
    with np.errstate(over="ignore"):
        i = np.arange(1, count + 1, dtype=np.uint32)
        h = i * np.uint32(0x9E3779B1) ^ np.uint32((seed * 0x85EBCA6B) & 0xFFFFFFFF)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    return torch.from_numpy(((h.astype(np.float64) / 2147483648 - 1) * scale).astype(np.float32))


def measure(body, warm, rounds):
    """Median milliseconds of one call, after warming up."""
    for _ in range(warm):
        body()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def mlp(batch):
    w1 = noise(1, 256 * 784, 1 / 784**0.5).reshape(256, 784).requires_grad_()
    b1 = torch.zeros(256, requires_grad=True)
    w2 = noise(2, 10 * 256, 1 / 256**0.5).reshape(10, 256).requires_grad_()
    b2 = torch.zeros(10, requires_grad=True)
    batches = [
        (
            noise(10 + k, batch * 784, 1).reshape(batch, 784),
            torch.tensor([(i * 7 + k * 3) % 10 for i in range(batch)]),
        )
        for k in range(8)
    ]
    sgd = torch.optim.SGD([w1, b1, w2, b2], lr=0.05)
    at = 0

    def step():
        nonlocal at
        x, y = batches[at % 8]
        at += 1
        loss = F.cross_entropy(F.linear(F.relu(F.linear(x, w1, b1)), w2, b2), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        return loss

    losses = [step().item() for _ in range(100)]
    return losses, measure(step, 200, 1500)


def add():
    a, b = torch.tensor([1.0]), torch.tensor([2.0])

    def body():
        for _ in range(1000):
            a + b

    with torch.no_grad():
        return measure(body, 30, 200)


def chain():
    a, b = torch.tensor([1.0], requires_grad=True), torch.tensor([1.0001])

    def body():
        c = a
        for _ in range(100):
            c = c * b
        c.backward()

    return measure(body, 200, 1000) * 10


torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
torch.set_flush_denormal(True)
losses32, ms32 = mlp(32)
losses128, ms128 = mlp(128)
print(
    json.dumps(
        {
            "engine": {"version": torch.__version__},
            "losses": {"mlp32": losses32, "mlp128": losses128},
            "times": {"mlp32_ms": ms32, "mlp128_ms": ms128, "add_us": add(), "chain_us": chain()},
        }
    )
)
