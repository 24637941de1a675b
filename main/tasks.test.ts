/** Every kind of data from its import to a checkpoint: texts, running text, images of any size, tables. */
import { createRouterClient } from '@orpc/server'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from './common/api.ts'
import { defaultTrainConfig } from './common/training.ts'
import { chain, fitToData } from './common/templates.ts'
import { dataShape } from './common/trainable.ts'
import { projectRoot } from './paths.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

let workspace: string
let workbench: Workbench
let client: ContractRouterClient<Contract>

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'tapedeck-tasks-'))
  workbench = await openWorkbench({
    workspace,
    shell: 'test',
    workerUrl: new URL('./training/worker.ts', import.meta.url),
    importerUrl: new URL('./data/importWorker.ts', import.meta.url),
    exchangerUrl: new URL('./exchange/exchangeWorker.ts', import.meta.url),
    resources: join(projectRoot(), 'resources'),
  })
  client = createRouterClient(workbench.router) as ContractRouterClient<Contract>
})
afterAll(async () => {
  await workbench.close()
  rmSync(workspace, { recursive: true, force: true })
})

type Layers = Parameters<typeof chain>[1]
const linear: Layers[number] = ['scores', 'linear', { outFeatures: 7 }]
const perceptron: Layers = [
  ['input', 'input'],
  ['hidden', 'linear', { outFeatures: 32 }],
  ['relu', 'relu'],
  linear,
]
const pooled: Layers = [
  ['input', 'input'],
  ['embed', 'embedding', { dimension: 24 }],
  ['pool', 'global-pool'],
  linear,
]
const perToken: Layers = [['input', 'input'], ['embed', 'embedding', { dimension: 24 }], linear]
const patterns: Layers = [
  ['input', 'input'],
  ['conv', 'conv2d', { outChannels: 8, kernel: 3 }],
  ['relu', 'relu'],
  ['pool', 'global-pool'],
  linear,
]

test.each([
  // The mean of a bag says a lot about a topic; a token says something about the next one.
  {
    sample: 'topics',
    layers: pooled,
    metric: 'val/accuracy',
    atLeast: 0.6,
    atMost: 1,
    prepares: 'vocabulary',
  },
  {
    sample: 'story',
    layers: perToken,
    metric: 'val/accuracy',
    atLeast: 0.25,
    atMost: 0.7,
    prepares: 'vocabulary',
  },
  {
    sample: 'any-size',
    layers: patterns,
    metric: 'val/accuracy',
    atLeast: 0.25,
    atMost: 1,
    prepares: 'image',
  },
  {
    sample: 'houses',
    layers: perceptron,
    metric: 'val/mae',
    atLeast: 5000,
    atMost: 60_000,
    prepares: 'columns',
  },
  {
    sample: 'flowers',
    layers: perceptron,
    metric: 'val/accuracy',
    atLeast: 0.6,
    atMost: 1,
    prepares: 'columns',
  },
])(
  '$sample trains, and its checkpoint keeps what prepares an input',
  async ({ sample, layers, metric, atLeast, atMost, prepares }) => {
    const set = (await client.data.samples()).find(({ id }) => id === sample)!
    const { options } = await client.data.inspect({ path: set.path })
    const stream = await client.data.import({ path: set.path, options })
    let next = await stream.next()
    while (!next.done) next = await stream.next()
    const dataset = next.value
    const document = fitToData(chain(sample, [...layers, ['output', 'output']]), dataShape(dataset))
    const config = { ...defaultTrainConfig, optimizer: 'adam' as const, learningRate: 0.01, epochs: 3 }
    const { runId } = await client.training.start({ document, datasetId: dataset.id, config, name: null })
    for await (const live of await client.training.watch())
      if (live?.runId === runId && live.status !== 'running') break
    const run = await client.runs.get({ runId })
    expect(run.error).toBeNull()
    expect(run.status).toBe('finished')
    expect(run.summaries[metric]?.last).toBeGreaterThan(atLeast)
    expect(run.summaries[metric]?.last).toBeLessThanOrEqual(atMost)
    const sidecar = JSON.parse(readFileSync(run.checkpoint!.replace('.safetensors', '.json'), 'utf8')) as {
      preparation: Record<string, unknown>
    }
    expect(sidecar.preparation[prepares]).not.toBeNull()
  },
  60_000,
)
