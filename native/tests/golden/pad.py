"""Golden cases of padding and upsampling.

    python native/tests/golden/pad.py
"""

import torch.nn.functional as F

from common import case, randn, write

case("pad_constant", lambda x: F.pad(x, (1, 2, -1, 1), value=0.5), randn(2, 3, 4))
for mode in ("reflect", "replicate", "circular"):
    case(f"pad_{mode}_1d", lambda x, m=mode: F.pad(x, (3, 2), mode=m), randn(2, 2, 4))
    case(f"pad_{mode}_2d", lambda x, m=mode: F.pad(x, (1, 2, 2, 0), mode=m), randn(1, 2, 3, 4))
case("interpolate_nearest_1d", lambda x: F.interpolate(x, size=7), randn(1, 2, 3))
case("interpolate_nearest_2d", lambda x: F.interpolate(x, size=(5, 3)), randn(1, 2, 3, 4))
case("interpolate_nearest_scale", lambda x: F.interpolate(x, scale_factor=2.3), randn(1, 2, 3, 4))
case("interpolate_linear", lambda x: F.interpolate(x, size=7, mode="linear"), randn(1, 2, 3))
case("interpolate_linear_scale", lambda x: F.interpolate(x, scale_factor=1.7, mode="linear"), randn(1, 2, 5))
case("interpolate_bilinear", lambda x: F.interpolate(x, size=(5, 3), mode="bilinear"), randn(1, 2, 3, 4))
case("interpolate_bilinear_scale", lambda x: F.interpolate(x, scale_factor=(2, 1.6), mode="bilinear"), randn(1, 2, 3, 4))
case(
    "interpolate_bilinear_aligned",
    lambda x: F.interpolate(x, size=(5, 7), mode="bilinear", align_corners=True),
    randn(1, 2, 3, 4),
)

write("pad")
