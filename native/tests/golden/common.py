"""What the golden scripts share: a case is the line `case NAME`, then `ROLE DTYPE RANK SIZES... VALUES...`
with the roles in (inputs), out (outputs), seed (gradient put into each output, or an optimizer's gradients
step by step), grad (gradient of each floating input). Lengths go as int64 inputs."""

import os

import torch

torch.manual_seed(0)
lines = []
NAMES = {torch.float32: "f32", torch.float64: "f64", torch.int64: "i64"}


def put(role, x):
    digits = 9 if x.dtype == torch.float32 else 17
    values = " ".join(
        str(v) if x.dtype == torch.int64 else f"{v:.{digits}g}" for v in x.detach().flatten().tolist()
    )
    lines.append(" ".join(map(str, [role, NAMES[x.dtype], x.dim(), *x.shape])) + " " + values)


def case(name, fn, *inputs):
    for dtype in (torch.float64, torch.float32):
        xs = [x.detach().to(dtype).clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
        outs = fn(*xs)
        outs = outs if isinstance(outs, (tuple, list)) else (outs,)
        seeds = [torch.randn(out.shape, dtype=dtype) for out in outs]
        torch.autograd.backward(outs, seeds)
        lines.append(f"case {name}")
        for x in xs:
            put("in", x)
        for out in outs:
            put("out", out)
        for seed in seeds:
            put("seed", seed)
        for x in xs:
            if x.is_floating_point():
                put("grad", x.grad)


def randn(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def positive(*shape):
    return torch.rand(*shape, dtype=torch.float64) + 0.5


def write(family):
    """Writes `family`.txt beside this file and starts the next family anew."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{family}.txt")
    head = f"# PyTorch {torch.__version__.split('+')[0]}, written by {family}.py"
    with open(path, "w") as file:
        file.write("\n".join([head, *lines]) + "\n")
    print(f"{path}: {len(lines)} lines")
    lines.clear()
