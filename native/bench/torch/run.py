"""run.py NAME THREADS STEPS SECONDS: losses of STEPS steps, then the median milliseconds of a step measured
for SECONDS, of each way PyTorch offers to run the program. Prints one JSON object."""

import json
import statistics
import sys
import time

import torch

from adamw import adamw
from cnn import cnn
from gpt import gpt
from lstm import lstm, lstm_cell
from mlp import mlp
from resnet import resnet
from tiny import add, chain

PROGRAMS = {
    "add": {"eager": add},
    "chain": {"eager": chain},
    "mlp32": {"eager": lambda: mlp(32)},
    "mlp128": {"eager": lambda: mlp(128)},
    "cnn": {"contiguous": lambda: cnn(64), "channels-last": lambda: cnn(64, channels_last=True)},
    "resnet18": {"contiguous": lambda: resnet(16), "channels-last": lambda: resnet(16, channels_last=True)},
    "resnet18-bf16": {
        "contiguous": lambda: resnet(16, bf16=True),
        "channels-last": lambda: resnet(16, channels_last=True, bf16=True),
    },
    "lstm": {"packed": lambda: lstm(32), "padded": lambda: lstm(32, packed=False)},
    "lstm-bf16": {
        "packed": lambda: lstm(32, bf16=True),
        "padded": lambda: lstm(32, packed=False, bf16=True),
    },
    "lstm-cell": {"eager": lstm_cell},
    "gpt": {"eager": lambda: gpt(8)},
    "gpt-bf16": {"eager": lambda: gpt(8, bf16=True)},
    "adamw": {"foreach": lambda: adamw(foreach=True), "fused": lambda: adamw(fused=True)},
}


def measure(step, seconds):
    """Median milliseconds of a step, after a third of the time as warm-up."""
    times = []
    start = time.perf_counter()
    while True:
        before = time.perf_counter()
        step()
        now = time.perf_counter()
        if now - start > seconds / 3:
            times.append(now - before)
        if now - start > seconds * 4 / 3 and len(times) >= 3:
            return statistics.median(times) * 1000


name, threads, steps, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
torch.set_num_threads(threads)
torch.set_flush_denormal(True)
losses, times = {}, {}
for way, make in PROGRAMS[name].items():
    program = make()
    # Where nothing is learned there is no loss; an optimizer alone is compared by the size of a parameter.
    losses[way] = [x.square().mean().item() if x.dim() else x.item() for x in (program() for _ in range(steps))]
    times[way] = measure(program, seconds)
print(json.dumps({"version": torch.__version__, "losses": losses, "times": times}))
