"""Golden cases of losses and of table lookups.

    python native/tests/golden/loss.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import torch
import torch.nn.functional as F

from common import case, randn, write

labels = torch.tensor([0, 4, 2, -100, 1, 2])
image_labels = torch.tensor([[[0, 2], [1, -100]], [[2, 2], [0, 1]]])
weight = torch.tensor([0.5, 2.0, 1.0, 0.25, 1.5], dtype=torch.float64)
w3 = torch.tensor([0.5, 2.0, 1.0], dtype=torch.float64)


def classes(name, loss, x, target, **options):
    """One case for each reduction. Options go in the input's dtype."""
    for reduction in ("mean", "sum", "none"):
        case(f"{name}_{reduction}", lambda x, t, r=reduction: loss(x, t, reduction=r, **weigh(x, options)), x, target)


def weigh(x, options):
    return {k: v.to(x.dtype) if k == "weight" else v for k, v in options.items()}


classes("cross_entropy_ignore", F.cross_entropy, 3 * randn(6, 5), labels)
classes("cross_entropy_weight", F.cross_entropy, 3 * randn(6, 5), labels, weight=weight)
classes("cross_entropy_smooth", F.cross_entropy, 3 * randn(6, 5), labels, label_smoothing=0.1)
classes("cross_entropy_image", F.cross_entropy, randn(2, 3, 2, 2), image_labels, weight=w3, label_smoothing=0.2)
case("cross_entropy_single", F.cross_entropy, randn(5), torch.tensor(3))
case(
    "cross_entropy_ignored_class",
    lambda x, t: F.cross_entropy(x, t, weight=weigh(x, {"weight": w3})["weight"], label_smoothing=0.3, ignore_index=2),
    randn(4, 3),
    torch.tensor([0, 2, 1, 1]),
)
case(
    "cross_entropy_probabilities",
    lambda x, t: F.cross_entropy(x, t, label_smoothing=0.1, weight=weight.to(x.dtype)),
    randn(4, 5),
    randn(4, 5).softmax(1),
)
classes("nll", F.nll_loss, randn(6, 5).log_softmax(1), labels, weight=weight)
classes("nll_image", F.nll_loss, randn(2, 3, 2, 2).log_softmax(1), image_labels)

for name, loss in {
    "mse": F.mse_loss,
    "l1": F.l1_loss,
    "huber": lambda x, t, reduction: F.huber_loss(x, t, reduction=reduction, delta=0.8),
    "smooth_l1": lambda x, t, reduction: F.smooth_l1_loss(x, t, reduction=reduction, beta=0.6),
    "smooth_l1_zero": lambda x, t, reduction: F.smooth_l1_loss(x, t, reduction=reduction, beta=0.0),
}.items():
    for reduction in ("mean", "sum", "none"):
        case(f"{name}_loss_{reduction}", lambda x, t, f=loss, r=reduction: f(x, t, reduction=r), randn(3, 5), randn(3, 5))
for reduction in ("mean", "sum", "none"):
    case(
        f"bce_{reduction}",
        lambda x, t, r=reduction: F.binary_cross_entropy_with_logits(x, t, reduction=r),
        4 * randn(3, 5),
        torch.rand(3, 5, dtype=torch.float64),
    )
case(
    "bce_weighted",
    lambda x, t: F.binary_cross_entropy_with_logits(
        x, t, weight=torch.tensor([[0.3], [1.0], [2.0]], dtype=x.dtype), pos_weight=weight.to(x.dtype)
    ),
    4 * randn(3, 5),
    torch.rand(3, 5, dtype=torch.float64),
)
case("kl_div", lambda x, t: F.kl_div(x, t, reduction="mean"), randn(3, 5).log_softmax(1), randn(3, 5).softmax(1))
case("kl_div_log", lambda x, t: F.kl_div(x, t, reduction="sum", log_target=True), randn(3, 5), randn(3, 5))
case("cosine", lambda a, b: F.cosine_similarity(a, b), randn(3, 5), randn(3, 5))
case("cosine_broadcast", lambda a, b: F.cosine_similarity(a, b, dim=-1), randn(2, 3, 5), randn(3, 5))
case("cosine_zero", lambda a, b: F.cosine_similarity(a, b, dim=0), torch.zeros(4, dtype=torch.float64), randn(4))

index = torch.tensor([[1, 3, 0], [3, 3, 5]])
case("embedding", lambda w, i: F.embedding(i, w), randn(6, 4), index)
case("embedding_padding", lambda w, i: F.embedding(i, w, padding_idx=3), randn(6, 4), index)
case("softmax_middle", lambda x: F.softmax(x, 1), randn(2, 5, 3))
case("log_softmax_first", lambda x: F.log_softmax(x, 0), 3 * randn(4, 3))
write("loss")
