"""What an exported project computes beside what the engine computed; run in the project's folder by prove.py.

Writes a JSON object: the largest differences of outputs, and of the first step weight by weight: gradients and batch
norms' statistics, each as far from PyTorch's float64 as PyTorch's own float32 is, and the optimizer's update. Gradients that
were written by hand are checked with torch.autograd.gradcheck, which ends the program where one is wrong.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

sys.path.insert(0, ".")

from data import Data
import model as written
from model import Model
from train import learning_rate, load_weights, losses, make_optimizer, weights_of

# A gradient that is nothing beside those of the whole model is round-off; errors of it are measured against this share.
FLOOR = 1e-6
# How close a gradient that was written by hand has to be to finite differences of float64.
CLOSE = {"rtol": 1e-6, "atol": 1e-8}


def main():
    config = json.loads(pathlib.Path("config.json").read_text())
    expected = json.loads(pathlib.Path("expected.json").read_text())
    data = Data()
    figures = {"outputs": compare_outputs(data, expected["outputs"]), "checked": check_gradients(data)}
    # Projects that go on from a checkpoint have none.
    if pathlib.Path("first.safetensors").exists():
        figures |= compare_step(data, config, load_file("first.safetensors"))
    print(json.dumps(figures))


def fresh():
    model = Model()
    load_weights(model, "weights.safetensors")
    return model


def compare_outputs(data, expected):
    """The golden values of PyTorch, and how far the engine's are from them, relative to the largest."""
    model = fresh().eval()
    worst, values = 0.0, []
    for one in expected:
        inputs, lengths, _ = data.take(one["rows"])
        with torch.no_grad():
            output = model(inputs, lengths)
        wanted = torch.tensor(one["values"]).reshape(one["shape"])
        worst = max(worst, float((output - wanted).abs().max() / output.abs().max()))
        values.append({"rows": one["rows"], "values": output.flatten().tolist()})
    return {"worst": worst, "values": values}


def check_gradients(data, samples=2):
    """Of every autograd.Function of the project: beside finite differences in float64, at what the model gives it."""
    checked = {}
    inputs, lengths, _ = data.take(range(samples))
    inputs = inputs.double() if inputs.is_floating_point() else inputs
    for name, function in vars(written).items():
        if not (isinstance(function, type) and issubclass(function, torch.autograd.Function)):
            continue
        apply, calls = function.apply, []
        function.apply = lambda *given: calls.append(given) or apply(*given)
        fresh().double().eval()(inputs, lengths)
        del function.apply
        for given in calls:
            torch.autograd.gradcheck(apply, [one.detach().requires_grad_(one.is_floating_point()) for one in given], **CLOSE)
        checked[name] = sum(one.numel() for given in calls for one in given)
    return checked


def compare_step(data, config, first):
    exact, single = one_step(data, config, torch.float64), one_step(data, config, torch.float32)
    whole = float(torch.stack([g.norm() for g in exact["gradient"].values()]).norm())
    rows = {}
    for name, gradient in exact["gradient"].items():
        size = max(float(gradient.norm()), FLOOR * whole)
        engine = first[f"gradient.{name}"].double()
        rows[name] = [float((one - gradient).norm()) / size for one in (engine, single["gradient"][name].double())]
    statistics = {
        name: [
            float((one - value).norm() / value.norm())
            for one in (first[f"after.{name}"].double(), single["buffers"][name].double())
        ]
        for name, value in exact["buffers"].items()
    }
    return {"gradients": rows, "statistics": statistics, "update": compare_update(data, config, first)}


def one_step(data, config, dtype):
    """Gradients and running statistics of the first batch, computed in `dtype`."""
    model = fresh().to(dtype).train()
    inputs, lengths, targets = data.take(data.epoch(config["train"], 1)[0])
    inputs = inputs.to(dtype) if inputs.is_floating_point() else inputs
    targets = targets.to(dtype) if targets.is_floating_point() else targets
    loss, count = losses(config, model(inputs, lengths), targets, None)
    (loss / count).backward()
    gradient = {name: p.grad for name, p in model.named_parameters()}
    buffers = {name: value for name, value in weights_of(model).items() if "running_" in name}
    return {"gradient": gradient, "buffers": buffers}


def compare_update(data, config, first):
    """PyTorch's optimizer in float64, given the engine's gradients: how far its weights are from the engine's."""
    model = fresh().double()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for name, p in model.named_parameters():
        p.grad = first[f"gradient.{name}"].double()
    optimizer = make_optimizer(model, config)
    total = len(data.epoch(config["train"], 1)) * config["train"]["epochs"]
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(config["train"], 0, total)
    optimizer.step()
    return max(
        float(((first[f"after.{name}"] - p).abs() / (p.abs() + (p - before[name]).abs() + 1e-12)).max())
        for name, p in ((name, p.detach()) for name, p in model.named_parameters())
    )


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
