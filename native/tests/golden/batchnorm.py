"""Golden cases of batch normalisation. Running statistics go in as inputs without a part in the result of
training; what they become is an output of its own case.

    python native/tests/golden/batchnorm.py
"""

import torch
import torch.nn.functional as F

from common import case, positive, randn, write


def training(x, weight, bias):
    return F.batch_norm(x, None, None, weight, bias, training=True)


def running(x):
    mean, variance = torch.full((3,), 0.5, dtype=x.dtype), torch.full((3,), 2.0, dtype=x.dtype)
    y = F.batch_norm(x, mean, variance, training=True, momentum=0.3)
    return y, x.sum() * 0 + mean, x.sum() * 0 + variance


for name, shape in (("features", (6, 3)), ("signals", (3, 3, 5)), ("images", (2, 3, 3, 4))):
    case(f"batch_norm_{name}", training, randn(*shape), randn(3), randn(3))
case("batch_norm_running", running, randn(4, 3, 2, 2))
case(
    "batch_norm_evaluation",
    lambda x, w, b: F.batch_norm(x, x.new_tensor([0.1, 0.2, 0.3]), x.new_tensor([1.0, 2.0, 3.0]), w, b),
    randn(2, 3, 3, 2),
    randn(3),
    randn(3),
)
case("batch_norm_eps", lambda x: F.batch_norm(x, None, None, training=True, eps=0.5), positive(4, 3))

write("batchnorm")
