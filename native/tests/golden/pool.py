"""Golden cases of the poolings.

    python native/tests/golden/pool.py
"""

import torch
import torch.nn.functional as F

from common import case, randn, write

ties = torch.randint(3, (1, 2, 5, 6)).double()
case("max_pool1d", lambda x: F.max_pool1d(x, 3, stride=2, padding=1), randn(2, 2, 8))
case("max_pool2d", lambda x: F.max_pool2d(x, 2), randn(2, 3, 6, 5))
case("max_pool2d_overlapping", lambda x: F.max_pool2d(x, 3, stride=2, padding=1), randn(1, 2, 7, 6))
case("max_pool2d_dilated", lambda x: F.max_pool2d(x, (2, 3), stride=(2, 1), padding=(0, 1), dilation=(3, 1)), randn(1, 2, 7, 5))
case("max_pool2d_ceil", lambda x: F.max_pool2d(x, 3, stride=2, padding=1, ceil_mode=True), randn(1, 2, 6, 7))
case("max_pool2d_ties", lambda x: F.max_pool2d(x, 3, stride=1), ties)
case("avg_pool1d", lambda x: F.avg_pool1d(x, 3, stride=2, padding=1), randn(2, 2, 8))
case("avg_pool2d", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1), randn(1, 2, 6, 7))
case("avg_pool2d_ceil", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True), randn(1, 2, 6, 7))
case(
    "avg_pool2d_no_pad",
    lambda x: F.avg_pool2d(x, (3, 2), stride=2, padding=1, ceil_mode=True, count_include_pad=False),
    randn(1, 2, 6, 7),
)
case("adaptive_avg_pool1d", lambda x: F.adaptive_avg_pool1d(x, 3), randn(2, 2, 8))
case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (3, None)), randn(1, 2, 7, 4))
case("adaptive_max_pool1d", lambda x: F.adaptive_max_pool1d(x, 3), randn(2, 2, 8))
case("adaptive_max_pool2d", lambda x: F.adaptive_max_pool2d(x, (3, 4)), randn(1, 2, 7, 5))

write("pool")
