"""Compares exported projects with what the engine computed; see prove.ts.

    python main/bench/prove/prove.py FOLDER [TEMPLATE...] [--processes 2] [--golden main/bench/prove/golden]

Writes a line per template with the largest differences: of outputs, relative to the largest output; of the gradients of
the first step, beside how far PyTorch's float32 is from its float64; of the optimizer's first update; of the losses of 50
steps, relative to the loss; and which gradients of custom operators gradcheck found right. Where the losses part, the
training is repeated from weights that differ in the last digit: the curves have to be alike for as long as PyTorch's are
among themselves. With --processes the losses are those of torchrun. With --golden it writes what PyTorch computed, which
golden.test.ts compares with the engine.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys

import torch
from safetensors.torch import load_file, save_file

OUTPUTS, LOSSES, UPDATE = 1e-5, 1e-4, 1e-5
# A gradient is right when it is so many times as far from the exact one as PyTorch's own float32 is, and a little.
TIMES, GRADIENT = 4, 1e-5
FIGURES = pathlib.Path(__file__).parent / "figures.py"
# Outputs that are kept of each probe.
KEPT = 48


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("templates", nargs="*")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--steps", type=int, help="compare so many losses, not all")
    parser.add_argument("--golden", type=pathlib.Path)
    options = parser.parse_intermixed_args()
    failed = False
    for project in sorted(path.parent for path in options.folder.glob("*/expected.json")):
        if options.templates and project.name not in options.templates:
            continue
        try:
            good, words = compare(project, options)
        except subprocess.CalledProcessError as error:
            good, words = False, error.stderr[-1500:]
        failed |= not good
        print(f"{'ok  ' if good else 'FAIL'} {project.name}: {words}", flush=True)
    sys.exit(failed)


def compare(project, options):
    expected = json.loads((project / "expected.json").read_text())["losses"][: options.steps]
    figures = json.loads(run([str(FIGURES.resolve())], project))
    good = figures["outputs"]["worst"] <= OUTPUTS
    words = [f"outputs {figures['outputs']['worst']:.1e}"]
    if "gradients" in figures:
        engine, torch_own = (max(pair[i] for pair in figures["gradients"].values()) for i in (0, 1))
        good &= engine <= TIMES * torch_own + GRADIENT and figures["update"] <= UPDATE
        good &= all(one <= TIMES * other + GRADIENT for one, other in figures["statistics"].values())
        words.append(f"gradients {engine:.1e} (PyTorch's float32 {torch_own:.1e})")
        words.append(f"update {figures['update']:.1e}")
    words.extend(f"gradcheck of {name} at {count} values" for name, count in figures["checked"].items())
    losses = losses_of(project, options.processes, len(expected))
    apart = distances(losses, expected)
    words.append(f"losses {max(apart):.1e}")
    if options.processes > 1:
        # On CPUs each process's batch norms take the statistics of its own part.
        good &= max(apart) <= LOSSES or bool(figures.get("statistics"))
    elif max(apart) > LOSSES:
        own = distances(losses_of(project, 1, len(expected), disturbed(project)), losses)
        # A tenth: the engine's round-off is larger than one last digit.
        alike = next(step for step, distance in enumerate([*own, 1]) if distance > LOSSES / 10)
        good &= max(apart[:alike], default=0) <= LOSSES
        words.append(f"PyTorch's own by {max(own):.1e} after a change of the last digit, from step {alike + 1} on")
    if options.golden is not None and good:
        write_golden(options.golden, project, figures, losses)
    return good, ", ".join(words)


def distances(losses, others):
    return [abs(a - b) / max(1.0, abs(b)) for a, b in zip(losses, others, strict=True)]


def run(arguments, project):
    done = subprocess.run([sys.executable, *arguments], cwd=project, check=True, capture_output=True, text=True)
    return done.stdout


def losses_of(project, processes, steps, more=()):
    options = ["train.py", "--steps", str(steps), "--metrics", "metrics.jsonl", *more]
    several = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    run([*(several if processes > 1 else []), *options], project)
    lines = [json.loads(line) for line in (project / "metrics.jsonl").read_text().splitlines()]
    return [line["batch/loss"] for line in lines if "batch/loss" in line]


def disturbed(project):
    """The weights, each changed by about the last digit of a float32."""
    torch.manual_seed(0)
    weights = load_file(project / "weights.safetensors")
    changed = {name: value * (1 + 6e-8 * torch.randn_like(value)) for name, value in weights.items()}
    save_file(changed, project / "disturbed.safetensors")
    return ["--weights", "disturbed.safetensors"]


def write_golden(folder, project, figures, losses):
    folder.mkdir(parents=True, exist_ok=True)
    outputs = []
    for one in figures["outputs"]["values"]:
        stride = max(1, len(one["values"]) // KEPT)
        outputs.append({"rows": one["rows"], "stride": stride, "values": short(one["values"][::stride])})
    facts = {
        "torch": torch.__version__,
        "model": hashlib.sha256((project / "model.py").read_bytes()).hexdigest(),
        "losses": short(losses),
        "outputs": outputs,
    }
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in facts.items())
    (folder / f"{project.name}.json").write_text(f"{{\n{lines}\n}}\n")


def short(values):
    return [float(f"{value:.8g}") for value in values]


if __name__ == "__main__":
    main()
