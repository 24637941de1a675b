"""ResNet-18 with the 3x3 stem of CIFAR, SGD with momentum: the twin of workloads/resnet.ts."""

import contextlib

import torch
import torch.nn.functional as F

from source import Source, cycle


class Network:
    """Convolutions without bias, batch norm after each."""

    def __init__(self, source, layout):
        self.source, self.layout = source, layout
        self.parameters = []

    def parameter(self, x):
        self.parameters.append(x)
        return x

    def conv(self, outputs, inputs, size, stride=1):
        weight = self.source.weight((outputs, inputs, size, size), inputs * size * size).detach()
        weight = self.parameter(weight.to(memory_format=self.layout).requires_grad_())
        gamma, beta = self.parameter(self.source.ones(outputs)), self.parameter(self.source.zeros(outputs))
        mean, var = torch.zeros(outputs), torch.ones(outputs)

        def forward(x):
            x = F.conv2d(x, weight, stride=stride, padding=size // 2)
            return F.batch_norm(x, mean, var, gamma, beta, training=True)

        return forward

    def block(self, outputs, inputs, stride):
        first, second = self.conv(outputs, inputs, 3, stride), self.conv(outputs, outputs, 3)
        shortcut = self.conv(outputs, inputs, 1, stride) if stride != 1 or inputs != outputs else None

        def forward(x):
            return F.relu(second(F.relu(first(x))) + (shortcut(x) if shortcut else x))

        return forward


def resnet(batch, channels=(64, 128, 256, 512), size=32, classes=10, lr=1e-3, channels_last=False, bf16=False):
    layout = torch.channels_last if channels_last else torch.contiguous_format
    source = Source()
    network = Network(source, layout)
    stem = network.conv(channels[0], 3, 3)
    blocks = []
    before = channels[0]
    for stage, count in enumerate(channels):
        for index in range(2):
            blocks.append(network.block(count, before, 2 if stage > 0 and index == 0 else 1))
            before = count
    weight = network.parameter(source.weight((classes, before), before))
    bias = network.parameter(source.zeros(classes))
    batches = cycle(
        [
            (
                source.values((batch, 3, size, size)).to(memory_format=layout),
                torch.tensor(source.integers(batch, 0, classes - 1)),
            )
            for _ in range(4)
        ]
    )
    sgd = torch.optim.SGD(network.parameters, lr=lr, momentum=0.9)

    def precision():
        return torch.autocast("cpu", torch.bfloat16) if bf16 else contextlib.nullcontext()

    def step():
        x, y = next(batches)
        with precision():
            x = F.relu(stem(x))
            for block in blocks:
                x = block(x)
            loss = F.cross_entropy(F.linear(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1), weight, bias), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        return loss

    return step
