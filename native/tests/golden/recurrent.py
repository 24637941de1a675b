"""Golden cases of the recurrent layers over packed sequences, and of their cells.

    python native/tests/golden/recurrent.py

Needs PyTorch (written with 2.13); the tests themselves do not.
"""

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from common import case, randn, write

BATCH, STEPS, INPUT, HIDDEN = 4, 5, 3, 4
LENGTHS = torch.tensor([3, 5, 1, 4])


def layer(name, kind, layers, bidirectional, lengths=None, initial=True, bias=True, **options):
    torch.set_default_dtype(torch.float64)
    module = getattr(nn, kind)(
        INPUT, HIDDEN, layers, batch_first=True, bidirectional=bidirectional, bias=bias, **options
    )
    torch.set_default_dtype(torch.float32)
    names = [key for key, _ in module.named_parameters()]  # in the order our weights have
    states = layers * (2 if bidirectional else 1)
    count = (2 if kind == "LSTM" else 1) if initial else 0

    def run(x, *rest):
        rest = list(rest)
        given = rest.pop(0) if lengths is not None else None
        start = [rest.pop(0) for _ in range(count)]
        hx = None if not initial else tuple(start) if kind == "LSTM" else start[0]
        x = x if given is None else pack_padded_sequence(x, given, batch_first=True, enforce_sorted=False)
        output, last = functional_call(module, dict(zip(names, rest)), (x, hx))
        if given is not None:
            output = pad_packed_sequence(output, batch_first=True, total_length=STEPS)[0]
        return (output, *last) if kind == "LSTM" else (output, last)

    case(
        name,
        run,
        randn(BATCH, STEPS, INPUT),
        *([lengths] if lengths is not None else []),
        *[randn(states, BATCH, HIDDEN) for _ in range(count)],
        *[parameter.detach() for parameter in module.parameters()],
    )


layer("rnn_lengths", "RNN", 1, False, LENGTHS)
layer("rnn_relu_two_layers", "RNN", 2, False, LENGTHS, nonlinearity="relu")
layer("lstm", "LSTM", 1, False)
layer("lstm_lengths", "LSTM", 1, False, LENGTHS)
layer("lstm_plain", "LSTM", 1, False, LENGTHS, initial=False, bias=False)
layer("lstm_two_layers_bidirectional", "LSTM", 2, True, LENGTHS)
layer("gru", "GRU", 1, False)
layer("gru_lengths_bidirectional", "GRU", 1, True, LENGTHS)
layer("gru_plain", "GRU", 2, False, LENGTHS, initial=False, bias=False)


def cell(name, kind, gates, states, **options):
    def run(x, *rest):
        hx, weights = rest[:states], dict(zip(["weight_ih", "weight_hh", "bias_ih", "bias_hh"], rest[states:]))
        module = getattr(nn, kind)(INPUT, HIDDEN, **options)
        return functional_call(module, weights, (x, hx if states == 2 else hx[0]))

    rows = gates * HIDDEN
    case(
        name,
        run,
        randn(2, INPUT),
        *[randn(2, HIDDEN) for _ in range(states)],
        randn(rows, INPUT),
        randn(rows, HIDDEN),
        randn(rows),
        randn(rows),
    )


cell("rnn_cell", "RNNCell", 1, 1)
cell("rnn_cell_relu", "RNNCell", 1, 1, nonlinearity="relu")
cell("lstm_cell", "LSTMCell", 4, 2)
cell("gru_cell", "GRUCell", 3, 1)

write("recurrent")
