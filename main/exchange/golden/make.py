"""Writes the event files beside it, and what TensorBoard itself reads from them into expected.json.

    pip install torch==2.13.0 tensorboard==2.21.0
    python -P make.py  # -P: the folder tensorflow/ beside it is no package

`torch/` is written by torch.utils.tensorboard.SummaryWriter; `tensors/` as tf.summary.scalar of TensorFlow 2 writes it (a
tensor with the plugin data of scalars) by TensorBoard's own classes. Values are read back with TensorBoard's
EventAccumulator, which keeps every point.
"""

import json
import math
import os
import shutil
import struct
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.plugins.scalar import metadata as scalar_metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util
from torch.utils.tensorboard import SummaryWriter

here = Path(__file__).parent
start = 1_700_000_000.25


def folder(name: str) -> str:
    path = here / name
    shutil.rmtree(path, ignore_errors=True)
    return str(path)


def rename(path: str, number: int) -> None:
    """File names hold the time, the host and the process: neither belongs in a repository."""
    known = sorted(Path(path).glob("events.out.tfevents.*"))
    fresh = [file for file in known if ".golden." not in file.name]
    for i, file in enumerate(fresh):
        file.rename(file.with_name(f"events.out.tfevents.{1_700_000_000 + number + i}.golden.{i}"))


def plain() -> None:
    path = folder("torch/plain")
    with SummaryWriter(path) as writer:
        for step in range(60):
            writer.add_scalar("train/loss", 2.3 * math.exp(-step / 20), step, walltime=start + step / 2)
            writer.add_scalar("train/rate", 1e-3 * (1 - step / 60), step, walltime=start + step / 2, new_style=True)
            if step % 10 == 9:
                writer.add_scalar("val/accuracy", step / 60, step, walltime=start + step / 2, double_precision=True)
        writer.add_histogram("weights", np.arange(4.0), 0, bins=[0.0, 2.0, 4.0])
        writer.add_text("note", "passed over")
    rename(path, 0)


def order() -> None:
    path = folder("torch/order")
    with SummaryWriter(path) as writer:
        for i, step in enumerate([0, 5, 3, 4, 3, 9, 7, 2**40]):
            writer.add_scalar("loss", 10.0 + i, step, walltime=start + i)
        for step, value in enumerate([1.0, math.nan, math.inf, -math.inf, 5.0]):
            writer.add_scalar("odd", value, step, walltime=start + step)
    rename(path, 0)


def begun_again(name: str, first: range, purge_step: int, second: range, first_only: bool = False) -> None:
    path = folder(f"torch/{name}")
    with SummaryWriter(path) as writer:
        for step in first:
            writer.add_scalar("loss", 100.0 - step, step, walltime=start + step)
            if first_only:
                writer.add_scalar("first only", step, step, walltime=start + step)
    rename(path, 0)
    with SummaryWriter(path, purge_step=purge_step) as writer:
        for step in second:
            writer.add_scalar("loss", 50.0 - step, step, walltime=start + 100 + step)
    rename(path, 100)


def restarts() -> None:
    begun_again("restart", range(30), 20, range(20, 40))
    begun_again("interval", range(0, 45, 5), 12, range(14, 35, 7), first_only=True)
    begun_again("afresh", range(0, 45, 5), 0, range(3, 15, 4))


def settings() -> None:
    path = folder("torch/settings")
    with SummaryWriter(path) as writer:
        for step in range(5):
            writer.add_scalar("loss", 1 / (1 + step), step, walltime=start + step)
        writer.add_hparams({"lr": 0.003, "optimizer": "adam", "nesterov": True, "batch": 32}, {"hparam/loss": 0.2}, run_name="1700000000.5")
    rename(path, 0)
    rename(os.path.join(path, "1700000000.5"), 0)


def cut() -> None:
    path = folder("torch/cut")
    with SummaryWriter(path) as writer:
        for step in range(10):
            writer.add_scalar("loss", 1.0 - step / 10, step, walltime=start + step)
    rename(path, 0)
    file = next(Path(path).iterdir())
    file.write_bytes(file.read_bytes()[:-9])


def tensors() -> None:
    path = folder("tensors/run/train")
    writer = EventFileWriter(path)

    def add(tag: str, tensor: tensor_pb2.TensorProto, step: int) -> None:
        metadata = scalar_metadata.create_summary_metadata(display_name="", description="")
        value = summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)
        writer.add_event(event_pb2.Event(wall_time=start + step, step=step, summary=summary_pb2.Summary(value=[value])))

    for step in range(12):
        value = math.sin(step) * 3
        for name, dtype in [("float", np.float32), ("double", np.float64), ("int32", np.int32), ("int64", np.int64), ("half", np.float16)]:
            add(f"listed/{name}", tensor_util.make_tensor_proto(dtype(value)), step)
        # TensorFlow itself writes the bytes.
        shape = tensor_shape_pb2.TensorShapeProto()
        add("bytes/float", tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT, tensor_shape=shape, tensor_content=struct.pack("<f", value)), step)
        add("bytes/double", tensor_pb2.TensorProto(dtype=types_pb2.DT_DOUBLE, tensor_shape=shape, tensor_content=struct.pack("<d", value)), step)
    writer.close()
    rename(path, 0)


def number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def read(path: Path) -> dict[str, list[list[float | str]]]:
    events = event_accumulator.EventAccumulator(str(path), size_guidance={event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0})
    events.Reload()
    curves = {}
    for tag in events.Tags()["scalars"]:
        curves[tag] = [[e.wall_time, e.step, number(e.value)] for e in events.Scalars(tag)]
    for tag in events.Tags()["tensors"]:
        if events.SummaryMetadata(tag).plugin_data.plugin_name != "scalars":
            continue
        curves[tag] = [[e.wall_time, e.step, number(float(tensor_util.make_ndarray(e.tensor_proto)))] for e in events.Tensors(tag)]
    return curves


for make in (plain, order, restarts, settings, cut, tensors):
    make()
runs = sorted({file.parent for kind in ("torch", "tensors") for file in (here / kind).rglob("*tfevents*")})
expected = {str(run.relative_to(here)): read(run) for run in runs}
(here / "expected.json").write_text(json.dumps(expected) + "\n")
