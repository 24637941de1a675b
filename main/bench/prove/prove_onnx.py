"""Compares exported ONNX models with what the engine computed; see prove.ts.

    python main/bench/prove/prove_onnx.py FOLDER [TEMPLATE...]

Needs onnx, onnxruntime and what the exported projects need, whose data.py makes the batches. Of every model: the checker
in full, shape inference in its strict mode, and the largest difference of outputs relative to the largest output.
"""

import json
import os
import pathlib
import subprocess
import sys

OUTPUTS = 1e-4


def compare():
    import numpy as np
    import onnx
    import onnxruntime
    from data import Data

    onnx.checker.check_model("model.onnx", full_check=True)
    onnx.shape_inference.infer_shapes(onnx.load("model.onnx"), check_type=True, strict_mode=True, data_prop=True)
    session = onnxruntime.InferenceSession("model.onnx")
    names = [one.name for one in session.get_inputs()]
    data, worst = Data(), 0.0
    for one in json.loads(pathlib.Path("expected.json").read_text())["outputs"]:
        inputs, lengths, _ = data.take(one["rows"])
        given = {"input": inputs.numpy()}
        if "lengths" in names:
            given["lengths"] = lengths.numpy()
        (output,) = session.run(None, given)
        wanted = np.asarray(one["values"], np.float32).reshape(one["shape"])
        worst = max(worst, float(np.abs(output - wanted).max() / np.abs(wanted).max()))
    print(worst)


def main(folder, templates):
    failed = False
    for project in sorted(path.parent for path in pathlib.Path(folder).glob("*/model.onnx")):
        if templates and project.name not in templates:
            continue
        command = [sys.executable, str(pathlib.Path(__file__).resolve()), "--here"]
        run = subprocess.run(command, cwd=project, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": "."})
        good = run.returncode == 0 and float(run.stdout) <= OUTPUTS
        failed |= not good
        said = f"outputs {float(run.stdout):.1e}" if run.returncode == 0 else run.stderr[-1500:]
        print(f"{'ok  ' if good else 'FAIL'} {project.name}: {said}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    compare() if sys.argv[1:] == ["--here"] else main(sys.argv[1], sys.argv[2:])
