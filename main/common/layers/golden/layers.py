"""Evaluates PyTorch expressions and writes how many trained values each has.

Run from the root of the repository after a layer was added or its PyTorch form changed:
    node main/common/layers/golden/expressions.ts | python main/common/layers/golden/layers.py
"""

import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

FILE = pathlib.Path(__file__).with_name("layers.json")


def trained_values(expression: str) -> int:
    """Trained values of a module; 0 for a function."""
    made = eval(expression, {"torch": torch, "nn": nn, "F": F})
    if isinstance(made, nn.Module):
        return sum(weight.numel() for weight in made.parameters() if weight.requires_grad)
    if not callable(made):
        raise TypeError(f"{expression} is neither a module nor a function")
    return 0


counts = {}
for expression in json.load(sys.stdin):
    try:
        counts[expression] = trained_values(expression)
    except Exception as error:
        sys.exit(f"{expression}: {error}")
FILE.write_text(json.dumps({"torch": torch.__version__.split("+")[0], "values": counts}, indent=2) + "\n")
print(f"{len(counts)} expressions")
