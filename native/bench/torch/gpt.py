"""Causal Transformer over tokens, pre-norm, learned positions, AdamW: the twin of workloads/gpt.ts."""

import contextlib

import torch
import torch.nn.functional as F

from source import Source, cycle


def gpt(
    batch,
    layers=4,
    width=128,
    heads=4,
    time=128,
    vocabulary=64,
    lr=1e-3,
    lengths=None,
    dtype=torch.float32,
    bf16=False,
):
    """`lengths` (shortest, longest): sequences end early; keys past the end are masked, targets ignored."""
    source = Source(dtype)
    parameters = []

    def parameter(x):
        parameters.append(x)
        return x

    def linear(outputs, inputs):
        return parameter(source.weight((outputs, inputs), inputs)), parameter(source.zeros(outputs))

    def norm():
        return parameter(source.ones(width)), parameter(source.zeros(width))

    tokens = parameter(source.weight((vocabulary, width), width))
    positions = parameter(source.weight((time, width), width))
    blocks = [
        (norm(), linear(3 * width, width), linear(width, width))
        + (norm(), linear(4 * width, width), linear(width, 4 * width))
        for _ in range(layers)
    ]
    final, head = norm(), linear(vocabulary, width)
    causal = torch.ones(time, time, dtype=torch.bool).tril()

    def make_batch():
        x = torch.tensor(source.integers(batch * time, 0, vocabulary - 1)).reshape(batch, time)
        y = torch.tensor(source.integers(batch * time, 0, vocabulary - 1)).reshape(batch, time)
        if lengths is None:
            return x, y, None
        inside = torch.arange(time) < torch.tensor(source.integers(batch, *lengths))[:, None]
        y[~inside] = -100
        return x, y, causal & inside[:, None, None, :]

    batches = cycle([make_batch() for _ in range(4)])
    adamw = torch.optim.AdamW(parameters, lr=lr)

    def attention(x, qkv, out, mask):
        q, k, v = F.linear(x, *qkv).reshape(batch, time, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        return F.linear(mixed.transpose(1, 2).reshape(batch, time, width), *out)

    def forward(index, y, mask):
        x = F.embedding(index, tokens) + positions
        for norm1, qkv, out, norm2, up, down in blocks:
            x = x + attention(F.layer_norm(x, (width,), *norm1), qkv, out, mask)
            x = x + F.linear(F.gelu(F.linear(F.layer_norm(x, (width,), *norm2), *up)), *down)
        logits = F.linear(F.layer_norm(x, (width,), *final), *head)
        return F.cross_entropy(logits.reshape(batch * time, vocabulary), y.reshape(batch * time))

    def step():
        with torch.autocast("cpu", torch.bfloat16) if bf16 else contextlib.nullcontext():
            loss = forward(*next(batches))
        adamw.zero_grad()
        loss.backward()
        adamw.step()
        return loss

    return step
