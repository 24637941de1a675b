"""The network “Small GPT”, written by Tapedeck."""

from torch import nn

import layers


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = layers.TransformerEncoderLayer(96, 4, dim_feedforward=384, dropout=0.1, activation='gelu', batch_first=True, norm_first=True, causal=True)

    def forward(self, x):
        blocks = self.blocks(x)
        return blocks


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 96)
        self.positions = layers.LearnedPositions(512, 96)
        self.layers = nn.ModuleList([Block() for _ in range(3)])  # Block
        self.norm = nn.LayerNorm(96)
        self.logits = nn.Linear(96, 100, bias=False)
        self.logits.weight = self.embedding.weight

    def forward(self, x, lengths=None):
        embedding = self.embedding(x)
        positions = self.positions(embedding)
        layers = positions
        for block in self.layers:
            layers = block(layers)
        norm = self.norm(layers)
        logits = self.logits(norm)
        return logits
