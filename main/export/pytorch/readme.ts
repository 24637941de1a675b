/** `README.md` of an exported project. */
import type { ExportedRun } from './project.ts'

export function readme({ name, document, dataset, config, checkpoint }: ExportedRun): string {
  const augmented = config.augmentation !== null
  return `# ${line(document.name)}

Trained with Tapedeck in the run “${line(name)}” on “${line(dataset.name)}”; the weights are those of step ${checkpoint.step}.

| file | what |
| --- | --- |
| \`model.py\` | the network; layers have the names that they have in the document |
| \`layers.py\` | layers that PyTorch has not, or that must know where a sequence ends |
| \`weights.safetensors\` | the weights, under the names of the model's state dict |
| \`optimizer.safetensors\` | what the optimizer keeps of each weight, for a training that goes on |
| \`data/\`, \`data.py\` | the samples as they were trained on, their split, and the same batches in the same order |
| \`predict.py\`, \`prepare.py\` | answers for new files, prepared as the samples of the training were |
| \`train.py\`, \`config.json\` | the training: optimizer, schedule, clipping, and the settings of the run |
| \`metrics.py\` | the lines of metrics that it writes |
| \`ray_train.py\` | the same training as a job of Ray |

## Run it

\`\`\`sh
pip install -r requirements.txt
python train.py                            # goes on where the run was, up to its last epoch
python train.py --epochs 20                # the same, up to another one
python train.py --from-scratch             # repeats the training, from newly drawn weights
python train.py --resume                   # goes on after it was killed, from checkpoint.pt, its last whole epoch
torchrun --nproc-per-node 4 train.py       # the same steps on four processes
\`\`\`

A training that goes on makes the steps that Tapedeck would make: weights, the optimizer's moments, the schedule and the
order of the batches are those of the run. Dropout draws other numbers than in Tapedeck, and nothing stops early.${augmented ? ' The images are not augmented here, which they were in the run.' : ''} On several CPU
processes each batch norm takes the statistics of its own part of a batch; on GPUs those of the whole batch.

On several machines, with this folder on each and a shared one for what is written:

\`\`\`sh
torchrun --nnodes 2 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint FIRST_HOST:29500 train.py \\
    --metrics /shared/metrics.jsonl --checkpoint /shared/checkpoint.pt --out /shared/trained.safetensors
\`\`\`

As a job of Ray, which takes this folder along (up to 512 MB; a larger one must be on every machine):

\`\`\`sh
pip install -r requirements-ray.txt
ray job submit --address http://HEAD:8265 --working-dir . -- python ray_train.py --workers 16 --gpu \\
    --metrics /shared/metrics.jsonl --checkpoint /shared/checkpoint.pt --out /shared/trained.safetensors
\`\`\`

## Watch it

\`tapedeck follow metrics.jsonl\` reads the metrics into the table of runs while they are written, or “Follow a file” on
the Compare page, from a shared folder too; of a folder, every .jsonl file in it is a run. A file that is complete can be
imported as well: \`tapedeck runs import metrics.jsonl\`. Only the first process writes, a line at a time:

| line | what |
| --- | --- |
| \`{"tapedeck": "start", ...}\` | name, settings, processes, hosts, model, data set, and the run of Tapedeck it comes from |
| \`{"step": 1, "epoch": 0.1, ...}\` | \`seconds\` and \`step/samples\` so far; loss and accuracy (or mae) of \`batch/\`, and after an epoch of \`train/\` and \`val/\`; \`step/learning-rate\`; samples a second as \`speed/samples\` |
| \`{"tapedeck": "end", "status": "finished"}\` | or \`stopped\`, or \`failed\` with its reason |

## Take it back to Tapedeck

At its end \`train.py\` writes \`trained.safetensors\`: the weights, and nothing else. In Tapedeck a new run begins with them,
“Begin with weights” on the Train page or \`tapedeck train --model MODEL --weights trained.safetensors\`, with a fresh optimizer and
schedule and its own first step; which weights were found is an event of that run. The curves come with the metrics (“Watch it”). To go on
exactly where this training was, stay here: \`python train.py --resume\` reads \`checkpoint.pt\`, which has the optimizer's moments.

## Use it

\`\`\`sh
python predict.py PATH                     # a file or a folder; a JSON line for each sample
\`\`\`

A picture that has to be scaled is scaled by Pillow, and by libvips in Tapedeck: its values differ by a little then. All else is
prepared to the same numbers.

\`\`\`python
from data import Data
from model import Model
from train import load_weights

model = Model().eval()
load_weights(model, "weights.safetensors")
inputs, lengths, targets = Data().take([0, 1, 2])
print(model(inputs, lengths))
\`\`\`
`
}

/** A name in a line of Markdown. */
const line = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\\`*_[\]<>|]/g, '\\$&')
