/** `README.md` of an exported model. */
import type { ExportedRun } from '../pytorch/project.ts'
import type { About, Prepared } from './about.ts'
import { preparing } from './preparing.ts'

export function readme(run: ExportedRun, about: About, { vocabulary, tokenizer }: Prepared): string {
  const { name, document, dataset, checkpoint } = run
  const { inputs, outputs, preparation } = about
  const [output = 'logits'] = Object.keys(outputs)
  const files = [
    ...(vocabulary ? [['vocabulary.json', 'tokens by id; of a bag, its words']] : []),
    ...(tokenizer ? [['tokenizer.json', 'from a text to tokens, for Hugging Face’s tokenizers']] : []),
  ]
  const tensors = [...Object.entries(inputs), ...Object.entries(outputs)].map(
    ([tensor, { dtype, shape }]) => `| \`${tensor}\` | ${dtype} | ${shape.join(' x ')} | ${meaning(tensor, about)} |`,
  ) // prettier-ignore
  return `# ${line(document.name)}

Trained with Tapedeck in the run “${line(name)}” on “${line(dataset.name)}”; the weights are those of step ${checkpoint.step}.

| file | what |
| --- | --- |
| \`model.onnx\` | the network, operators of ONNX version 18; nodes and weights have the names of the layers |
| \`model.json\` | how inputs are made and what outputs mean; the same stands in the model's \`metadata_props\` |
${files.map(([file, what]) => `| \`${file}\` | ${what} |\n`).join('')}
| tensor | dtype | shape | what |
| --- | --- | --- | --- |
${tensors.join('\n')}

B is the number of samples${letters(about)}. A sample is prepared so: ${preparation.words.map(line).join('; ')}.

## Python

\`\`\`sh
pip install numpy onnxruntime${preparing(run, about)
    .packages.map((one) => ` ${one}`)
    .join('')}
\`\`\`

\`\`\`python
import json

import numpy as np
import onnxruntime
${preparing(run, about).python}
session = onnxruntime.InferenceSession("model.onnx")
(${output},) = session.run(None, inputs)
${answer(about)}
\`\`\`

## JavaScript

\`\`\`js
import * as ort from 'onnxruntime-node' // or onnxruntime-web, in a page

const session = await ort.InferenceSession.create('model.onnx')
${javascript(about)}
console.log(${output}.dims, ${output}.data)
\`\`\`
`
}

function meaning(tensor: string, { task, targets }: About): string {
  if (tensor === 'lengths') return 'how many tokens of each text are its own; what follows them is padding'
  if (tensor === 'input') return 'samples'
  if (task === 'regress') return `${targets.map(({ name }) => line(name)).join(', ')}: times std, plus mean`
  return task === 'next-token'
    ? 'scores of every token to come next, at every place; softmax makes them probabilities'
    : 'a score for each class; softmax makes them probabilities'
}

function letters({ inputs, smallest }: About): string {
  const shape = inputs['input']?.shape ?? []
  const known = { T: 'T the tokens of the longest of them', H: 'H the height', W: 'W the width' }
  return Object.entries(known).flatMap(([name, words]) => (shape.includes(name) ? [`, ${words}${name in smallest ? ` (at least ${smallest[name]})` : ''}`] : [])).join('') // prettier-ignore
}

function answer({ task }: About): string {
  if (task === 'regress')
    return `for number, target in zip(prediction[0], about["targets"]):
    print(target["name"], number * target["std"] + target["mean"])`
  const scores = task === 'next-token' ? 'logits[0, -1]' : 'logits[0]'
  const names = task === 'next-token' ? 'vocabulary' : 'about["classes"]'
  return `scores = ${scores}
probabilities = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
for index in probabilities.argsort()[::-1][:5]:
    print(${names}[index], probabilities[index])`
}

function javascript({ inputs, outputs }: About): string {
  const { dtype = 'float32', shape = [] } = inputs['input'] ?? {}
  const size = shape.map((one, axis) => (typeof one === 'number' ? one : axis === 0 ? 1 : { T: 3 }[one] ?? 64)) // prettier-ignore
  const [output = 'logits'] = Object.keys(outputs)
  const values =
    dtype === 'int64'
      ? `BigInt64Array.from({ length: ${size.join(' * ')} }, () => 1n)`
      : `new Float32Array(${size.join(' * ')})`
  const lengths =
    'lengths' in inputs
      ? [`const lengths = new ort.Tensor('int64', BigInt64Array.from([${size[1] ?? 1}n]), [1])`]
      : []
  return [
    '// Prepared as above.',
    `const input = new ort.Tensor('${dtype}', ${values}, [${size.join(', ')}])`,
    ...lengths,
    `const { ${output} } = await session.run({ ${Object.keys(inputs).join(', ')} })`,
  ].join('\n')
}

/** A name in a line of Markdown. */
const line = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\\`*_[\]<>|]/g, '\\$&')
