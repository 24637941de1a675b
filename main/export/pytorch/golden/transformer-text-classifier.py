"""The network “Transformer text classifier”, written by Tapedeck."""

from torch import nn

import layers


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = layers.TransformerEncoderLayer(64, 4, dim_feedforward=256, dropout=0.1, activation='gelu', batch_first=True, norm_first=True)

    def forward(self, x, lengths):
        encoder = self.encoder(x, lengths)
        return encoder


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 64)
        self.positions = layers.LearnedPositions(512, 64)
        self.encoders = nn.ModuleList([Encoder() for _ in range(2)])  # Encoder
        self.pool = layers.GlobalPool('mean', axes=(1,))
        self.logits = nn.Linear(64, 4)

    def forward(self, x, lengths=None):
        embedding = self.embedding(x)
        positions = self.positions(embedding)
        encoders = positions
        for block in self.encoders:
            encoders = block(encoders, lengths)
        pool = self.pool(encoders, lengths)
        logits = self.logits(pool)
        return logits
