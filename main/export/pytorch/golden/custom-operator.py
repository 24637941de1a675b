"""The network “Custom operator”, written by Tapedeck."""

import torch
from torch import nn


class ProductFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        z = x * y
        ctx.save_for_backward(x, y)
        return z

    @staticmethod
    def backward(ctx, grad):
        x, y = ctx.saved_tensors
        grad_x = grad * y
        grad_y = grad * x
        return grad_x, grad_y


class Product(nn.Module):
    def forward(self, x, y):
        return ProductFunction.apply(x, y)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.left = nn.Linear(784, 64)
        self.right = nn.Linear(784, 64)
        self.product = Product()
        self.logits = nn.Linear(64, 10)

    def forward(self, x, lengths=None):
        flatten = self.flatten(x)
        left = self.left(flatten)
        right = self.right(flatten)
        product = self.product(left, right)
        logits = self.logits(product)
        return logits
