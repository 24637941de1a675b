"""Metrics as JSON lines, which Tapedeck reads while they are written: `tapedeck follow metrics.jsonl`.

The first line says what the run is, each that follows what was measured at a step, the last one how it ended:

    {"tapedeck": "start", "name": ..., "step": 0, "settings": {"lr": 0.01, ...}, "from": {"run": 3, ...}, ...}
    {"step": 1, "epoch": 0.1, "seconds": 0.4, "step/samples": 64, "batch/loss": 2.3, ..., "speed/samples": 1200}
    {"tapedeck": "end", "status": "finished"}

`status` is finished, stopped or failed. A run that goes on adds a first line with its step, after which points come again.
"""

import json
import pathlib
import time


class Metrics:
    """Only one process of a training writes; the others get None as the path."""

    def __init__(self, path, resumed):
        """`resumed`: whether what is there is kept and added to."""
        self.file = None
        if path is None:
            return
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        cut = resumed and path.exists() and not path.read_bytes().endswith(b"\n")
        self.file = open(path, "a" if resumed else "w")
        if cut:
            # The program was killed within a line.
            self.file.write("\n")

    def write(self, line):
        """A line at once, so that who reads meanwhile has it."""
        if self.file is not None:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()

    def start(self, config, step, name):
        self.write(
            {
                "tapedeck": "start",
                "name": name,
                "step": step,
                "started": time.time(),
                "model": config["model"],
                "parameters": config["parameters"],
                "dataset": config["dataset"],
                "settings": config["settings"],
                "from": {"run": config["run"]["id"], "name": config["run"]["name"], "step": config["run"]["step"]},
            }
        )

    def end(self, error=None):
        """`error`: what ended the training early."""
        if error is None:
            self.write({"tapedeck": "end", "status": "finished"})
        elif isinstance(error, (KeyboardInterrupt, SystemExit)):
            self.write({"tapedeck": "end", "status": "stopped"})
        else:
            self.write({"tapedeck": "end", "status": "failed", "reason": f"{type(error).__name__}: {error}"})
        if self.file is not None:
            self.file.close()
            self.file = None
