/** Every template: the file runs in ONNX Runtime and gives the engine's outputs, for several batches, lengths and sizes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Dataset } from '../../common/data/dataset.ts'
import { exampleDataset } from '../../common/data/datasetFixture.ts'
import { templates } from '../../common/templates.ts'
import { dataShape } from '../../common/trainable.ts'
import { manualSeed, noGrad, rand, randint, randn, scope, type Tensor } from '../../engine/index.ts'
import { Model, type Extents } from '../../training/model.ts'
import { difference, exported } from './fixture.ts'
import { traceDocument } from './trace.ts'

const classes = (count: number): Dataset['classes'] =>
  Array.from({ length: count }, (_, i) => ({ name: `c${i}`, train: 1, validation: 1, test: 0 }))
const T = { typical: 10, p90: 20, p99: 40, largest: 60, histogram: [] }
const size = { typical: 40, p90: 60, p99: 60, largest: 64, histogram: [] }
const texts = exampleDataset({
  sampleShape: ['T'],
  content: 'tokens',
  vocabularySize: 50,
  symbols: { T },
  classes: classes(4),
})
const story = exampleDataset({
  sampleShape: [32],
  content: 'tokens',
  task: 'next-token',
  vocabularySize: 50,
  classes: [],
})
const anySize = exampleDataset({
  sampleShape: [3, 'H', 'W'],
  symbols: { H: size, W: size },
  classes: classes(5),
})
const houses = exampleDataset({
  sampleShape: [9],
  task: 'regress',
  targets: [{ name: 'price', mean: 0, std: 1 }],
  classes: [],
})
const coded = { ...houses, codes: [0, 4, 0, 0, 7, 0, 0, 0, 3] }
const digits = exampleDataset({ sampleShape: [1, 28, 28], classes: classes(10) })

/** Shapes of inputs, `true` lengths beside those of texts. */
const batches = {
  texts: [[[1, 7], [7]], [[3, 12], [12, 1, 5]], [[4, 33], [2, 33, 20, 7]]],
  story: [[[1, 32]], [[3, 5]], [[2, 1]]],
  images: [[[1, 3, 32, 40]], [[3, 3, 57, 33]]],
  rows: [[[1, 9]], [[17, 9]]],
  digits: [[[1, 1, 28, 28]], [[5, 1, 28, 28]]],
} as const // prettier-ignore

const subjects: Readonly<Record<string, [Dataset, keyof typeof batches]>> = {
  'cnn-any-size': [anySize, 'images'],
  'resnet-18': [anySize, 'images'],
  'lstm-text-classifier': [texts, 'texts'],
  'gru-text-classifier': [texts, 'texts'],
  'transformer-text-classifier': [texts, 'texts'],
  'rnn-sequence-classifier': [texts, 'texts'],
  'small-gpt': [story, 'story'],
  'tabular-mlp': [houses, 'rows'],
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-onnx-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const all = templates().map(({ id }) => id)

it.each([...all.map((id) => [id, ...(subjects[id] ?? [digits, 'digits'])] as const), ['tabular-mlp', coded, 'rows'] as const])(
  '%s',
  async (id, dataset, kind) => {
    manualSeed(5)
    const document = templates(dataShape(dataset)).find((template) => template.id === id)?.document
    if (!document) throw new Error(`no template ${id}`)
    const model = new Model(document, dataset)
    scope(() => noGrad(() => model.tensors.forEach((weight, key) => vary(weight, key))))
    const network = await exported(traceDocument(document, dataset), model.tensors, folder)
    for (const [shape, lengths = null] of batches[kind]) {
      const input = inputOf(dataset, shape)
      const extents: Extents = lengths ? { T: lengths } : {}
      const wanted = scope(() =>
        noGrad(() => {
          const output = model.forward(input, false, extents)
          return { shape: [...output.shape], values: Array.from(output.toTypedArray(), Number) }
        }),
      )
      const got = await network.run(input, lengths)
      expect(got.shape).toEqual(wanted.shape)
      expect(difference(got.values, wanted.values)).toBeLessThan(1e-4)
    }
    await network.release()
    model.dispose()
  },
) // prettier-ignore

/** As after some training: statistics and norms that are not one and zero. */
function vary(weight: Tensor, key: string): void {
  if (key.endsWith('running_var')) weight.copy_(rand(weight.shape).add(0.5))
  else if (weight.shape.length === 1) weight.copy_(weight.add(randn(weight.shape).mul(0.1)))
}

function inputOf({ content, vocabularySize, codes }: Dataset, shape: readonly number[]): Tensor {
  if (content === 'tokens') return randint(0, vocabularySize ?? 1, [...shape])
  const values = randn([...shape])
  if (!codes) return values
  for (const [column, count] of codes.entries())
    if (count > 0) values.narrow(1, column, 1).copy_(randint(0, count, [shape[0] ?? 1, 1]).to('float32'))
  return values
}
