"""Asks the model about new files.

    python predict.py PATH...                    images, .txt files, a CSV or TSV of texts or of rows, folders of files
    python predict.py --column review FILE.csv   the column with the texts
    python predict.py --weights trained.safetensors PATH

Writes a JSON line for each sample: probabilities of the classes, numbers in their own units, or the likeliest next tokens.
"""

import argparse
import json
import pathlib

import torch

from data import Data
from model import Model
from prepare import Prepare
from train import load_weights

HERE = pathlib.Path(__file__).parent
NEXT_TOKENS = 20


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--column", help="of a table of texts")
    parser.add_argument("--weights", default=HERE / "weights.safetensors")
    options = parser.parse_args()
    model = Model().eval()
    load_weights(model, options.weights)
    data, prepare = Data(HERE / "data"), Prepare(HERE / "data")
    for path in options.paths:
        for name, sample in prepare.files(path, options.column):
            print(json.dumps({"item": name, **answer(model, data, prepare, sample)}, ensure_ascii=False))


@torch.no_grad()
def answer(model, data, prepare, sample):
    """What the model says of one sample, which is as stored."""
    if sample.size == 0:
        return {"problem": "there is no token in it"}
    stored = torch.tensor(sample)[None]
    lengths = torch.tensor([len(sample)]) if data.sequences else None
    output = model(stored if data.content == "tokens" else data.normalised(stored), lengths)[0]
    facts = data.facts
    if data.task == "regress":
        return {one["name"]: float(value) * one["std"] + one["mean"] for one, value in zip(facts["targets"], output)}
    if data.task == "classify":
        return dict(zip(facts["classes"], output.softmax(-1).tolist(), strict=True))
    likeliest = output[-1].softmax(-1).topk(min(NEXT_TOKENS, output.shape[-1]))
    tokens = [prepare.tokenizer.vocabulary[id] for id in likeliest.indices.tolist()]
    return dict(zip(tokens, likeliest.values.tolist(), strict=True))


if __name__ == "__main__":
    main()
