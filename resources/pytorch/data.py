"""The data set as Tapedeck stored it: decoded, split, and in the same batches.

`data/` holds the samples one after another: training rows first, then validation rows, then test rows.
Which rows share a batch is a pure function of the seed, the epoch and the rows' sizes, the same as in Tapedeck.
"""

import json
import pathlib

import numpy as np
import torch

DTYPES = {"uint8": np.uint8, "float32": np.float32, "int32": np.int32}
# So many batches' rows are sorted by length together.
BATCHES_PER_POOL = 50
# Values that a batch holds at most while evaluating, and samples; a token counts as so many values.
EVALUATION_VALUES, EVALUATION_SAMPLES, VALUES_OF_TOKEN = 1 << 20, 512, 64
SAMPLING = 0xFFFFFFFE


class Data:
    def __init__(self, folder="data"):
        folder = pathlib.Path(folder)
        self.facts = facts = json.loads((folder / "dataset.json").read_text())
        self.task, self.content = facts["task"], facts["content"]
        self.train_count, self.validation_count = facts["trainCount"], facts["validationCount"]
        count = self.train_count + self.validation_count + facts["testCount"]
        self.shape = facts["sampleShape"]
        self.values = np.memmap(folder / "inputs.bin", dtype=DTYPES[facts["storedDtype"]], mode="r")
        self.blocks = self.task == "next-token"
        symbols = sum(isinstance(size, str) for size in self.shape)
        self.places = None
        if self.blocks or symbols:
            columns = 1 if self.blocks else 1 + symbols
            self.places = np.fromfile(folder / "rows.bin", dtype="<i8").reshape(-1, columns)
        if self.task == "classify":
            self.targets = torch.from_numpy(np.fromfile(folder / "labels.bin", dtype="<i8"))
        elif self.task == "regress":
            targets = np.fromfile(folder / "targets.bin", dtype="<f4").reshape(count, -1)
            self.targets = torch.from_numpy(targets)
        scales = facts["channels"] or [facts]
        scale = torch.tensor([1 / one["std"] if one["std"] > 0 else 1.0 for one in scales])
        mean = torch.tensor([one["mean"] for one in scales])
        # Of images, one for each channel.
        form = (-1, 1, 1) if len(scales) > 1 else (-1,)
        self.scale, self.shift = scale.reshape(form), (-mean * scale).reshape(form)

    @property
    def sequences(self):
        """Whether samples differ in length."""
        return not self.blocks and self.places is not None and len(self.shape) == 1

    def sizes(self, begin, end):
        """What rows must have in common to share a batch: a kind, and a number for each row."""
        if self.sequences:
            return "lengths", self.places[begin:end, 1].tolist()
        if self.blocks or self.places is None:
            return "alike", [0] * (end - begin)
        known = {}
        return "groups", [known.setdefault((h, w), len(known)) for _, h, w in self.places.tolist()][begin:end]

    def values_of(self, row):
        if self.blocks or self.places is None:
            return int(np.prod(self.shape))
        return int(np.prod(self.places[row, 1:])) * (self.shape[0] if len(self.shape) == 3 else 1)

    def take(self, rows):
        """Inputs, true lengths (None where all are alike) and targets of some rows."""
        if self.blocks:
            length = self.shape[0]
            tokens = np.stack([self.values[at : at + length + 1] for at in self.places[rows, 0]])
            tokens = torch.from_numpy(tokens.astype(np.int64))
            return tokens[:, :-1], None, tokens[:, 1:]
        if self.sequences:
            lengths = torch.from_numpy(self.places[rows, 1].copy())
            padded = np.zeros((len(rows), int(lengths.max())), dtype=np.int64)
            for at, (begin, length) in enumerate(self.places[rows]):
                padded[at, :length] = self.values[begin : begin + length]
            return torch.from_numpy(padded), lengths, self.targets[rows]
        if self.places is not None:
            images = []
            for begin, height, width in self.places[rows].tolist():
                size = self.shape[0] * height * width
                images.append(self.values[begin : begin + size].reshape(self.shape[0], height, width))
            stored = torch.from_numpy(np.stack(images))
        else:
            stored = torch.from_numpy(self.values.reshape([-1, *self.shape])[rows])
        if self.content == "tokens":
            return stored.long(), None, self.targets[rows]
        return self.normalised(stored), None, self.targets[rows]

    def normalised(self, stored):
        """Inputs of the model from stored numbers: of mean 0 and spread 1, as far as the training rows go."""
        return stored.float() * self.scale + self.shift

    def epoch(self, config, epoch):
        """Rows of every batch of an epoch, counted from 1."""
        kind, sizes = self.sizes(0, self.train_count)
        budget = config["tokenBudget"] if self.content == "tokens" else None
        size = config["batchSize"]
        if budget is not None and kind != "lengths":
            size, budget = max(1, budget // self.values_of(0)), None
        drawn = None
        if config["balance"] == "sampling":
            drawn = balanced_rows(self.targets[: self.train_count].tolist(), config["seed"], epoch)
        return epoch_batches(kind, sizes, size, budget, config["seed"], epoch, drawn)

    def validation(self):
        """Rows of the validation split, in batches that need about the same memory."""
        begin = self.train_count
        kind, sizes = self.sizes(begin, begin + self.validation_count)
        each = VALUES_OF_TOKEN if self.content == "tokens" else 1
        groups = {}
        for row, size in enumerate(sizes):
            groups.setdefault(size if kind == "groups" else 0, []).append(begin + row)
        for rows in groups.values():
            if kind == "lengths":
                rows.sort(key=lambda row: sizes[row - begin])
            while rows:
                few = self._few(rows[0], each)
                few = self._few(rows[min(few, len(rows)) - 1], each)
                yield rows[:few]
                rows = rows[few:]

    def _few(self, row, each):
        return max(1, min(EVALUATION_SAMPLES, EVALUATION_VALUES // (each * self.values_of(row))))


def epoch_batches(kind, sizes, batch_size, budget, seed, epoch, drawn=None):
    draw = stream(seed, epoch)
    rows = shuffle(list(range(len(sizes)) if drawn is None else drawn), draw)
    if kind == "alike":
        return cut(rows, batch_size)
    if kind == "groups":
        groups = {}
        for row in rows:
            groups.setdefault(sizes[row], []).append(row)
        return shuffle([batch for key in sorted(groups) for batch in cut(groups[key], batch_size)], draw)
    if budget is not None:
        return shuffle(cut_by_budget(sorted(rows, key=lambda row: sizes[row]), sizes, budget), draw)
    pool = BATCHES_PER_POOL * batch_size
    pools = [sorted(rows[at : at + pool], key=lambda row: sizes[row]) for at in range(0, len(rows), pool)]
    return shuffle(cut([row for pool in pools for row in pool], batch_size), draw)


def cut(rows, size):
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def cut_by_budget(rows, lengths, budget):
    """As many rows to a batch as fit, padding counted; one that is longer than the budget stands alone."""
    batches = []
    for row in rows:
        if batches and (len(batches[-1]) + 1) * lengths[row] <= budget:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


def balanced_rows(classes, seed, epoch):
    """As many rows as there are, every class drawn equally often."""
    members = [[row for row, one in enumerate(classes) if one == label] for label in range(max(classes) + 1)]
    draw = stream(seed, epoch, SAMPLING)
    present = shuffle([rows for rows in members if rows], draw)
    drawn = []
    for index, rows in enumerate(present):
        left = len(classes) // len(present) + (index < len(classes) % len(present))
        while left > 0:
            shuffle(rows, draw)
            drawn += rows[:left]
            left -= len(rows)
    return drawn


def stream(seed, *keys):
    """Whole numbers below 2^32, the same as Tapedeck draws them (splitmix32)."""
    state = mix(seed)
    for key in keys:
        state = mix(state + key * 0x9E3779B9)

    def draw():
        nonlocal state
        state = (state + 0x9E3779B9) & 0xFFFFFFFF
        return mix(state)

    return draw


def mix(value):
    value &= 0xFFFFFFFF
    value = ((value ^ (value >> 16)) * 0x21F0AAAD) & 0xFFFFFFFF
    value = ((value ^ (value >> 15)) * 0x735A2D97) & 0xFFFFFFFF
    return value ^ (value >> 15)


def shuffle(items, draw):
    for last in range(len(items) - 1, 0, -1):
        other = int(draw() / 2**32 * (last + 1))
        items[last], items[other] = items[other], items[last]
    return items
