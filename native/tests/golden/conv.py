"""Golden cases of the convolutions.

    python native/tests/golden/conv.py
"""

import torch.nn.functional as F

from common import case, randn, write

case("conv1d", lambda x, w, b: F.conv1d(x, w, b, stride=2, padding=1), randn(2, 3, 9), randn(4, 3, 3), randn(4))
case("conv1d_same", lambda x, w, b: F.conv1d(x, w, b, padding="same", dilation=3), randn(1, 2, 9), randn(2, 2, 4), randn(2))
case("conv2d", lambda x, w, b: F.conv2d(x, w, b, padding=1), randn(2, 3, 6, 5), randn(8, 3, 3, 3), randn(8))
case("conv2d_same", lambda x, w: F.conv2d(x, w, padding="same"), randn(1, 2, 5, 6), randn(3, 2, 4, 2))
case(
    "conv2d_strided",
    lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 2), dilation=(2, 1)),
    randn(2, 2, 8, 6),
    randn(3, 2, 3, 2),
    randn(3),
)
case("conv2d_groups", lambda x, w, b: F.conv2d(x, w, b, groups=2), randn(2, 4, 5, 5), randn(6, 2, 3, 3), randn(6))
case("conv2d_depthwise", lambda x, w: F.conv2d(x, w, padding=1, groups=16), randn(1, 16, 5, 4), randn(16, 1, 3, 3))
case("conv2d_pointwise", lambda x, w, b: F.conv2d(x, w, b), randn(2, 8, 3, 4), randn(16, 8, 1, 1), randn(16))
case("conv2d_relu", lambda x, w, b: F.relu(F.conv2d(x, w, b)), randn(1, 3, 5, 5), randn(8, 3, 3, 3), randn(8))
case(
    "conv_transpose1d",
    lambda x, w, b: F.conv_transpose1d(x, w, b, stride=3, padding=1, output_padding=2),
    randn(2, 3, 4),
    randn(3, 2, 3),
    randn(2),
)
case(
    "conv_transpose2d",
    lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=(1, 0), groups=2),
    randn(2, 4, 3, 4),
    randn(4, 3, 3, 3),
    randn(6),
)
case("conv_transpose2d_dilated", lambda x, w: F.conv_transpose2d(x, w, dilation=2), randn(1, 2, 3, 3), randn(2, 3, 2, 3))

write("conv")
