"""The network “LSTM text classifier”, written by Tapedeck."""

from torch import nn

import layers


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 64)
        self.lstm = layers.LSTM(64, 64, num_layers=2, batch_first=True, dropout=0.2)
        self.dropout = nn.Dropout(0.3)
        self.logits = nn.Linear(64, 4)

    def forward(self, x, lengths=None):
        embedding = self.embedding(x)
        _, lstm_last = self.lstm(embedding, lengths)
        dropout = self.dropout(lstm_last)
        logits = self.logits(dropout)
        return logits
