"""Layers that PyTorch has not, or that must know where a sequence ends.

Sequences are [batch, steps, features]. `lengths` is an int64 tensor [batch] with the true steps of each sequence;
None where every one fills its row. What lies behind a sequence's end is padding and never reaches a result.
Weights are named and shaped as in torch.nn.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def inside(lengths, steps):
    """True where a step is a sequence's own: [batch, steps]."""
    return torch.arange(steps, device=lengths.device) < lengths[:, None]


def masked(x, lengths, value=0.0):
    """x [batch, steps, ...] with `value` behind each sequence's end."""
    if lengths is None:
        return x
    own = inside(lengths, x.shape[1])
    return x.masked_fill(~own.reshape(own.shape + (1,) * (x.dim() - 2)), value)


def padding_mask(x, lengths):
    return None if lengths is None else ~inside(lengths, x.shape[1])


def causal_mask(x):
    """True where a step must not look: at what comes after it."""
    steps = x.shape[1]
    return torch.ones(steps, steps, dtype=torch.bool, device=x.device).triu(1)


def last_steps(x, lengths):
    """What stands at each sequence's own last step: [batch, ...]."""
    if lengths is None:
        return x[:, -1]
    return x[torch.arange(x.shape[0], device=x.device), lengths - 1]


class _Recurrent:
    """Reads sequences up to their own ends. Gives the sequence of states, and each one's last."""

    def forward(self, x, lengths=None):
        if lengths is None:
            sequence, state = super().forward(x)
        else:
            packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
            packed, state = super().forward(packed)
            sequence, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
        hidden = state[0] if isinstance(state, tuple) else state
        directions = 2 if self.bidirectional else 1
        return sequence, torch.cat(tuple(hidden[-directions:]), dim=1)


class RNN(_Recurrent, nn.RNN):
    pass


class LSTM(_Recurrent, nn.LSTM):
    pass


class GRU(_Recurrent, nn.GRU):
    pass


class SelfAttention(nn.MultiheadAttention):
    def __init__(self, *arguments, causal=False, **options):
        super().__init__(*arguments, **options)
        self.causal = causal

    def forward(self, x, lengths=None):
        seen, _ = super().forward(
            x,
            x,
            x,
            key_padding_mask=padding_mask(x, lengths),
            attn_mask=causal_mask(x) if self.causal else None,
            need_weights=False,
        )
        return masked(seen, lengths)


class CrossAttention(nn.MultiheadAttention):
    def forward(self, query, memory, query_lengths=None, memory_lengths=None):
        seen, _ = super().forward(
            query, memory, memory, key_padding_mask=padding_mask(memory, memory_lengths), need_weights=False
        )
        return masked(seen, query_lengths)


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    """`causal`: a step sees only itself and those before it, as in a language model."""

    def __init__(self, *arguments, causal=False, **options):
        super().__init__(*arguments, **options)
        self.causal = causal

    def forward(self, x, lengths=None):
        y = super().forward(
            x,
            src_mask=causal_mask(x) if self.causal else None,
            src_key_padding_mask=padding_mask(x, lengths),
        )
        return masked(y, lengths)


class TransformerDecoderLayer(nn.TransformerDecoderLayer):
    def __init__(self, *arguments, causal=False, **options):
        super().__init__(*arguments, **options)
        self.causal = causal

    def forward(self, x, memory, lengths=None, memory_lengths=None):
        y = super().forward(
            x,
            memory,
            tgt_mask=causal_mask(x) if self.causal else None,
            tgt_key_padding_mask=padding_mask(x, lengths),
            memory_key_padding_mask=padding_mask(memory, memory_lengths),
        )
        return masked(y, lengths)


class LearnedPositions(nn.Module):
    """Adds a trained vector for each step."""

    def __init__(self, maximum, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(maximum, width) * 0.02)

    def forward(self, x):
        return x + self.weight[: x.shape[1]]


class SinusoidalPositions(nn.Module):
    """Adds sines and cosines of the step, at wavelengths from 2 pi to 10000 * 2 pi."""

    def __init__(self, maximum, width):
        super().__init__()
        frequencies = 10000 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
        angles = torch.outer(torch.arange(maximum, dtype=torch.float64), frequencies)
        table = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)[:, :width]
        self.register_buffer("weight", table.float())

    def forward(self, x):
        return x + self.weight[: x.shape[1]]


class SequenceBatchNorm1d(nn.BatchNorm1d):
    """Normalises the features of [batch, steps, features] over all steps that are not padding."""

    def forward(self, x, lengths=None):
        if lengths is None:
            return super().forward(x.transpose(1, 2)).transpose(1, 2)
        own = inside(lengths, x.shape[1])
        return torch.zeros_like(x).index_put((own,), super().forward(x[own]))


class Conv1d(nn.Conv1d):
    """Convolution along the steps of [batch, steps, features], with zeros before and after."""

    def __init__(self, *arguments, before=0, after=0, **options):
        super().__init__(*arguments, **options)
        self.before, self.after = before, after

    def forward(self, x, lengths=None):
        x = masked(x, lengths if self.after > 0 else None)
        return super().forward(F.pad(x.transpose(1, 2), (self.before, self.after))).transpose(1, 2)


class MaxPool1d(nn.MaxPool1d):
    def forward(self, x, lengths=None):
        ends = lengths if self.padding > 0 else None
        y = super().forward(masked(x, ends, -torch.inf).transpose(1, 2)).transpose(1, 2)
        if ends is None:
            return y
        # A window is a sequence's own when its last place lies within the sequence's end and the padding after it.
        last = torch.arange(y.shape[1], device=x.device) * self.stride + self.kernel_size - 1 - 2 * self.padding
        own = inside(lengths, x.shape[1])[:, last.clamp(min=0)]
        return y.masked_fill(~own[:, :, None], 0.0)


class AvgPool1d(nn.AvgPool1d):
    def forward(self, x, lengths=None):
        x = masked(x, lengths if self.padding[0] > 0 else None)
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class GlobalPool(nn.Module):
    """One row of features per sample: mean, max or last step over axes, padding left out."""

    def __init__(self, method, axes):
        super().__init__()
        self.method, self.axes = method, axes

    def forward(self, x, *lengths):
        if self.method != "last" and all(length is None for length in lengths):
            return x.amax(self.axes) if self.method == "max" else x.mean(self.axes)
        known = lengths or (None,) * len(self.axes)
        for axis, length in reversed(list(zip(self.axes, known))):
            x = self.pool(x.movedim(axis, 1), length)
        return x

    def pool(self, x, length):
        if self.method == "last":
            return last_steps(x, length)
        if self.method == "max":
            return masked(x, length, -torch.inf).amax(1)
        if length is None:
            return x.mean(1)
        return masked(x, length).sum(1) / length.reshape((-1,) + (1,) * (x.dim() - 2)).to(x.dtype)


class LastStep(nn.Module):
    def forward(self, x, lengths=None):
        return last_steps(x, lengths)


class Softmax(nn.Module):
    """Shares along the last axis; what lies behind a sequence's end gets none."""

    def forward(self, x, lengths=None):
        if lengths is not None:
            own = inside(lengths, x.shape[-1])
            x = x.masked_fill(~own.reshape(x.shape[:1] + (1,) * (x.dim() - 2) + own.shape[1:]), -torch.inf)
        return x.softmax(-1)


class TableEmbedding(nn.Module):
    """A trained vector for each category of a table; measured values (0 in `categories`) pass through."""

    def __init__(self, size, categories):
        super().__init__()
        self.categories = categories
        self.embeddings = nn.ModuleDict(
            {str(i): nn.Embedding(count, size) for i, count in enumerate(categories) if count > 0}
        )

    def forward(self, x):
        return torch.cat([self.feature(x, i, count) for i, count in enumerate(self.categories)], dim=1)

    def feature(self, x, i, count):
        if count == 0:
            return x[:, i : i + 1]
        # What is no number of the table is unknown, which is number 0.
        code = torch.where(x[:, i] < count - 0.5, x[:, i], 0.0).clamp(min=0)
        return self.embeddings[str(i)](code.round().long())


class Concat(nn.Module):
    """Inputs side by side along an axis; sequences follow each other's own ends, and the padding stands last."""

    def __init__(self, axis, inputs):
        super().__init__()
        self.axis, self.inputs = axis, inputs

    def forward(self, *given):
        inputs, lengths = given[: self.inputs], given[self.inputs :]
        if all(length is None for length in lengths):
            return torch.cat(inputs, self.axis)
        parts = [x.movedim(self.axis, 1) for x in inputs]
        full = [
            length if length is not None else parts[0].new_full((x.shape[0],), x.shape[1], dtype=torch.int64)
            for x, length in zip(parts, lengths)
        ]
        rows = [
            torch.cat([part[row, : int(length[row])] for part, length in zip(parts, full)])
            for row in range(parts[0].shape[0])
        ]
        steps = sum(part.shape[1] for part in parts)
        padded = [torch.cat([row, row.new_zeros((steps - len(row),) + row.shape[1:])]) for row in rows]
        return torch.stack(padded).movedim(1, self.axis)
