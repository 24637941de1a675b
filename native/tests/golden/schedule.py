"""Learning rates of torch.optim.lr_scheduler, step by step, for main/engine/optim/schedule.test.ts.

    python native/tests/golden/schedule.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import json
import os
import warnings

import torch
from torch.optim import lr_scheduler as lr

STEPS = 30
BASES = [0.1, 0.02]
warnings.filterwarnings("ignore")


def rates(make, metrics=None):
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": base} for base in BASES]
    optimizer = torch.optim.SGD(groups)
    schedule = make(optimizer)
    out = []
    for step in range(STEPS):
        out.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        schedule.step() if metrics is None else schedule.step(metrics[step])
    return out


metrics = [1 / (1 + min(i, 6)) + (0.001 if i % 5 == 4 else 0) for i in range(STEPS)]
cases = {
    "step": rates(lambda o: lr.StepLR(o, 4, gamma=0.5)),
    "milestones": rates(lambda o: lr.MultiStepLR(o, [3, 10, 11])),
    "exponential": rates(lambda o: lr.ExponentialLR(o, 0.9)),
    "cosine": rates(lambda o: lr.CosineAnnealingLR(o, STEPS - 1, eta_min=0.001)),
    "restarts": rates(lambda o: lr.CosineAnnealingWarmRestarts(o, 4, T_mult=2, eta_min=0.001)),
    "restarts_even": rates(lambda o: lr.CosineAnnealingWarmRestarts(o, 7)),
    "polynomial": rates(lambda o: lr.PolynomialLR(o, 20, power=2.0)),
    "one_cycle": rates(lambda o: lr.OneCycleLR(o, BASES, total_steps=STEPS + 1)),
    "one_cycle_linear": rates(
        lambda o: lr.OneCycleLR(
            o, BASES, total_steps=STEPS + 1, pct_start=0.5, anneal_strategy="linear", div_factor=5, final_div_factor=10
        )
    ),
    "warmup_cosine": rates(
        lambda o: lr.SequentialLR(
            o,
            [lr.LinearLR(o, 0.1, total_iters=5), lr.CosineAnnealingLR(o, STEPS)],
            milestones=[5],
        )
    ),
    "plateau": rates(lambda o: lr.ReduceLROnPlateau(o, patience=2, factor=0.5, cooldown=1, min_lr=0.004), metrics),
    "plateau_max": rates(
        lambda o: lr.ReduceLROnPlateau(o, "max", patience=1, threshold=0.01, threshold_mode="abs"),
        [-m for m in metrics],
    ),
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../main/engine/optim/schedule.golden.json")
with open(path, "w") as file:
    json.dump({"torch": torch.__version__.split("+")[0], "bases": BASES, "metrics": metrics, "cases": cases}, file)
    file.write("\n")
print(f"{os.path.normpath(path)}: {len(cases)} cases")
