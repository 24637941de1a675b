/** Trials of a sweep whose runs were put into the bin or deleted: they go no further, and take nothing else along. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { exampleDataset } from '../../common/data/datasetFixture.ts'
import { sweepSpecSchema, type SweepSpec } from '../../common/sweeps/spec.ts'
import { trialsOf } from '../../common/sweeps/trials.ts'
import { templates } from '../../common/templates.ts'
import { defaultTrainConfig } from '../../common/training.ts'
import { openStore, type Store } from '../../store/index.ts'
import { recordRun } from '../../store/runFixture.ts'
import { QueueWorker, type Engine } from './queueWorker.ts'

let folder: string
let store: Store
/** What the engine was asked for: numbers of runs in the order in which they began, or went on. */
let begun: number[]
let wentOn: number[]
/** Done after a run has ended. */
let afterRun: (runId: number) => void

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-gone-'))
  store = openStore(folder, 'test')
  begun = []
  wentOn = []
  afterRun = () => undefined
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const document = templates().find(({ id }) => id === 'digits-mlp')!.document

/** The first trial is the best, the last the worst. */
const engine: Engine = {
  activeRun: null,
  untilIdle: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  start({ config, untilEpoch, sweep }) {
    const runId = recordRun(store, { config, sweepId: sweep?.id ?? null })
    begun.push(runId)
    sweep?.onRecorded(runId)
    train(runId, untilEpoch ?? null)
    return Promise.resolve(runId)
  },
  resumeRun(runId, _changes, _planned, untilEpoch) {
    wentOn.push(runId)
    train(runId, untilEpoch ?? null)
    return Promise.resolve()
  },
}

function train(runId: number, untilEpoch: number | null): void {
  const value = { metric: 'val/loss', step: untilEpoch ?? 2, value: runId, epoch: 1, seconds: 1 }
  store.transaction(() => store.metrics.append(runId, [value]))
  const epochsDone = untilEpoch ?? 2
  store.runs.setProgress(runId, {
    status: 'running',
    epochsDone,
    steps: epochsDone,
    seconds: 1,
    samplesPerSecond: 1,
  })
  store.runs.end(runId, untilEpoch === null ? 'finished' : 'stopped', null, null)
  afterRun(runId)
}

/** Four trials; the best two of the first epoch train a second one. */
function halving(): SweepSpec {
  return sweepSpecSchema.parse({
    document,
    datasetId: 'd',
    config: { ...defaultTrainConfig, epochs: 2 },
    dimensions: [{ setting: 'batchSize', values: { kind: 'list', values: [8, 16, 32, 64] } }],
    method: { kind: 'halving', trials: 4, seed: 1, minEpochs: 1, eta: 2 },
    seeds: 1,
    objective: { metric: 'val/loss', direction: 'min', read: 'last' },
    budget: { runs: null, minutes: null },
  })
}

/** Trains all that there is. */
async function worked(spec: SweepSpec, before: (sweepId: number) => void = () => undefined): Promise<number> {
  store.datasets.put({ ...exampleDataset(), id: 'd', name: 'digits' })
  let id = 0
  store.transaction(() => (id = store.sweeps.create('a sweep', spec, trialsOf(spec))))
  before(id)
  await new Promise<void>((done) => {
    const worker = new QueueWorker(store, engine, () => {
      if (store.sweeps.get(id).status === 'finished') done()
    })
    worker.go()
  })
  return id
}
const statuses = (id: number): string[] => store.sweeps.trials(id).map(({ status }) => status)

it('halving trains the best further, as long as nobody puts them away', async () => {
  await worked(halving())
  expect(begun).toEqual([1, 2, 3, 4])
  expect(wentOn).toEqual([1, 2])
})

it('a trial whose run is in the bin is not promoted; its value still counts', async () => {
  afterRun = (runId) => {
    if (runId === 1) store.runs.bin(1, 1)
  }
  await worked(halving())
  expect(begun).toEqual([1, 2, 3, 4])
  expect(wentOn).toEqual([2])
})

it('a trial whose run was deleted does not begin anew', async () => {
  afterRun = (runId) => {
    // When that of the first is written down.
    if (runId === 2) store.removal.begin(1)
  }
  await worked(halving())
  expect(begun).toEqual([1, 2, 3, 4])
  expect(wentOn).toEqual([2])
})

it('one that was interrupted and then put into the bin is skipped', async () => {
  const id = await worked({ ...halving(), method: { kind: 'grid' } }, (sweepId) => {
    const runId = recordRun(store, { sweepId })
    store.sweeps.setTrial(sweepId, { number: 1, status: 'waiting', runId, values: [], error: null })
    store.runs.bin(runId, 1)
  })
  expect(wentOn).toEqual([])
  expect(begun).toHaveLength(3)
  expect(statuses(id)).toEqual(['skipped', 'finished', 'finished', 'finished'])
})
