"""Writes the event files in tensorflow/ with TensorFlow itself, and what TensorBoard reads from them into expected.json there.

    pip install tensorflow-cpu==2.21.0 tensorboard==2.21.0
    python make_tensorflow.py

`tf2/` holds what tf.summary and the Keras callback write, `tf1/` what tf.compat.v1.summary does: plain values, results of
summary operations, histograms, and a graph. The times in them are those at which the script ran.
"""

import json
import math
import os
import shutil
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import api as hp
from tensorboard.util import tensor_util

here = Path(__file__).parent / "tensorflow"
shutil.rmtree(here, ignore_errors=True)
v1 = tf.compat.v1


def scalars() -> None:
    """Every number type, steps above 32 bits, what is no number, and summaries that are no scalars."""
    with tf.summary.create_file_writer(str(here / "tf2/scalars")).as_default():
        for step in range(40):
            tf.summary.scalar("loss", 2.3 * math.exp(-step / 10), step=step)
            for dtype in (tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.int32, tf.int64, tf.uint8):
                tf.summary.scalar(f"typed/{dtype.name}", tf.cast(step * 3.25, dtype), step=step)
        tf.summary.scalar("late", 1.5, step=2**40)
        for step, value in enumerate([1.0, math.nan, math.inf, 4.0]):
            tf.summary.scalar("odd", value, step=step)
        with tf.name_scope("layer"):
            tf.summary.scalar("norm", 0.25, step=3)
        tf.summary.histogram("weights", np.linspace(-1, 1, 100), step=0)
        tf.summary.text("note", "passed over", step=0)
        tf.summary.image("picture", np.zeros((1, 4, 4, 3), np.float32), step=0)


def callback() -> None:
    """As `model.fit` with the callback: two runs, `train` and `validation`, with a point for each epoch."""
    tf.keras.utils.set_random_seed(1)
    x = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    model = tf.keras.Sequential([tf.keras.layers.Dense(4, activation="tanh"), tf.keras.layers.Dense(1)])
    model.compile("adam", "mse")
    logs = tf.keras.callbacks.TensorBoard(str(here / "tf2/keras"), histogram_freq=1, write_graph=False)
    model.fit(x, x**2, epochs=5, validation_split=0.25, verbose=0, callbacks=[logs])


def settings() -> None:
    with tf.summary.create_file_writer(str(here / "tf2/settings")).as_default():
        hp.hparams({"lr": 0.01, "units": 16, "optimizer": "adam", "nesterov": True})
        for step in range(5):
            tf.summary.scalar("accuracy", step / 5, step=step)


def first() -> None:
    """TensorFlow 1: simple values, and what a session makes of merged summaries."""
    with tf.Graph().as_default(), v1.Session() as session:
        given = v1.placeholder(tf.float32, ())
        v1.summary.scalar("graph/loss", given)
        v1.summary.histogram("graph/values", given * tf.ones((8,)))
        merged = v1.summary.merge_all()
        writer = v1.summary.FileWriter(str(here / "tf1/session"), session.graph)
        for step in range(20):
            writer.add_summary(session.run(merged, {given: math.cos(step)}), step)
            value = v1.Summary.Value(tag="plain/accuracy", simple_value=step / 20)
            writer.add_summary(v1.Summary(value=[value]), step)
        writer.add_session_log(tf.compat.v1.SessionLog(status=v1.SessionLog.START), 15)
        for step in range(15, 25):
            value = v1.Summary.Value(tag="plain/accuracy", simple_value=1 - step / 100)
            writer.add_summary(v1.Summary(value=[value]), step)
        writer.close()


def number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def read(path: Path) -> dict[str, list[list[float | str]]]:
    everything = {event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0}
    events = event_accumulator.EventAccumulator(str(path), size_guidance=everything)
    events.Reload()
    curves = {}
    for tag in events.Tags()["scalars"]:
        curves[tag] = [[e.wall_time, e.step, number(e.value)] for e in events.Scalars(tag)]
    for tag in events.Tags()["tensors"]:
        if events.SummaryMetadata(tag).plugin_data.plugin_name != "scalars":
            continue
        curves[tag] = [[e.wall_time, e.step, number(float(tensor_util.make_ndarray(e.tensor_proto)))] for e in events.Tensors(tag)]
    return curves


for make in (scalars, callback, settings, first):
    make()
# The names of the files hold the time, the host and the process: none belongs in a repository.
for i, file in enumerate(sorted(here.rglob("*tfevents*"))):
    file.rename(file.with_name(f"events.out.tfevents.{1_700_000_000 + i}.golden{'.v2' if file.name.endswith('.v2') else ''}"))
runs = sorted({file.parent for file in here.rglob("*tfevents*")})
expected = {f"tensorflow/{run.relative_to(here)}": read(run) for run in runs}
(here / "expected.json").write_text(json.dumps(expected) + "\n")
