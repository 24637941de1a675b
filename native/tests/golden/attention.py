"""Golden cases of attention.

    python native/tests/golden/attention.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import torch
import torch.nn.functional as F

from common import case, randn, write

attend = F.scaled_dot_product_attention
inputs = randn(2, 2, 5, 4), randn(2, 2, 6, 4), randn(2, 2, 6, 3)
mask = torch.arange(30).reshape(5, 6) % 4 != 1
lengths = torch.tensor([4, 6])
case("attention", attend, *inputs)
case("attention_scale", lambda q, k, v: attend(q, k, v, scale=0.7), *inputs)
case("attention_causal", lambda q, k, v: attend(q, k, v, is_causal=True), *inputs)
case("attention_mask", lambda q, k, v: attend(q, k, v, attn_mask=mask), *inputs)
case("attention_bias", lambda q, k, v, bias: attend(q, k, v, attn_mask=bias), *inputs, randn(2, 5, 6))
case(
    "attention_lengths",
    lambda q, k, v, n: attend(q, k, v, attn_mask=(torch.arange(6) < n[:, None])[:, None, None, :]),
    *inputs,
    lengths,
)


def self_attention(x):
    q, k, v = x.reshape(2, 6, 3, 2, 4).permute(2, 0, 3, 1, 4)
    return attend(q, k, v, is_causal=True).transpose(1, 2).reshape(2, 6, 8)


case("self_attention", self_attention, randn(2, 6, 24))
write("attention")
