"""The network “Digits MLP”, written by Tapedeck."""

from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.hidden = nn.Linear(784, 256)
        self.relu = nn.ReLU()
        self.logits = nn.Linear(256, 10)

    def forward(self, x, lengths=None):
        flatten = self.flatten(x)
        hidden = self.hidden(flatten)
        relu = self.relu(hidden)
        logits = self.logits(relu)
        return logits
