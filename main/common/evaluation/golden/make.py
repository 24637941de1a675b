"""Writes golden.json: figures of scikit-learn for class probabilities and numbers, degenerate cases among them."""
import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")
random = np.random.default_rng(7)


def classes(name, target, probabilities, k):
    target = np.asarray(target)
    p = np.asarray(probabilities, dtype=np.float32).astype(np.float64)
    predicted = p.argmax(1)
    labels = list(range(k))
    each = []
    for one in labels:
        positive = target == one
        both = positive.any() and not positive.all()
        named = (predicted == one).any()
        each.append({
            "precision": metrics.precision_score(positive, predicted == one, zero_division=0) if named else None,
            "recall": metrics.recall_score(positive, predicted == one, zero_division=0) if positive.any() else None,
            "f1": metrics.f1_score(positive, predicted == one, zero_division=0) if named or positive.any() else None,
            "rocArea": metrics.roc_auc_score(positive, p[:, one]) if both else None,
            "averagePrecision": metrics.average_precision_score(positive, p[:, one]) if positive.any() else None,
        })
    present = sorted(set(target) | set(predicted))
    ranks = [(np.argsort(-row, kind="stable") == wanted).argmax() for row, wanted in zip(p, target)]
    return {
        "name": name, "k": k, "target": target.tolist(), "probabilities": np.float32(p).ravel().tolist(),
        "accuracy": metrics.accuracy_score(target, predicted),
        "topK": [float(np.mean([rank < n for rank in ranks])) for n in range(1, min(5, k) + 1)],
        "logLoss": float(-np.log(np.maximum(p[np.arange(len(target)), target], 1e-15)).mean()),
        "macroF1": metrics.f1_score(target, predicted, labels=present, average="macro", zero_division=0),
        "weightedF1": metrics.f1_score(target, predicted, average="weighted", zero_division=0),
        "confusion": metrics.confusion_matrix(target, predicted, labels=labels).ravel().tolist(),
        "classes": each,
    }


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def numbers(name, wanted, predicted):
    wanted, predicted = np.float32(wanted), np.float32(predicted)
    a, b = wanted.astype(np.float64), predicted.astype(np.float64)
    return {
        "name": name, "wanted": wanted.tolist(), "predicted": predicted.tolist(),
        "mae": metrics.mean_absolute_error(a, b), "rmse": float(np.sqrt(metrics.mean_squared_error(a, b))),
        "r2": metrics.r2_score(a, b) if a.std() > 0 else None, "bias": float((b - a).mean()),
    }


target = random.integers(0, 4, 60)
logits = random.normal(size=(60, 4))
logits[np.arange(60), target] += 1
ties = np.round(softmax(logits), 1)
ties = ties / ties.sum(1, keepdims=True)
golden = {
    "sklearn": __import__("sklearn").__version__,
    "classes": [
        classes("four classes", target, softmax(logits), 4),
        classes("ties", target, ties, 4),
        classes("all the same", target, np.full((60, 4), 0.25), 4),
        classes("a class that never occurs", target % 3, softmax(logits), 4),
        classes("one class only", np.zeros(12, int), softmax(random.normal(size=(12, 2))), 2),
        classes("two classes, one sample", [1], [[0.3, 0.7]], 2),
    ],
    "numbers": [
        numbers("noise", random.normal(size=40) * 30 + 5, random.normal(size=40) * 30),
        numbers("close", np.arange(10.0), np.arange(10.0) + 0.25),
        numbers("always the same", np.full(5, 3.0), [2.0, 3.0, 4.0, 3.0, 3.0]),
    ],
}
pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(golden) + "\n")
