"""Golden cases of joining, cutting, picking, sorting and statistics.

    python native/tests/golden/tensors.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import torch
import torch.nn.functional as F

from common import case, positive, randn, write

ties = torch.tensor([[1.0, 3.0, 3.0, 2.0], [0.0, 0.0, -1.0, 0.0]], dtype=torch.float64)
index = torch.tensor([[0, 2, 1], [1, 1, 0]])
rows = torch.tensor([2, 0, 2, 1])

# Statistics. `ties` has equal greatest elements and, below, products with zeros.
case("var", lambda x: x.var(1), randn(3, 5))
case("var_population", lambda x: x.var((0, 2), correction=0, keepdim=True), randn(2, 3, 4))
case("std", lambda x: x.std(), randn(3, 5))
case("std_flat", lambda x: (x * 0).std(1) + x.sum(1), randn(2, 3))
case("prod_all", lambda x: x.prod(), randn(2, 3))
case("prod_zeros", lambda x: x.prod(1), torch.tensor([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [1.0, 2.0, 3.0]]))
case("logsumexp", lambda x: x.logsumexp(1), 5 * randn(3, 4))
case("logsumexp_far", lambda x: x.logsumexp((0, 1)), 20 + randn(3, 4))
for p in (1, 2, 3, 0.5, float("inf")):
    case(f"norm_{p}", lambda x, p=p: torch.linalg.vector_norm(x, p, dim=1), randn(3, 4))
case("norm_zero", lambda x: torch.linalg.vector_norm(x, 2, dim=1), torch.tensor([[0.0, 0.0], [3.0, 4.0]]))
case("cumsum", lambda x: x.cumsum(1), randn(2, 3, 4))
case("max_along", lambda x: x.max(1).values, ties)
case("min_along", lambda x: x.min(1, keepdim=True).values, ties)

# Joining, cutting, rearranging.
case("cat", lambda a, b: torch.cat([a, b], 1), randn(2, 3), randn(2, 2))
case("stack", lambda a, b: torch.stack([a, b], 1), randn(2, 3), randn(2, 3))
case("split", lambda x: x.split([1, 3, 2], 1), randn(2, 6))
case("chunk", lambda x: x.chunk(4, 1), randn(2, 6))
case("unbind", lambda x: x.unbind(1), randn(2, 3))
case("repeat", lambda x: x.repeat(2, 1, 3), randn(2, 2))
case("tile", lambda x: x.tile(2), randn(2, 2))
case("flip", lambda x: x.flip(0, 2), randn(2, 2, 3))
case("roll", lambda x: x.roll((1, -5), (0, 1)), randn(3, 4))
case("tril", lambda x: x.tril(1), randn(2, 3, 4))
case("triu", lambda x: x.triu(-1), randn(4, 3))
case("diagonal", lambda x: x.diagonal(1, 2, 0), randn(3, 2, 4))
case("movedim", lambda x: x.movedim((0, 2), (2, 1)), randn(2, 3, 4))
case("unfold", lambda x: x.unfold(1, 3, 2), randn(2, 7))

# Picking and placing.
case("gather", lambda x, i: x.gather(1, i), randn(2, 3), index)
case("take_along_dim", lambda x, i: torch.take_along_dim(x, i, 0), randn(3, 4), index[:, :1])
case("scatter_number", lambda x, i: x.scatter(1, i, 2.5), randn(2, 3), index)
case("scatter_add", lambda x, i, s: x.scatter_add(1, i, s), randn(2, 3), index, randn(2, 3))
case("index_add", lambda x, i, s: x.index_add(1, i, s), randn(2, 3), rows, randn(2, 4))
case("index_select_dim", lambda x, i: x.index_select(1, i), randn(2, 3, 2), rows)
case("masked_select", lambda x: x.masked_select(x > 0), randn(3, 4))
case("sort", lambda x: x.sort(0, descending=True).values, randn(4, 3))
case("topk", lambda x: x.topk(2, 1).values, randn(3, 5))

# Products.
case("addmm", lambda c, a, b: torch.addmm(c, a, b, beta=0.5, alpha=2), randn(4), randn(3, 5), randn(5, 4))
case("baddbmm", torch.baddbmm, randn(2, 1, 4), randn(2, 3, 5), randn(2, 5, 4))
case("outer", torch.outer, randn(3), randn(4))
case("mv", torch.mv, randn(3, 4), randn(4))
case("linear_tanh", lambda x, w, b: torch.tanh(F.linear(x, w, b)), randn(3, 5), randn(4, 5), randn(4))
case("linear_gelu", lambda x, w, b: F.gelu(F.linear(x, w, b)), randn(3, 5), randn(4, 5), randn(4))
case("matmul_broadcast", torch.matmul, randn(2, 1, 3, 4), randn(3, 4, 2))

write("tensors")
