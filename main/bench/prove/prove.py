"""Compares exported projects with what the engine computed; see prove.ts.

    python main/bench/prove/prove.py FOLDER [TEMPLATE...] [--processes 2]

Writes a line per template: the largest difference of outputs relative to the largest output, and of the losses of 50
steps relative to the loss. With --processes the losses are those of torchrun.
"""

import argparse
import json
import pathlib
import subprocess
import sys

OUTPUTS, LOSSES = 1e-5, 1e-4
COMPARE = """
import json, sys
import torch
from data import Data
from model import Model
from train import load_weights
model, data = Model().eval(), Data()
load_weights(model, "weights.safetensors")
worst = 0.0
for one in json.load(open("expected.json"))["outputs"]:
    inputs, lengths, _ = data.take(one["rows"])
    longest = None if lengths is None else int(lengths.max())
    with torch.no_grad():
        output = model(inputs, lengths)
    wanted = torch.tensor(one["values"]).reshape(one["shape"])
    worst = max(worst, float((output - wanted).abs().max() / wanted.abs().max()))
print(worst)
"""


def losses_of(project, processes, steps):
    options = ["train.py", "--steps", str(steps), "--metrics", "metrics.jsonl"]
    start = [sys.executable]
    if processes > 1:
        start += ["-m", "torch.distributed.run", "--nproc-per-node", str(processes), "--master-port", "29511"]
    subprocess.run(start + options, cwd=project, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in (project / "metrics.jsonl").read_text().splitlines()]
    return [line["batch/loss"] for line in lines if "batch/loss" in line]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("templates", nargs="*")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    failed = False
    for project in sorted(path.parent for path in options.folder.glob("*/expected.json")):
        if options.templates and project.name not in options.templates:
            continue
        expected = json.loads((project / "expected.json").read_text())
        try:
            made = subprocess.run([sys.executable, "-c", COMPARE], cwd=project, check=True, capture_output=True, text=True)
            outputs = float(made.stdout)
            losses = losses_of(project, options.processes, len(expected["losses"]))
        except subprocess.CalledProcessError as error:
            print(f"{project.name}: {error.stderr[-1500:]}")
            failed = True
            continue
        curve = max(abs(a - b) / max(1.0, abs(b)) for a, b in zip(losses, expected["losses"], strict=True))
        good = outputs <= OUTPUTS and curve <= LOSSES
        failed |= not good
        print(f"{'ok  ' if good else 'FAIL'} {project.name}: outputs {outputs:.1e}, losses {curve:.1e}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
