"""Where every measured program takes its numbers from: the twin of source.ts."""

import numpy as np
import torch


def hashes(seed, count):
    """Numbers 1..count of stream `seed` as unsigned 32-bit integers."""
    with np.errstate(over="ignore"):
        i = np.arange(1, count + 1, dtype=np.uint32)
        h = i * np.uint32(0x9E3779B1) ^ np.uint32((seed * 0x85EBCA6B) & 0xFFFFFFFF)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    return h


class Source:
    """Each call takes the next stream: twins that ask in the same order get the same numbers."""

    def __init__(self, dtype=torch.float32):
        self.dtype = dtype
        self.seed = 0

    def values(self, shape, scale=1.0):
        """Uniform in -scale..scale."""
        self.seed += 1
        numbers = (hashes(self.seed, int(np.prod(shape))).astype(np.float64) / 2147483648 - 1) * scale
        return torch.from_numpy(numbers).to(self.dtype).reshape(shape)

    def weight(self, shape, fan):
        """A parameter, uniform within 1 / sqrt(fan)."""
        return self.values(shape, 1 / fan**0.5).requires_grad_()

    def zeros(self, shape):
        return torch.zeros(shape, dtype=self.dtype, requires_grad=True)

    def ones(self, shape):
        return torch.ones(shape, dtype=self.dtype, requires_grad=True)

    def integers(self, count, low, high):
        """Uniform in low..high, both possible."""
        self.seed += 1
        return [low + int(h) for h in hashes(self.seed, count) % np.uint32(high - low + 1)]


def cycle(batches):
    """The batches in turn, for ever."""
    while True:
        yield from batches
