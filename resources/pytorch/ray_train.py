"""Trains the exported model as a job of Ray, on as many machines as its cluster has.

    python ray_train.py --workers 4 --metrics /shared/metrics.jsonl          on the cluster that is there, or this machine
    ray job submit --working-dir . -- python ray_train.py --workers 4 --metrics /shared/metrics.jsonl

Every worker is a process of `train.py`; its other options may be given too. The folder of the metrics, and of the weights
(`--out`), must be one that all machines share: the first worker writes them, wherever it runs.
"""

import argparse
import pathlib

import ray.train
from ray.train.torch import TorchTrainer

import train


def main():
    parser = train.parser(__doc__)
    parser.set_defaults(where="Ray")
    parser.add_argument("--workers", type=int, default=2, help="how many processes, on any machines")
    parser.add_argument("--gpu", action="store_true", help="a GPU for each")
    parser.add_argument("--cpus", type=int, default=1, help="processor cores for each")
    parser.add_argument("--storage", type=pathlib.Path, help="a shared folder for what Ray keeps")
    options = parser.parse_args()
    # Workers run in folders of their own.
    for name, value in vars(options).items():
        if isinstance(value, pathlib.Path):
            setattr(options, name, value.resolve())
    trainer = TorchTrainer(
        work,
        train_loop_config={"options": vars(options)},
        scaling_config=ray.train.ScalingConfig(
            num_workers=options.workers, use_gpu=options.gpu, resources_per_worker={"CPU": options.cpus}
        ),
        run_config=ray.train.RunConfig(storage_path=options.storage and str(options.storage)),
    )
    trainer.fit()


def work(config):
    """What each worker does: Ray has made it one of the processes of a group."""
    train.run(argparse.Namespace(**config["options"]))


if __name__ == "__main__":
    main()
