/** For tests: a workspace with two runs of which one was forked from the other, with everything that a run may have. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { figures } from '../common/health/figures.ts'
import { exampleEngine } from '../common/runFixture.ts'
import { templates } from '../common/templates.ts'
import { defaultTrainConfig, type CheckpointKind } from '../common/training.ts'
import { openStore, type Store } from '../store/index.ts'
import { bytesOf, filesOf } from '../training/checkpointFiles.ts'

export interface Workspace {
  folder: string
  store: Store
  checkpointFolder: (runId: number) => string
  remove: () => void
}

export function emptyWorkspace(parent = tmpdir()): Workspace {
  const folder = mkdtempSync(join(parent, 'tapedeck-exchange-'))
  const store = openStore(folder, 'test')
  return {
    folder,
    store,
    checkpointFolder: (runId) => join(folder, 'checkpoints', String(runId)),
    remove: () => {
      store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const [template] = templates()
const layer = {
  nodeId: 'linear',
  title: 'Linear',
  kind: 'linear',
  after: null,
  squash: null,
  weights: 12,
  sampled: false,
  view: null,
}

/** Runs 1 and 2. @param steps of each */
export function filledWorkspace(steps = 40): Workspace {
  const workspace = emptyWorkspace()
  const { store } = workspace
  const first = newRun(workspace, 'first', steps, null)
  const second = newRun(workspace, 'second, “quoted”', steps, first)
  store.runs.annotate(second, {
    tags: ['kept', 'best of all'],
    note: 'two\nlines | with a bar',
    group: 'seeds',
  })
  return workspace
}

function newRun(workspace: Workspace, name: string, steps: number, parent: number | null): number {
  const { store } = workspace
  const id = store.runs.create({
    name,
    datasetId: '63fca720ba32088a',
    datasetName: 'digits',
    config: { ...defaultTrainConfig, seed: steps + (parent ?? 0) },
    document: template!.document,
    engine: exampleEngine,
    parameters: 1234,
    parent: parent === null ? null : { runId: parent, step: 10 },
  })
  const random = (step: number): number => Math.sin(step * 12.9898 + id) * 43758.5453
  store.health.setLayers(id, [layer])
  store.transaction(() => {
    for (const [metric, every] of [
      ['batch/loss', 1],
      ['val/loss', 10],
    ] as const)
      store.metrics.append(
        id,
        Array.from({ length: Math.floor(steps / every) }, (_, i) => {
          const step = (i + 1) * every
          return { metric, step, value: random(step), epoch: step / 7, seconds: step * 0.1 }
        }),
      )
    store.predictions.put(id, 'best', {
      step: 20,
      epoch: 20 / 7,
      firstRow: 3,
      total: 2,
      ids: BigUint64Array.of(2n ** 63n, 7n),
      of: {
        task: 'regress',
        targets: ['y'],
        wanted: Float32Array.of(1, 2),
        predicted: Float32Array.of(0.5, NaN),
        loss: Float32Array.of(3, 4),
      },
    })
    store.health.append(id, [
      {
        step: 20,
        epoch: 20 / 7,
        seconds: 2,
        figures: Float32Array.from(figures, (_, i) => (i % 5 === 0 ? NaN : i % 7 === 0 ? Infinity : i / 3)),
        histograms: [
          {
            nodeId: 'linear',
            part: 'weights',
            histogram: {
              step: 20,
              low: -0.1,
              high: 0.3,
              below: 1,
              above: 2,
              notFinite: 3,
              counts: [1, 2, 4_000_000_000],
            },
          },
        ],
      },
    ])
  })
  store.runs.addEvent(id, { step: 5, kind: 'learning-rate', note: 'lr 0.02 → 0.01' })
  for (const [kind, step] of [
    ['step', 10],
    ['best', 20],
    ['last', steps],
  ] as const)
    addCheckpoint(workspace, id, kind, step)
  const last = store.checkpoints.ofRun(id).at(-1)!
  store.runs.setCheckpoint(id, last.path, last.weightsSha256)
  store.runs.setProgress(id, {
    status: 'running',
    epochsDone: 5,
    steps,
    seconds: 4.5,
    samplesPerSecond: 99.5,
  })
  store.runs.end(id, 'finished', null, null)
  return id
}

function addCheckpoint(workspace: Workspace, runId: number, kind: CheckpointKind, step: number): void {
  const folder = workspace.checkpointFolder(runId)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${kind}-${step}.safetensors`)
  const [weights, state, sidecar] = filesOf(path)
  const bytes = Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 31 + step * runId) & 255))
  writeFileSync(weights, bytes)
  writeFileSync(state, bytes.subarray(7))
  writeFileSync(sidecar, JSON.stringify({ step, runId }))
  const sum = createHash('sha256').update(bytes).digest('hex')
  workspace.store.checkpoints.add({
    runId,
    kind,
    step,
    epoch: step / 7,
    path,
    metrics: { 'val/loss': step / 3 },
    bytes: bytesOf(path)!,
    createdAt: 1_700_000_000_000 + step,
    weightsSha256: sum,
    nextBatchSha256: sum,
    config: defaultTrainConfig,
  })
}
