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
| \`train.py\`, \`config.json\` | the training: optimizer, schedule, clipping, and the settings of the run |

## Run it

\`\`\`sh
pip install -r requirements.txt
python train.py                            # goes on where the run was, up to its last epoch
python train.py --epochs 20                # the same, up to another one
python train.py --from-scratch             # repeats the training, from newly drawn weights
torchrun --nproc-per-node 4 train.py       # the same steps on four processes
\`\`\`

\`metrics.jsonl\` can be imported into Tapedeck: \`tapedeck runs import metrics.jsonl\`. A training that
goes on makes the steps that Tapedeck would make: weights, the optimizer's moments, the schedule and the order of the batches
are those of the run. Dropout draws other numbers than in Tapedeck, and nothing stops early.${augmented ? ' The images are not augmented here, which they were in the run.' : ''} On several CPU
processes each batch norm takes the statistics of its own part of a batch; on GPUs those of the whole batch.

## Use it

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
