"""Loss curves of whole models in PyTorch, 100 steps each: what main/engine/models.test.ts must repeat.

Usage: python native/tests/golden/models.py; writes models.json beside it. The models are those of the benchmark
(native/bench/torch), small."""

import json
import os
import sys

import torch

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "bench", "torch"))

from cnn import cnn
from gpt import gpt
from lstm import lstm
from mlp import mlp

MODELS = {
    "mlp": lambda dtype: mlp(16, (64, 32, 10), dtype=dtype),
    "cnn": lambda dtype: cnn(8, (8, 16), size=12, dtype=dtype),
    "lstm": lambda dtype: lstm(8, 50, 16, 24, layers=2, lengths=(1, 20), lr=1e-3, dtype=dtype),
    "transformer": lambda dtype: gpt(4, 2, 32, 4, 24, 40, lr=1e-3, lengths=(1, 24), dtype=dtype),
}

torch.set_num_threads(1)
torch.set_flush_denormal(True)
curves = {}
for name, make in MODELS.items():
    for dtype, digits in ((torch.float32, 9), (torch.float64, 14)):
        step = make(dtype)
        key = f"{name} {str(dtype).removeprefix('torch.')}"
        curves[key] = [float(f"{step().item():.{digits}g}") for _ in range(100)]
        print(key, curves[key][:2], curves[key][-2:])

with open(os.path.join(here, "models.json"), "w") as file:
    rows = ",\n".join(f"  {json.dumps(key)}: {json.dumps(curve)}" for key, curve in curves.items())
    file.write(f'{{\n  "source": "PyTorch {torch.__version__.split("+")[0]}, written by models.py",\n{rows}\n}}\n')
