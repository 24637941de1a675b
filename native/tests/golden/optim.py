"""Golden cases of the optimizers: weights before, gradients step by step, weights after. An empty gradient
means none in that step.

    python native/tests/golden/optim.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from common import lines, put, write

optim = torch.optim


class Lion(optim.Optimizer):
    """Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 1."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                c = beta1 * m + (1 - beta1) * p.grad
                p -= group["lr"] * (torch.sign(c) + group["weight_decay"] * p)
                m.copy_(beta2 * m + (1 - beta2) * p.grad)


OPTIMIZERS = {
    "sgd": lambda p: optim.SGD(p, lr=0.1),
    "sgd_decay": lambda p: optim.SGD(p, lr=0.1, weight_decay=0.01),
    "sgd_momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "sgd_dampening": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.01),
    "sgd_nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "sgd_maximize": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01, maximize=True),
    "adam": lambda p: optim.Adam(p, lr=0.01, weight_decay=0.1),
    "adam_betas": lambda p: optim.Adam(p, lr=0.01, betas=(0.8, 0.9), eps=1e-3),
    "adam_amsgrad": lambda p: optim.Adam(p, lr=0.01, weight_decay=0.1, amsgrad=True),
    "adamw": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "adamw_amsgrad": lambda p: optim.AdamW(p, lr=0.01, amsgrad=True, maximize=True),
    "adamw_groups": lambda p: optim.AdamW(
        [{"params": p[:1]}, {"params": p[1:], "lr": 0.05, "weight_decay": 0.0}], lr=0.01, weight_decay=0.1
    ),
    "adamw_missing": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "rmsprop": lambda p: optim.RMSprop(p, weight_decay=0.1),
    "rmsprop_momentum": lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, momentum=0.9),
    "rmsprop_centered": lambda p: optim.RMSprop(p, centered=True, weight_decay=0.1),
    "rmsprop_all": lambda p: optim.RMSprop(p, alpha=0.9, centered=True, momentum=0.9, weight_decay=0.1),
    "adagrad": lambda p: optim.Adagrad(p),
    "adagrad_all": lambda p: optim.Adagrad(
        p, lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-4
    ),
    "lion": lambda p: Lion(p, lr=0.01, weight_decay=0.1),
    "sgd_clip_norm": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "adam_clip_value": lambda p: optim.Adam(p, lr=0.01),
    "adamw_accumulate": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1),
}
for name, make in OPTIMIZERS.items():
    for dtype in (torch.float64, torch.float32):
        params = [torch.randn(3, 4, dtype=dtype), torch.randn(5, dtype=dtype)]
        lines.append(f"case optim_{name}")
        for p in params:
            put("in", p)
        leaves = [p.requires_grad_() for p in params]
        optimizer = make(leaves)
        for step in range(5):
            for i, p in enumerate(leaves):
                p.grad = torch.randn_like(p)
                if name == "adamw_missing" and i == 1 and step < 2:
                    p.grad = None
                put("seed", torch.empty(0, dtype=dtype) if p.grad is None else p.grad)
            if name == "sgd_clip_norm":
                clip_grad_norm_(leaves, 2.0)
            if name == "adam_clip_value":
                clip_grad_value_(leaves, 0.5)
            if name == "adamw_accumulate":
                for p in leaves:
                    p.grad *= 0.25
            optimizer.step()
        for p in leaves:
            put("out", p)

write("optim")
