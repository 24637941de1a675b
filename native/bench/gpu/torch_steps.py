"""torch_steps.py SECONDS [--graph | --compile] [--cpu]: the rows of steps.cpp in PyTorch, eager, captured in a CUDA graph
or compiled. --cpu: small networks on the processor, to see that this runs. A row that fails says so and the rest goes on."""

import contextlib
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

numbers = [a for a in sys.argv[1:] if not a.startswith("--")]
seconds = float(numbers[0]) if numbers else 1.0
graphed, compiled, tiny = ("--graph" in sys.argv, "--compile" in sys.argv, "--cpu" in sys.argv)
device = "cpu" if tiny else "cuda"
torch.backends.cudnn.allow_tf32 = False  # float32 is float32 in both; products leave it off by themselves


def say(name, value, unit):
    print(f"{name} {value:.6g} {unit}", flush=True)


def wait():
    if device == "cuda":
        torch.cuda.synchronize()


def replayed(step):
    """The step as a graph of its kernels."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def measured(step, block):
    """Median seconds of a step: blocks of steps, each waited for, after a third of the time as warm-up."""
    if graphed:
        step = replayed(step)
    step()
    wait()
    times, start = [], time.perf_counter()
    while time.perf_counter() - start < seconds or len(times) < 3:
        before = time.perf_counter()
        for _ in range(block):
            step()
        wait()
        if time.perf_counter() - start > seconds / 3:
            times.append((time.perf_counter() - before) / block)
    return statistics.median(times)


def labels_of(classes, count):
    return torch.randint(0, classes, (count,), device=device)


def training(model, optimizer, loss, low=False):
    """A step: forward, backward, update."""
    if compiled:
        loss = torch.compile(loss)

    def step():
        optimizer.zero_grad(set_to_none=not graphed)
        with torch.autocast(device, torch.bfloat16) if low else contextlib.nullcontext():
            value = loss()
        value.backward()
        optimizer.step()

    return step


def single_ops():
    one = torch.randn(1, device=device)
    say("add-of-one-element", 1e6 * measured(lambda: one + one, 1000), "us")
    count, size = (1 << 22, 256) if tiny else (1 << 28, 8192)
    x, y = torch.randn(count, device=device), torch.randn(count, device=device)
    say("add-bandwidth", count * 12 / measured(lambda: x + y, 5) / 1e9, "GB/s")

    def eight():
        return torch.relu(torch.tanh(x * 0.5 + y) * x + y) * 1.5 + 0.1

    say("chain-of-8", count * 12 / measured(torch.compile(eight) if compiled else eight, 1) / 1e9, "GB/s")
    for dtype in (torch.float32, torch.bfloat16):
        a, b = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
        say(f"matmul-{str(dtype)[6:]}", 2 * size**3 / measured(lambda: a @ b, 3) / 1e12, "TFLOP/s")
    leaf = torch.randn(1, device=device, requires_grad=True)

    def chain():
        y = leaf
        for _ in range(100):
            y = y * 1.0001
        return torch.autograd.grad(y.sum(), leaf)

    say("chain-of-100-muls-forward-and-backward", 1e6 * measured(chain, 10) / 200, "us/op")


def mlp(batch):
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).to(device)
    x, labels = torch.randn(batch, 784, device=device), labels_of(10, batch)
    sgd = torch.optim.SGD(model.parameters(), lr=0.05)
    step = training(model, sgd, lambda: F.cross_entropy(model(x), labels))
    say(f"mlp-784-256-10-batch-{batch}", 1e3 * measured(step, 100), "ms/step")


def cnn(batch):
    layers, width = [], 3
    for channels in (32, 64, 128):
        layers += [nn.Conv2d(width, channels, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        width = channels
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))
    model = model.to(device, memory_format=torch.channels_last)
    x = torch.randn(batch, 3, 32, 32, device=device).to(memory_format=torch.channels_last)
    labels = labels_of(10, batch)
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    step = training(model, sgd, lambda: F.cross_entropy(model(x), labels))
    say(f"cnn-32-64-128-batch-{batch}", 1e3 * measured(step, 3), "ms/step")


class Block(nn.Module):
    def __init__(self, outputs, inputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            conv = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(conv, nn.BatchNorm2d(outputs))

    def forward(self, x):
        h = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(h)) + self.shortcut(x))


def resnet18(batch, size):
    layers, before = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for channels in (64, 128, 256, 512):
        for index in range(2):
            layers.append(Block(channels, before, 2 if channels > 64 and index == 0 else 1))
            before = channels
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000))
    model = model.to(device, memory_format=torch.channels_last)
    x = torch.randn(batch, 3, size, size, device=device).to(memory_format=torch.channels_last)
    labels = labels_of(1000, batch)
    sgd = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    step = training(model, sgd, lambda: F.cross_entropy(model(x), labels), low=True)
    say(f"resnet18-{size}-batch-{batch}-bfloat16", 1e3 * measured(step, 2), "ms/step")


def lstm(batch, hidden, longest):
    table = nn.Embedding(1000, 100, padding_idx=0)
    layer, head = nn.LSTM(100, hidden, batch_first=True), nn.Linear(hidden, 4)
    model = nn.ModuleList([table, layer, head]).to(device)
    lengths = torch.tensor([longest if i == 0 else 10 + i * 37 % (longest - 9) for i in range(batch)])
    tokens, labels = torch.randint(1, 1000, (batch, longest), device=device), labels_of(4, batch)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, capturable=graphed)

    def loss():
        packed = pack_padded_sequence(table(tokens), lengths, batch_first=True, enforce_sorted=False)
        return F.cross_entropy(head(layer(packed)[1][0][-1]), labels)

    step = training(model, adam, loss)
    say(f"lstm-{hidden}-batch-{batch}-lengths-10-{longest}", 1e3 * measured(step, 3), "ms/step")


class GptBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, steps, width = x.shape
        parts = self.qkv(self.norm1(x)).reshape(batch, steps, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, steps, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


def gpt(batch, steps, layers, width, heads, vocabulary):
    model = nn.ModuleDict(
        {
            "tokens": nn.Embedding(vocabulary, width),
            "blocks": nn.Sequential(*[GptBlock(width, heads) for _ in range(layers)]),
            "norm": nn.LayerNorm(width),
            "head": nn.Linear(width, vocabulary, bias=False),
        }
    ).to(device)
    positions = nn.Parameter(torch.randn(steps, width, device=device) * 0.02)
    x = torch.randint(0, vocabulary, (batch, steps), device=device)
    labels = labels_of(vocabulary, batch * steps)
    parameters = [*model.parameters(), positions]
    adamw = torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01, fused=True, capturable=graphed)

    def loss():
        h = model["norm"](model["blocks"](model["tokens"](x) + positions))
        return F.cross_entropy(model["head"](h).reshape(batch * steps, vocabulary), labels)

    step = training(model, adamw, loss, low=True)
    name = f"gpt-d{width}-layers-{layers}-T{steps}-batch-{batch}-bfloat16"
    say(name, 1e3 * measured(step, 2), "ms/step")


def adamw():
    size = 32 if tiny else 256
    weights = [nn.Parameter(torch.randn(size, size, device=device)) for _ in range(50)]
    for weight in weights:
        weight.grad = torch.randn_like(weight)
    optimizer = torch.optim.AdamW(weights, weight_decay=0.01, fused=True, capturable=graphed)
    say(f"adamw-50x{size}x{size}", 1e6 * measured(optimizer.step, 20), "us/step")


# The largest first: compiling takes longer than measuring, and time may run out.
rows = [
    lambda: resnet18(*((2, 64) if tiny else (256, 224))),
    lambda: gpt(*((1, 16, 1, 32, 2, 50) if tiny else (8, 1024, 12, 768, 12, 50304))),
    lambda: cnn(4 if tiny else 64),
    lambda: mlp(64),
    lambda: mlp(1024),
]
if not compiled:
    rows += [lambda: lstm(*((4, 16, 12) if tiny else (32, 128, 100))), adamw]
    if not graphed:
        rows.append(single_ops)
for row in rows:
    try:
        row()
    except Exception as error:  # a graph takes no packed sequences, for one
        print(f"# a row failed: {str(error).splitlines()[0]}", flush=True)
