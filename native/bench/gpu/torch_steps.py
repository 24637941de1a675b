"""torch_steps.py SECONDS [--graph]: the steps of steps.cpp in PyTorch on a GPU, eager, or captured in a CUDA graph."""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
graphed = "--graph" in sys.argv
device = "cuda"


def say(name, value, unit):
    print(f"{name} {value:.6g} {unit}", flush=True)


def measured(step, block):
    if graphed:
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):
            for _ in range(3):
                step()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        step = graph.replay
    times, start = [], time.perf_counter()
    while time.perf_counter() - start < seconds or len(times) < 3:
        before = time.perf_counter()
        for _ in range(block):
            step()
        torch.cuda.synchronize()
        if time.perf_counter() - start > seconds / 3:
            times.append((time.perf_counter() - before) / block)
    return statistics.median(times)


def trained(model, x, labels, rate):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)

    def step():
        optimizer.zero_grad(set_to_none=not graphed)
        F.cross_entropy(model(x), labels).backward()
        optimizer.step()

    return step


def single_ops():
    one = torch.randn(1, device=device)
    say("add-of-one-element", 1e6 * measured(lambda: one + one, 1000), "us")
    x, y = torch.randn(1 << 28, device=device), torch.randn(1 << 28, device=device)
    say("add-bandwidth", (1 << 28) * 12 / measured(lambda: x + y, 5) / 1e9, "GB/s")
    for dtype in (torch.float32, torch.bfloat16):
        a, b = (torch.randn(8192, 8192, device=device).to(dtype) for _ in range(2))
        say(f"matmul-{str(dtype)[6:]}", 2 * 8192**3 / measured(lambda: a @ b, 3) / 1e12, "TFLOP/s")


def main():
    if not graphed:
        single_ops()
    for batch in (64, 1024):
        model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).to(device)
        x, labels = torch.randn(batch, 784, device=device), torch.randint(0, 10, (batch,), device=device)
        say(f"mlp-784-256-10-batch-{batch}", 1e6 * measured(trained(model, x, labels, 0.05), 100), "us/step")
    layers, width = [], 3
    for channels in (32, 64, 128):
        layers += [nn.Conv2d(width, channels, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        width = channels
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))
    model = model.to(device, memory_format=torch.channels_last)
    x = torch.randn(64, 3, 32, 32, device=device).to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (64,), device=device)
    say("cnn-32-64-128-batch-64", 1e3 * measured(trained(model, x, labels, 0.01), 3), "ms/step")
    weights = [nn.Parameter(torch.randn(256, 256, device=device)) for _ in range(50)]
    for weight in weights:
        weight.grad = torch.randn_like(weight)
    optimizer = torch.optim.AdamW(weights, weight_decay=0.01, fused=True, capturable=graphed)
    spent = measured(optimizer.step, 20)
    say("adamw-50x256x256", 1e6 * spent, "us/step")


main()
