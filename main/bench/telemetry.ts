/**
 * What watching costs. Stretches of steps take turns, as many as a run makes between two messages, at least 100: bare (forward, backward, update), with metrics, with the
 * default probes, with histograms at every probe too. Each step of a stretch has its own quartile over all stretches,
 * and their sum is compared: what else the machine does only ever adds to a time. A stretch ends with a message, cloned
 * as it is for the main thread; messages are then written to a workspace.
 *
 *     node main/bench/telemetry.ts [stretches of each] [template]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { deserialize, serialize } from 'node:v8'
import { defaultTrainConfig, type TrainConfig } from '../common/training.ts'
import { fitToData, templates } from '../common/templates.ts'
import { dataShape } from '../common/trainable.ts'
import { scope } from '../engine/index.ts'
import { openStore } from '../store/index.ts'
import { figuresOf, scoreOf } from '../training/objective.ts'
import type { Report, Telemetry } from '../training/protocol.ts'
import { telemetryInterval } from '../training/telemetry.ts'
import { startingPosition } from '../training/run/cursor.ts'
import { Reporter } from '../training/run/reporter.ts'
import { gradientsFinite } from '../training/run/safety.ts'
import { trainStep } from '../training/run/step.ts'
import { Trainee } from '../training/run/trainee.ts'
import { importSample, jobOn } from '../training/sampleFixture.ts'

const stretches = Number(process.argv[2] ?? 60)
const only = process.argv[3]
const fewest = 100
const folder = mkdtempSync(join(tmpdir(), 'tapedeck-bench-'))

const telemetryOf = (message: Buffer): Telemetry =>
  (deserialize(message) as Report & { kind: 'telemetry' }).telemetry

/** Settings of probes by what is compared; of `default` those that a run has. */
const variants = {
  bare: null,
  metrics: { every: 0, histogramsEvery: 0 },
  default: null,
  all: { every: 20, histogramsEvery: 20 },
} as const
type Variant = keyof typeof variants
const names = Object.keys(variants) as Variant[]

async function measure(id: string): Promise<void> {
  const template = templates().find((one) => one.id === id)
  if (!template) throw new Error(`no template ${id}`)
  const datasets = join(folder, 'datasets')
  const dataset = await importSample(template.sample, datasets)
  const document = fitToData(template.document, dataShape(dataset))
  const config: TrainConfig = { ...defaultTrainConfig, ...template.config, epochs: 1 }
  const trainee = new Trainee(jobOn(dataset, datasets, document, config))
  const batches = trainee.epoch(config, 1)
  // The worker writes a message; the main thread reads it.
  const messages: Buffer[] = []
  const hear = (report: Report): void => void messages.push(serialize(report))
  const usual = trainee.prober.settings
  const reporters = names.map(() => new Reporter(1, startingPosition(config), trainee, hear))
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
      scoreOf(objective, output, targets, value, confusion.train)
      return value
    })
    gradientsFinite(guards, weights.values(), value)
    optimizer.step()
  }
  const watched = (step: number, reporter: Reporter): void => {
    reporter.meter.start()
    const score = trainStep(trainee, [{ rows: rowsOf(step), images: null, mix: null }], reporter)
    for (const [metric, value] of figuresOf('batch', [score])) reporter.record(metric, value)
    reporter.keepTime()
  }

  const length = between()
  /** Milliseconds of each step of a stretch, by stretch. */
  const times = Object.fromEntries(
    names.map((name) => [name, Array.from({ length }, () => [] as number[])]),
  ) as Record<Variant, number[][]>
  let kept: Telemetry[] = []
  for (let stretch = 0; stretch <= stretches; stretch++)
    names.forEach((_, i) => {
      const at = (i + stretch) % names.length
      const name = names[at] as Variant
      const reporter = reporters[at] as Reporter
      trainee.prober.settings =
        name === 'default' ? usual : { every: 0, histogramsEvery: 0, ...variants[name], factor: 1 }
      messages.length = 0
      reporter.skipTime()
      // The beginning of a run is over; every fifth stretch begins with histograms.
      reporter.position.step = 100_000 + (stretch % 5) * length
      for (let k = 0; k < length; k++) {
        const began = performance.now()
        if (name === 'bare') bare(stretch * length + k)
        else watched(stretch * length + k, reporter)
        if (name !== 'bare' && k === length - 1) reporter.speak()
        // The first stretch makes plans and buffers that later ones reuse.
        if (stretch > 0) times[name][k]?.push(performance.now() - began)
      }
      if (name === 'default') kept = [...kept, ...messages.map(telemetryOf)]
    })
  const quartile = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 2] ?? 0
  const least = (name: Variant): number => times[name].reduce((sum, one) => sum + quartile(one), 0)
  const more = (name: Variant): string => `${name} ${((least(name) / least('bare') - 1) * 100).toFixed(1)} %`
  const steps = stretches * length
  console.log(
    `${id}: a step takes ${(least('bare') / length).toFixed(3)} ms; more than that with ${names.slice(1).map(more).join(', ')}; ` +
      `the main thread writes ${written(kept, (least('bare') / length) * steps)} (default)`,
  )
  trainee.dispose()

  /** Steps between two messages. */
  function between(): number {
    for (let step = 0; step < fewest; step++) bare(step)
    const began = performance.now()
    for (let step = 0; step < fewest; step++) bare(step)
    return Math.max(fewest, Math.round((fewest * telemetryInterval) / (performance.now() - began)))
  }

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
        bfloat16: false,
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
          const rows = Array.from(points.metric, (name, row) => ({
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
  for (const id of only === undefined ? ['digits-mlp', 'lstm-text-classifier'] : [only]) await measure(id)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
