"""Trains the exported model, on one process or on many.

    python train.py                                  goes on where the run was: weights, optimizer, schedule, batches
    python train.py --epochs 20                      the same, up to another number of epochs
    python train.py --from-scratch                   repeats the training, from newly drawn weights
    python train.py --resume                         goes on where a training was killed, from its last whole epoch
    torchrun --nproc-per-node 4 train.py             the same on four processes, GPUs or hosts

Settings are in config.json. Metrics are written as JSON lines, which Tapedeck reads while they are written: `tapedeck follow
metrics.jsonl`, or "Follow a file" on its Compare page; see metrics.py. Any number of processes makes the same steps: each
takes its part of every batch.
"""

import argparse
import copy
import json
import math
import os
import pathlib
import time

import torch
import torch.distributed as dist
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from data import Data
from metrics import Metrics
from model import Model

HERE = pathlib.Path(__file__).parent
# The target of a position that is padding, of a language model.
PADDING = 0
# What of a run is kept besides weights and optimizer.
RESUMED = ("step", "epoch", "samples", "seconds", "factor", "plateau", "ema")


def main():
    run(parser(__doc__).parse_args())


def run(options):
    """One of the processes of a training; Ray's workers call it too."""
    config = json.loads((HERE / "config.json").read_text())
    train = config["train"]
    rank, world, hosts, device = join()
    saved = torch.load(options.checkpoint, map_location=device) if options.resume else None
    torch.manual_seed(train["seed"])
    model = Model()
    if saved is not None:
        model.load_state_dict(saved["model"])
    elif options.from_scratch:
        draw_weights(model, config["weights"])
    else:
        load_weights(model, options.weights or HERE / "weights.safetensors")
    model.to(device)
    if world > 1 and device.type == "cuda":
        # Statistics of the whole batch. On CPUs PyTorch has none, and each process takes those of its own part.
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    freeze(model, config["frozen"])
    wrapped = DistributedDataParallel(model, broadcast_buffers=False) if world > 1 else model
    data = Data(HERE / "data")
    optimizer = make_optimizer(model, config)
    metrics = Metrics(options.metrics if rank == 0 else None, options.resume)
    training = Run(model, wrapped, data, optimizer, config, (rank, world, device), metrics)
    if saved is not None:
        training.restore(saved)
    elif config["begin"] is not None and not options.from_scratch and options.weights is None:
        training.go_on(config["begin"], load_file(HERE / "optimizer.safetensors", device=str(device)))
    processes = "" if world == 1 else f", {world} processes"
    name = options.name or f"{config['run']['name']} · {options.where}{processes}"
    try:
        epochs = options.epochs or train["epochs"]
        config["settings"].update(epochs=epochs, processes=world, hosts=hosts, device=str(device))
        if options.from_scratch or options.weights is not None:
            config["run"]["step"] = 0
        metrics.start(config, training.step, name)
        training.train(epochs, options.steps, options.checkpoint if rank == 0 else None)
        if rank == 0:
            save_weights(training.averaged(), options.out)
    except BaseException as error:
        metrics.end(error)
        raise
    metrics.end()
    if world > 1 and dist.is_initialized():
        dist.destroy_process_group()


def parser(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.set_defaults(where="PyTorch")
    path = pathlib.Path
    parser.add_argument("--weights", type=path, help="begin a training with the weights of this file")
    parser.add_argument("--from-scratch", action="store_true", help="draw new weights")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, and add to the metrics")
    parser.add_argument("--epochs", type=int, help="instead of those of config.json")
    parser.add_argument("--steps", type=int, help="stop after so many more")
    parser.add_argument("--name", help="what the run is called in Tapedeck")
    parser.add_argument("--metrics", type=path, default=path("metrics.jsonl"), help="JSON lines of metrics")
    parser.add_argument("--checkpoint", type=path, default=path("checkpoint.pt"), help="written after every epoch")
    parser.add_argument("--out", type=path, default=path("trained.safetensors"), help="where the trained weights go, and nothing else")
    return parser


def join():
    """This process's number, how many there are, on how many hosts, and its device."""
    world = int(os.environ.get("WORLD_SIZE", 1))
    local = int(os.environ.get("LOCAL_RANK", 0))
    hosts = math.ceil(world / int(os.environ.get("LOCAL_WORLD_SIZE", world)))
    device = torch.device(f"cuda:{local}" if torch.cuda.is_available() else "cpu")
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if world > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return int(os.environ.get("RANK", 0)), world, hosts, device


class Run:
    def __init__(self, model, wrapped, data, optimizer, config, place, metrics):
        self.model, self.wrapped, self.data, self.optimizer = model, wrapped, data, optimizer
        self.config, self.settings, self.metrics = config, config["train"], metrics
        self.rank, self.world, self.device = place
        # What was done before it was resumed counts too; `seconds` are those of training.
        self.step, self.samples, self.seconds = 0, 0, 0.0
        # Where to begin, and what the order of the first epoch's batches follows from.
        self.epoch, self.batch, self.order = 1, 0, self.settings
        self.factor, self.plateau = 1.0, {"best": math.inf, "bad": 0}
        decay = self.settings["ema"]
        self.ema = None if decay is None else [p.detach().clone() for p in model.parameters()]
        weights = config["classWeights"]
        self.class_weights = None if weights is None else torch.tensor(weights, device=self.device)

    def go_on(self, begin, arrays):
        """Takes up a training where it was. Dropout alone draws other numbers than it would have there."""
        self.step, self.epoch, self.batch, self.order = (begin[key] for key in ("step", "epoch", "batch", "order"))
        if self.batch >= len(self.batches(self.order, self.epoch)):
            self.epoch, self.batch, self.order = self.epoch + 1, 0, self.settings
        self.factor = begin["rate"]["factor"]
        if begin["rate"]["plateau"] is not None:
            best = begin["rate"]["plateau"]["best"]
            self.plateau = {"best": math.inf if best is None else best, "bad": begin["rate"]["plateau"]["bad"]}
        load_moments(self.optimizer, self.model, begin["updates"], arrays)
        # The file of weights holds averages where the run made such.
        with torch.no_grad():
            for name, weight in weights_of(self.model).items():
                if f"trained.{name}" in arrays:
                    weight.copy_(arrays[f"trained.{name}"])

    def batches(self, order, epoch):
        if self.settings["overfitBatch"]:
            return self.data.epoch(order, 1)[:1]
        return self.data.epoch(order, epoch)

    def train(self, epochs, most_steps, checkpoint):
        began = time.perf_counter() - self.seconds
        settings, each = self.settings, self.settings["accumulate"]
        if self.epoch > epochs and self.rank == 0:
            print(f"All {epochs} epochs are done; train more of them with --epochs.")
        last = math.inf if most_steps is None else self.step + most_steps
        for epoch in range(self.epoch, epochs + 1):
            batches = self.batches(self.order, epoch)
            later = math.ceil(len(self.batches(settings, epoch + 1)) / each) if epoch < epochs else 0
            total = self.step + math.ceil((len(batches) - self.batch) / each) + later * (epochs - epoch)
            sums = torch.zeros(3, dtype=torch.float64)
            while self.batch < len(batches):
                if self.step >= last:
                    return
                group = batches[self.batch : self.batch + each]
                rate = learning_rate(settings, self.step, total) * self.factor
                before = self.seconds
                score = self.update(group, rate)
                self.batch += len(group)
                sums += score
                count = sum(len(rows) for rows in group)
                self.samples += count
                self.seconds = time.perf_counter() - began
                speed = count / max(self.seconds - before, 1e-9)
                place = epoch - 1 + self.batch / len(batches)
                self.write(place, "batch", score, {"step/learning-rate": rate, "speed/samples": speed})
            self.batch, self.order = 0, settings
            self.write(epoch, "train", sums)
            validation = self.evaluate()
            self.seconds = time.perf_counter() - began
            self.write(epoch, "val", validation)
            self.heard(validation if validation[1] > 0 else sums)
            self.epoch = epoch + 1
            if checkpoint is not None:
                self.save(checkpoint)

    def save(self, path):
        """Everything that `--resume` needs; whole, or the one before."""
        state = {name: getattr(self, name) for name in RESUMED}
        state.update(model=self.model.state_dict(), optimizer=self.optimizer.state_dict())
        unfinished = path.with_name(path.name + ".tmp")
        torch.save(state, unfinished)
        unfinished.replace(path)

    def restore(self, saved):
        """The model has its weights already."""
        self.optimizer.load_state_dict(saved["optimizer"])
        for name in RESUMED:
            setattr(self, name, saved[name])

    def update(self, group, rate):
        """One step of the optimizer over a group of batches; gives the sums of its losses."""
        for one in self.optimizer.param_groups:
            one["lr"] = rate
        self.wrapped.train()
        fix_frozen(self.model, self.config["frozen"])
        self.optimizer.zero_grad()
        samples = sum(len(rows) for rows in group)
        score = torch.zeros(3, dtype=torch.float64)
        for rows in group:
            mine, own = self.part(rows)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings["precision"] == "bfloat16"):
                output, targets = self.forward(mine)
            loss, count = losses(self.config, output.float(), targets, self.class_weights)
            sums = self.together(torch.stack([loss.detach().double(), count.double()]) * own)
            # Of all processes together; DistributedDataParallel takes the mean over them.
            (loss * own * self.world / sums[1] * (len(rows) / samples)).backward()
            right, scored = correct(self.config, output, targets)
            right, scored = self.together(torch.stack([right, scored]).double() * own)
            score += torch.stack([sums[0] / sums[1] * scored, scored, right]).cpu()
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        if self.settings["clipNorm"] is not None:
            nn.utils.clip_grad_norm_(parameters, self.settings["clipNorm"])
        if self.settings["clipValue"] is not None:
            nn.utils.clip_grad_value_(parameters, self.settings["clipValue"])
        self.optimizer.step()
        self.step += 1
        if self.ema is not None:
            with torch.no_grad():
                for average, parameter in zip(self.ema, self.model.parameters()):
                    average.lerp_(parameter, 1 - self.settings["ema"])
        return score

    def part(self, rows):
        """This process's rows of a batch. One that has none computes a row which then counts nothing."""
        mine = rows[self.rank * len(rows) // self.world : (self.rank + 1) * len(rows) // self.world]
        return (mine, 1.0) if mine else (rows[:1], 0.0)

    def forward(self, rows, model=None):
        inputs, lengths, targets = self.data.take(rows)
        lengths = None if lengths is None else lengths.to(self.device)
        return (model or self.wrapped)(inputs.to(self.device), lengths), targets.to(self.device)

    def together(self, values):
        if self.world > 1:
            dist.all_reduce(values)
        return values

    @torch.no_grad()
    def evaluate(self):
        model = self.averaged()
        model.eval()
        sums = torch.zeros(3, dtype=torch.float64, device=self.device)
        for number, rows in enumerate(self.data.validation()):
            if number % self.world != self.rank:
                continue
            output, targets = self.forward(rows, model)
            loss, count = losses(self.config, output.float(), targets, None)
            right, scored = correct(self.config, output, targets)
            sums += torch.stack([loss.double() / count * scored, scored, right])
        return self.together(sums).cpu()

    def averaged(self):
        """The model, or one with the moving averages of its weights."""
        if self.ema is None:
            return self.model
        model = copy.deepcopy(self.model)
        with torch.no_grad():
            for parameter, average in zip(model.parameters(), self.ema):
                parameter.copy_(average)
        return model

    def heard(self, sums):
        """A plateau drops the rate when the loss no longer falls."""
        schedule = self.settings["schedule"]
        if schedule["kind"] != "plateau" or sums[1] == 0:
            return
        loss = float(sums[0] / sums[1])
        if loss < self.plateau["best"] * (1 - 1e-4):
            self.plateau = {"best": loss, "bad": 0}
        else:
            self.plateau["bad"] += 1
        if self.plateau["bad"] > schedule["patience"]:
            self.factor *= schedule["factor"]
            self.plateau["bad"] = 0

    def write(self, epoch, part, score, more=None):
        loss, count, right = score.tolist()
        if count == 0:
            return
        measured = "mae" if self.config["task"] == "regress" else "accuracy"
        place = {"step": self.step, "epoch": epoch, "seconds": round(self.seconds, 3), "step/samples": self.samples}
        self.metrics.write({**place, f"{part}/loss": loss / count, f"{part}/{measured}": right / count, **(more or {})})


def losses(config, output, targets, class_weights):
    """The sum of the losses, and what it is divided by."""
    if config["task"] == "regress":
        loss = F.huber_loss if config["output"]["loss"] == "huber" else F.mse_loss
        return loss(output, targets, reduction="sum"), torch.tensor(float(targets.numel()), device=output.device)
    scores, classes = output.reshape(-1, output.shape[-1]), targets.reshape(-1)
    counts = torch.ones_like(classes, dtype=torch.float32)
    ignored = -100
    if config["task"] == "next-token":
        ignored, counts = PADDING, (classes != PADDING).float()
    elif class_weights is not None:
        counts = class_weights[classes]
    smoothing = config["output"]["labelSmoothing"]
    loss = F.cross_entropy(
        scores, classes, weight=class_weights, ignore_index=ignored, label_smoothing=smoothing, reduction="sum"
    )
    return loss, counts.sum()


def correct(config, output, targets):
    """How many are right, or the sum of absolute errors in the targets' own units; and of how many."""
    if config["task"] == "regress":
        units = torch.tensor(config["targetUnits"], device=output.device)
        error = ((output.detach() - targets).abs() * units).mean(1).sum()
        return error, torch.tensor(float(len(targets)), device=output.device)
    right = output.detach().argmax(-1) == targets
    if config["task"] == "next-token":
        own = targets != PADDING
        return (right & own).sum().float(), own.sum().float()
    return right.sum().float(), torch.tensor(float(len(targets)), device=output.device)


def learning_rate(settings, step, total):
    base, schedule = settings["learningRate"], settings["schedule"]
    kind, warmup, end = schedule["kind"], schedule["warmupSteps"], schedule["end"]
    total = max(1, total)
    if kind == "one-cycle":
        first, last = base / 25, base / 25 / 1e4
        top = schedule["rise"] * total - 1
        if step <= top:
            share, low, high = (step / top if top > 0 else 1.0), first, base
        else:
            share = min((step - top) / (total - 1 - top), 1.0) if total - 1 > top else 1.0
            low, high = base, last
        return high + (low - high) * (1 + math.cos(math.pi * share)) / 2
    if step < warmup:
        start = 1 / (warmup + 1)
        return base * (start + (1 - start) * step / warmup)
    at, left = step - warmup, max(1, total - warmup)
    share = min(at / left, 1.0)
    if kind == "cosine":
        return end * base + (base - end * base) * (1 + math.cos(math.pi * share)) / 2
    if kind == "linear":
        return base * (end + (1 - end) * (1 - share))
    if kind == "step":
        return base * schedule["factor"] ** (at // schedule["everySteps"])
    return base


def make_optimizer(model, config):
    """Two groups: weight decay for matrices and kernels, none for biases, scales and shifts unless all decay."""
    settings = config["train"]
    named = dict(model.named_parameters(remove_duplicate=False))
    trained = [named[name] for name in config["weights"] if name in named and named[name].requires_grad]
    decay = settings["weightDecay"]
    groups = [
        {"params": [p for p in trained if p.dim() > 1], "weight_decay": decay},
        {"params": [p for p in trained if p.dim() <= 1], "weight_decay": decay if settings["decayEverything"] else 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    name, rate = settings["optimizer"], settings["learningRate"]
    options = {}
    if settings["epsilon"] is not None and name not in ("sgd", "lion"):
        options["eps"] = settings["epsilon"]
    if settings["betas"] is not None and name in ("adam", "adamw", "lion"):
        options["betas"] = tuple(settings["betas"])
    if name == "sgd":
        momentum = settings["momentum"]
        return torch.optim.SGD(groups, rate, momentum=momentum, nesterov=settings["nesterov"] and momentum > 0)
    if name == "rmsprop":
        return torch.optim.RMSprop(groups, rate, alpha=settings["alpha"], **options)
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "adagrad": torch.optim.Adagrad, "lion": Lion}
    return kinds[name](groups, rate, **options)


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, Symbolic discovery of optimization algorithms, algorithm 1."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                momentum = self.state[p].setdefault("exp_avg", torch.zeros_like(p))
                direction = momentum.lerp(p.grad, 1 - first).sign()
                p.sub_(direction + group["weight_decay"] * p, alpha=group["lr"])
                momentum.lerp_(p.grad, 1 - second)


def load_moments(optimizer, model, updates, arrays):
    """What an optimizer keeps of each weight, such as its momentum; `updates` says how many it has had."""
    named = dict(model.named_parameters(remove_duplicate=False))
    kept = {}
    for key, value in arrays.items():
        state, _, name = key.partition(".")
        kept.setdefault(name, {})[state] = value
    for name, count in updates.items():
        states = {state: value for state, value in kept.get(name, {}).items() if state != "trained"}
        if count > 0 and states:
            optimizer.state[named[name]] = {"step": torch.tensor(float(count)), **states}


def freeze(model, frozen):
    """Layers that are not trained, by their names in the model."""
    for name in frozen:
        model.get_submodule(name).requires_grad_(False)


def fix_frozen(model, frozen):
    """Frozen batch norms keep their statistics, and use them."""
    for name in frozen:
        for module in model.get_submodule(name).modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()


@torch.no_grad()
def draw_weights(model, rules):
    """New weights, from the distributions that Tapedeck draws them from."""
    named = dict(model.named_parameters(remove_duplicate=False))
    for name, rule in rules.items():
        if name not in named:
            continue
        weight = named[name]
        if rule["kind"] == "uniform":
            weight.uniform_(-rule["bound"], rule["bound"])
        elif rule["kind"] == "normal":
            weight.normal_(0, rule["std"])
            if rule.get("zeroRow") is not None:
                weight[rule["zeroRow"]] = 0
        elif rule["kind"] in ("zeros", "ones"):
            weight.fill_(1.0 if rule["kind"] == "ones" else 0.0)


@torch.no_grad()
def load_weights(model, path):
    """Copies a file's tensors into the model; says so where one is missing or has another shape."""
    tensors = load_file(path)
    for name, place in weights_of(model).items():
        if name not in tensors or tensors[name].shape != place.shape:
            found = f"has {name} of shape {list(tensors[name].shape)}" if name in tensors else f"has no {name}"
            raise SystemExit(f"{path} {found}; the model has {list(place.shape)}. It belongs to another model.")
        place.copy_(tensors[name])


def save_weights(model, path):
    save_file({name: value.detach().cpu().contiguous() for name, value in weights_of(model).items()}, path)


def weights_of(model):
    """Parameters and running statistics; one that layers share stands once."""
    buffers = {name: value for name, value in model.named_buffers() if not name.endswith("num_batches_tracked")}
    return dict(model.named_parameters()) | buffers


if __name__ == "__main__":
    main()
