/**
 * What watching costs. Stretches of 100 steps take turns: bare (forward, backward, update), with metrics, with the
 * default probes, with histograms at every probe too. Compared are the fastest stretches: what else the machine does
 * only ever adds to a time. Messages are cloned as they are for the main thread, then written to a workspace.
 *
 *     node main/bench/telemetry.ts [stretches of each]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { defaultTrainConfig, type TrainConfig } from '../common/training.ts'
import { fitToData, templates } from '../common/templates.ts'
import { dataShape } from '../common/trainable.ts'
import { importDataset, inspect, sampleSets } from '../data/index.ts'
import { scope } from '../engine/index.ts'
import { projectRoot } from '../paths.ts'
import { openStore } from '../store/index.ts'
import { figuresOf } from '../training/objective.ts'
import type { Report, Telemetry } from '../training/protocol.ts'
import { startingPosition } from '../training/run/cursor.ts'
import { Reporter } from '../training/run/reporter.ts'
import { gradientsFinite } from '../training/run/safety.ts'
import { trainStep } from '../training/run/step.ts'
import { Trainee } from '../training/run/trainee.ts'

const stretches = Number(process.argv[2] ?? 60)
const length = 100
const folder = mkdtempSync(join(tmpdir(), 'tapedeck-bench-'))

/** Settings of probes by what is compared; null is bare. */
const variants = {
  bare: null,
  metrics: { every: 0, histogramsEvery: 0 },
  default: { every: 20, histogramsEvery: 100 },
  all: { every: 20, histogramsEvery: 20 },
} as const
type Variant = keyof typeof variants
const names = Object.keys(variants) as Variant[]

async function measure(id: string): Promise<void> {
  const template = templates().find((one) => one.id === id)
  if (!template) throw new Error(`no template ${id}`)
  const set = sampleSets(join(projectRoot(), 'resources')).find((one) => one.id === template.sample)
  if (!set) throw new Error(`no sample set ${template.sample}`)
  const { options } = await inspect(set.path)
  const dataset = await importDataset(set.path, options, { datasetsFolder: join(folder, 'datasets') })
  const document = fitToData(template.document, dataShape(dataset))
  const config: TrainConfig = { ...defaultTrainConfig, ...template.config, epochs: 1 }
  const trainee = new Trainee({
    runId: 1,
    document,
    dataset,
    datasetFolder: join(folder, 'datasets', dataset.id),
    config,
    checkpointFolder: folder,
    from: null,
    planned: [],
    again: false,
  })
  const batches = trainee.epoch(config, 1)
  const messages: Telemetry[] = []
  const hear = (report: Report): void => {
    const copy = structuredClone(report)
    if (copy.kind === 'telemetry') messages.push(copy.telemetry)
  }
  const reporters = names.map(() => new Reporter(1, startingPosition(config), trainee.prober, hear))
  const rowsOf = (step: number): Uint32Array => batches[step % batches.length] ?? new Uint32Array()

  const bare = (step: number): void => {
    const { model, objective, optimizer, confusion, guards, weights } = trainee
    trainee.start.mark()
    const value = scope(() => {
      const { inputs, extents, targets } = trainee.batches.take(rowsOf(step))
      const output = model.forward(inputs, true, extents)
      const loss = objective.loss(output, targets)
      const value = loss.item()
      optimizer.zeroGrad()
      loss.backward()
      objective.score(output, targets, value, confusion.train)
      return value
    })
    gradientsFinite(guards, weights.values(), value)
    optimizer.step()
  }
  const watched = (step: number, reporter: Reporter): void => {
    reporter.meter.start()
    const score = trainStep(trainee, [{ rows: rowsOf(step), images: null, mix: null }], reporter)
    for (const [metric, value] of figuresOf('batch', [score])) reporter.record(metric, value)
    reporter.tick(performance.now())
  }

  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Variant, number[]>
  let kept: Telemetry[] = []
  for (let stretch = 0; stretch <= stretches; stretch++)
    names.forEach((_, i) => {
      const at = (i + stretch) % names.length
      const name = names[at] as Variant
      const reporter = reporters[at] as Reporter
      trainee.prober.settings = variants[name] ?? { every: 0, histogramsEvery: 0 }
      messages.length = 0
      reporter.skipTime()
      const began = performance.now()
      for (let k = 0; k < length; k++)
        if (name === 'bare') bare(stretch * length + k)
        else watched(stretch * length + k, reporter)
      // The first stretch makes plans and buffers that later ones reuse.
      if (stretch > 0) times[name].push(performance.now() - began)
      reporter.speak()
      if (name === 'default') kept = [...kept, ...messages]
    })
  const least = (name: Variant): number => Math.min(...times[name])
  const more = (name: Variant): string => `${name} ${((least(name) / least('bare') - 1) * 100).toFixed(1)} %`
  const steps = stretches * length
  console.log(
    `${id}: a step takes ${(least('bare') / length).toFixed(3)} ms; more than that with ${names.slice(1).map(more).join(', ')}; ` +
      `the main thread writes ${written(kept, (least('bare') / length) * steps)} (default)`,
  )
  trainee.dispose()

  /** Milliseconds of SQLite for each second of training, in flushes of 400 ms. */
  function written(all: readonly Telemetry[], trained: number): string {
    const store = openStore(join(folder, `workspace-${id}`), 'bench')
    const runId = store.runs.create({
      name: id,
      datasetId: dataset.id,
      datasetName: dataset.name,
      config,
      document,
      engine: {
        version: '',
        build: '',
        instructionSet: '',
        threads: 1,
        oneDNN: null,
        cuda: { available: false, reason: '' },
      },
      parameters: 1,
    })
    const flushes = Math.max(1, Math.round(trained / 400))
    const each = Math.ceil(all.length / flushes)
    const spent: number[] = []
    for (let i = 0; i < all.length; i += each) {
      const some = all.slice(i, i + each)
      const began = performance.now()
      store.transaction(() => {
        for (const { points, probes } of some) {
          const rows = points.metric.map((name, row) => ({
            metric: points.names[name] ?? '',
            step: points.step[row] ?? 0,
            value: points.value[row] ?? 0,
            epoch: points.epoch[row] ?? 0,
            seconds: points.seconds[row] ?? 0,
          }))
          store.metrics.append(runId, rows)
          store.health.append(runId, probes)
        }
      })
      spent.push(performance.now() - began)
    }
    store.close()
    const middle = spent.toSorted((a, b) => a - b)[spent.length >> 1] ?? 0
    return `${(middle * (1000 / 400)).toFixed(0)} ms in each second, ${middle.toFixed(1)} ms at a time`
  }
}

try {
  for (const id of ['digits-mlp', 'lstm-text-classifier']) await measure(id)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
