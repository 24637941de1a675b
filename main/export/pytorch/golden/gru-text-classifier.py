"""The network “GRU text classifier”, written by Tapedeck."""

from torch import nn

import layers


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 64)
        self.gru = layers.GRU(64, 64, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.logits = nn.Linear(128, 4)

    def forward(self, x, lengths=None):
        embedding = self.embedding(x)
        _, gru_last = self.gru(embedding, lengths)
        dropout = self.dropout(gru_last)
        logits = self.logits(dropout)
        return logits
