"""The network “RNN sequence classifier”, written by Tapedeck."""

from torch import nn

import layers


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 16)
        self.rnn = layers.RNN(16, 64, batch_first=True)
        self.logits = nn.Linear(64, 4)

    def forward(self, x, lengths=None):
        embedding = self.embedding(x)
        _, rnn_last = self.rnn(embedding, lengths)
        logits = self.logits(rnn_last)
        return logits
