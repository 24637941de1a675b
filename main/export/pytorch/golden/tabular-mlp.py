"""The network “Tabular MLP”, written by Tapedeck."""

from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(9, 64)
        self.relu1 = nn.ReLU()
        self.dropout = nn.Dropout(0.1)
        self.hidden2 = nn.Linear(64, 32)
        self.relu2 = nn.ReLU()
        self.scores = nn.Linear(32, 1)

    def forward(self, x, lengths=None):
        hidden1 = self.hidden1(x)
        relu1 = self.relu1(hidden1)
        dropout = self.dropout(relu1)
        hidden2 = self.hidden2(dropout)
        relu2 = self.relu2(hidden2)
        scores = self.scores(relu2)
        return scores
