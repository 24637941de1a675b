"""3x3 convolutions with ReLU and max pooling, one linear layer, SGD: the twin of workloads/cnn.ts."""

import torch
import torch.nn.functional as F

from source import Source, cycle


def cnn(batch, channels=(32, 64, 128), size=32, classes=10, lr=0.02, channels_last=False, dtype=torch.float32):
    layout = torch.channels_last if channels_last else torch.contiguous_format
    source = Source(dtype)
    layers = []
    before = 3
    for count in channels:
        weight = source.weight((count, before, 3, 3), before * 9).detach().to(memory_format=layout)
        layers.append((weight.requires_grad_(), source.zeros(count)))
        before = count
    features = before * (size // 2 ** len(channels)) ** 2
    weight, bias = source.weight((classes, features), features), source.zeros(classes)
    batches = cycle(
        [
            (
                source.values((batch, 3, size, size)).to(memory_format=layout),
                torch.tensor(source.integers(batch, 0, classes - 1)),
            )
            for _ in range(4)
        ]
    )
    sgd = torch.optim.SGD([p for layer in layers for p in layer] + [weight, bias], lr=lr)

    def step():
        x, y = next(batches)
        for w, b in layers:
            x = F.max_pool2d(F.relu(F.conv2d(x, w, b, padding=1)), 2)
        loss = F.cross_entropy(F.linear(torch.flatten(x, 1), weight, bias), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        return loss

    return step
