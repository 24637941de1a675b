"""The network “Deeper MLP with dropout”, written by Tapedeck."""

from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.hidden1 = nn.Linear(784, 256)
        self.relu1 = nn.ReLU()
        self.dropout = nn.Dropout(0.3)
        self.hidden2 = nn.Linear(256, 64)
        self.relu2 = nn.ReLU()
        self.logits = nn.Linear(64, 10)

    def forward(self, x, lengths=None):
        flatten = self.flatten(x)
        hidden1 = self.hidden1(flatten)
        relu1 = self.relu1(hidden1)
        dropout = self.dropout(relu1)
        hidden2 = self.hidden2(dropout)
        relu2 = self.relu2(hidden2)
        logits = self.logits(relu2)
        return logits
