/**
 * What the rules of health say of networks that are ill in a known way, and of every template that is not: trains each
 * for a moment on a sample set and prints the verdicts as the Inspect page words them.
 *
 *     node main/bench/pathologies.ts [part of a name]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { baselineOf } from '../common/health/baseline.ts'
import { curvesOf, ruleMetrics } from '../common/health/curves.ts'
import { assess, ruleFigures } from '../common/health/rules/index.ts'
import type { ModelDocument } from '../common/document.ts'
import { ownRun } from '../common/ownRun.ts'
import { unpack } from '../common/packedSeries.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { chain, fitToData, templates } from '../common/templates.ts'
import { dataShape } from '../common/trainable.ts'
import type { TrainConfig } from '../common/training.ts'
import { Bench } from '../workbenchFixture.ts'
import { resultOf } from '../common/resultOf.ts'

type Layers = Parameters<typeof chain>[1]
interface Case {
  name: string
  sample: string
  document: ModelDocument
  config: Partial<TrainConfig>
}

const dense = (activation: string, depth: number, width: number): ModelDocument =>
  chain('dense', [
    ['input', 'input'],
    ['flat', 'flatten'],
    ...Array.from({ length: depth }, (_, i): Layers => [
      [`linear${i}`, 'linear', { outFeatures: width }],
      [`${activation}${i}`, activation],
    ]).flat(),
    ['logits', 'linear', { outFeatures: 10 }],
    ['output', 'output'],
  ])

/** A recurrent layer that reads tokens; its state at the end is classified. */
function recurrent(kind: string, parameters: Layers[number][2]): ModelDocument {
  const document = chain(kind, [
    ['input', 'input'],
    ['embedding', 'embedding', { dimension: 16 }],
    ['cell', kind, parameters],
    ['logits', 'linear', { outFeatures: 4 }],
    ['output', 'output'],
  ])
  const port = (node: string): string => (node === 'cell' ? 'last' : 'output')
  return {
    ...document,
    wires: document.wires.map((wire) => ({ ...wire, from: { ...wire.from, port: port(wire.from.node) } })),
  }
}

const withLayer = (kind: string, parameters: Layers[number][2]): ModelDocument =>
  chain(kind, [
    ['input', 'input'],
    ['flat', 'flatten'],
    ['hidden', 'linear', { outFeatures: 64 }],
    ['relu', 'relu'],
    ['odd', kind, parameters],
    ['logits', 'linear', { outFeatures: 10 }],
    ['output', 'output'],
  ])

const digits = (name: string, document: ModelDocument, config: Partial<TrainConfig> = {}): Case => ({
  name,
  sample: 'digits',
  document,
  config: { epochs: 3, ...config },
})
const letters = (name: string, document: ModelDocument, config: Partial<TrainConfig> = {}): Case => ({
  name,
  sample: 'sequences',
  document,
  config: { epochs: 4, ...config },
})

const ill: Case[] = [
  digits('20 tanh layers, no norm', dense('tanh', 20, 32)),
  digits('20 sigmoid layers', dense('sigmoid', 20, 32)),
  digits('20 ReLU layers, no norm', dense('relu', 20, 32)),
  digits('ReLU, rate 0.2 with momentum', dense('relu', 3, 96), { learningRate: 0.2 }),
  digits('ReLU, Adam at 0.1', dense('relu', 3, 96), { optimizer: 'adam', learningRate: 0.1 }),
  digits('tanh, Adam at 0.1', dense('tanh', 3, 96), { optimizer: 'adam', learningRate: 0.1 }),
  digits('rate of 1e-7', dense('relu', 2, 96), { learningRate: 1e-7 }),
  digits('Adam at 1e-8', dense('relu', 2, 96), { optimizer: 'adam', learningRate: 1e-8 }),
  digits('a bottleneck of one unit', withLayer('linear', { outFeatures: 1 })),
  digits(
    'a custom operator that loses the gradient',
    withLayer('custom', { inputs: 'input', forward: 'output = input * 0' }),
  ),
  letters('ReLU RNN, rate 0.1, not clipped', recurrent('rnn', { hidden: 64, nonlinearity: 'relu' }), {
    learningRate: 0.1,
  }),
  letters('tanh RNN, Adam at 0.1', recurrent('rnn', { hidden: 64 }), {
    optimizer: 'adam',
    learningRate: 0.1,
  }),
  letters('LSTM, Adam at 0.3', recurrent('lstm', { hidden: 64 }), {
    optimizer: 'adam',
    learningRate: 0.3,
    epochs: 12,
  }),
  {
    name: 'labels that have nothing to do with the data, 95 % of one class',
    sample: 'unbalanced',
    document: chain('unbalanced', [
      ['input', 'input'],
      ['hidden', 'linear', { outFeatures: 32 }],
      ['relu', 'relu'],
      ['logits', 'linear', { outFeatures: 2 }],
      ['output', 'output'],
    ]),
    config: { epochs: 20 },
  },
]

const well: Case[] = [
  letters('LSTM with padding', recurrent('lstm', { hidden: 64 }), { optimizer: 'adam', learningRate: 1e-3 }),
  ...templates()
    .filter(({ id }) => !['resnet-18', 'small-gpt'].includes(id))
    .map(({ id, sample, document, config }): Case => ({
      name: `template ${id}`,
      sample,
      document,
      config: { ...config, epochs: Math.min(config.epochs, 4) },
    })),
]

const bench = await Bench.open()
// The engine worker alone does not keep a process alive.
const awake = setInterval(() => undefined, 60_000)
const imported = new Map<string, Dataset>()

async function data(sample: string): Promise<Dataset> {
  const found =
    imported.get(sample) ?? (sample === 'unbalanced' ? await unbalanced() : await bench.importSample(sample))
  imported.set(sample, found)
  return found
}

/** 2,000 rows of three numbers; one in twenty is of the rare class. */
async function unbalanced(): Promise<Dataset> {
  const folder = join(bench.folder, 'made')
  mkdirSync(folder)
  const path = join(folder, 'unbalanced.csv')
  const number = (i: number, j: number): string =>
    ((Math.abs(Math.sin(i * 12.9898 + j * 78.233)) * 43758.5453) % 1).toFixed(4)
  const rows = Array.from(
    { length: 2000 },
    (_, i) => `${number(i, 1)},${number(i, 2)},${number(i, 3)},${i % 20 === 7 ? 'rare' : 'usual'}`,
  )
  writeFileSync(path, ['a,b,c,label', ...rows].join('\n'))
  const { options } = await bench.client.data.inspect({ path })
  return resultOf(await bench.client.data.import({ path, options }))
}

try {
  const wanted = process.argv[2] ?? ''
  for (const { name, sample, document, config } of [...ill, ...well]) {
    if (!name.includes(wanted)) continue
    const dataset = await data(sample)
    const runId = await bench.start(dataset, config, fitToData(document, dataShape(dataset)))
    const { status, step } = await bench.ended(runId)
    const health = await bench.client.runs.health({
      runId,
      figures: [...ruleFigures],
      maxColumns: 240,
      fromStep: null,
      toStep: null,
    })
    const series = await bench.client.runs.series({
      runIds: [runId],
      metrics: [...ruleMetrics],
      maxBuckets: 100,
      fromStep: null,
      toStep: null,
    })
    const run = ownRun(await bench.client.runs.get({ runId }))
    const curves = curvesOf(series.map(unpack))
    const baseline = baselineOf(dataset, run.config, run.document)
    const verdicts = assess({ ...health, ...curves, baseline })
    console.log(`\n## ${name} (${status} at step ${step}, loss ${curves.loss.at(-1)?.mean.toPrecision(3)})`)
    for (const { rule, severity, words, mend } of verdicts)
      console.log(`- [${severity}] ${rule}: ${words} ${mend}`)
    if (verdicts.length === 0) console.log('- nothing')
  }
} finally {
  clearInterval(awake)
  await bench.remove()
}
