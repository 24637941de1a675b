"""Golden cases of normalisation.

    python native/tests/golden/norm.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import torch.nn.functional as F

from common import case, randn, write

case("layer_norm", lambda x, w, b: F.layer_norm(x, (7,), w, b), randn(5, 7), randn(7), randn(7))
case("layer_norm_plain", lambda x: F.layer_norm(x, (3, 5)), randn(2, 3, 5))
case("layer_norm_weight", lambda x, w: F.layer_norm(x, (20,), w, None, 1e-3), randn(2, 3, 20), randn(20))
case("rms_norm", lambda x, w: F.rms_norm(x, (7,), w), randn(5, 7), randn(7))
case("rms_norm_eps", lambda x: F.rms_norm(x, (4,), None, 1e-2), randn(2, 3, 4))
case("group_norm", lambda x, w, b: F.group_norm(x, 2, w, b), randn(2, 4, 3, 3), randn(4), randn(4))
case("group_norm_plain", lambda x: F.group_norm(x, 3), randn(2, 6, 5))
case("instance_norm", lambda x, w, b: F.group_norm(x, 4, w, b, 1e-4), randn(2, 4, 6), randn(4), randn(4))
write("norm")
