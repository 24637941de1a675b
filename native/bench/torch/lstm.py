"""Classifier of token sequences of different lengths, Adam: the twin of workloads/lstm.ts."""

import contextlib

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence

from source import Source, cycle


def lstm(
    batch,
    vocabulary=1000,
    embedding=100,
    hidden=128,
    layers=1,
    classes=4,
    lengths=(10, 100),
    lr=1e-3,
    packed=True,
    dtype=torch.float32,
    bf16=False,
):
    source = Source(dtype)
    table = source.weight((vocabulary, embedding), embedding)
    recurrent = torch.nn.LSTM(embedding, hidden, layers, batch_first=True, dtype=dtype)
    for layer in range(layers):
        inputs = embedding if layer == 0 else hidden
        for name, shape in (
            ("weight_ih", (4 * hidden, inputs)),
            ("weight_hh", (4 * hidden, hidden)),
            ("bias_ih", (4 * hidden,)),
            ("bias_hh", (4 * hidden,)),
        ):
            getattr(recurrent, f"{name}_l{layer}").data.copy_(source.values(shape, 1 / hidden**0.5))
    weight, bias = source.weight((classes, hidden), hidden), source.zeros(classes)

    def make_batch():
        sizes = source.integers(batch, *lengths)
        longest = max(sizes)
        tokens = torch.tensor(source.integers(batch * longest, 1, vocabulary - 1)).reshape(batch, longest)
        sizes = torch.tensor(sizes)
        tokens[torch.arange(longest) >= sizes[:, None]] = 0
        return tokens, sizes, torch.tensor(source.integers(batch, 0, classes - 1))

    batches = cycle([make_batch() for _ in range(4)])
    adam = torch.optim.Adam([table, *recurrent.parameters(), weight, bias], lr=lr)

    def forward(tokens, sizes, y):
        x = F.embedding(tokens, table, padding_idx=0)
        if packed:
            last = recurrent(pack_padded_sequence(x, sizes, batch_first=True, enforce_sorted=False))[1][0][-1]
        else:
            last = recurrent(x)[0][torch.arange(batch), sizes - 1]
        return F.cross_entropy(F.linear(last, weight, bias), y)

    def step():
        with torch.autocast("cpu", torch.bfloat16) if bf16 else contextlib.nullcontext():
            loss = forward(*next(batches))
        adam.zero_grad()
        loss.backward()
        adam.step()
        return loss

    return step


def lstm_cell(steps=50, hidden=32, lr=0.05):
    """One sequence, unrolled by hand over a cell."""
    source = Source()
    cell = torch.nn.LSTMCell(hidden, hidden)
    for name, shape in (
        ("weight_ih", (4 * hidden, hidden)),
        ("weight_hh", (4 * hidden, hidden)),
        ("bias_ih", (4 * hidden,)),
        ("bias_hh", (4 * hidden,)),
    ):
        getattr(cell, name).data.copy_(source.values(shape, 1 / hidden**0.5))
    xs = [source.values((1, hidden)) for _ in range(steps)]
    target = source.values((1, hidden))
    sgd = torch.optim.SGD(cell.parameters(), lr=lr)

    def step():
        h = c = torch.zeros(1, hidden)
        for x in xs:
            h, c = cell(x, (h, c))
        loss = F.mse_loss(h, target)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        return loss

    return step
