/**
 * The learning-rate range test: a fresh model is trained while the rate rises from very low to far too high. It is thrown
 * away afterwards; nothing is kept but the curve.
 */
import { UserError } from '../common/errors.ts'
import {
  usualRange,
  type Range,
  type RangePoint,
  type RangeProgress,
  type RangeTest,
} from '../common/rangeTest.ts'
import { optimizerTitles, type TrainConfig } from '../common/training.ts'
import { measured, setting } from '../common/settings.ts'
import { RangeWatch, ratesOf, readCurve } from './rangeCurve.ts'
import type { Questions, Task } from './questions.ts'
import { startingPosition } from './run/cursor.ts'
import { Reporter } from './run/reporter.ts'
import { Halted, trainStep } from './run/step.ts'
import { Trainee } from './run/trainee.ts'
import { telemetryInterval } from './telemetry.ts'

/** Longest time in milliseconds without turning to the port. */
const turnInterval = 10

/**
 * Steps are those of a run with this configuration and seed, but for the rate; images are taken as they are stored. Ends
 * early when the loss diverges. The same numbers every time.
 * @throws UserError what reading data and model may refuse; the signal's reason when it aborts
 */
export async function rangeTest(
  { document, dataset, datasetFolder, config, range }: Questions['range-test']['asked'],
  { signal, onProgress }: Task<RangeProgress>,
): Promise<RangeTest> {
  const { low, high } = boundsOf(range, config)
  const tested = plain(config)
  const trainee = new Trainee({
    runId: 0,
    document,
    dataset,
    datasetFolder,
    config: tested,
    checkpointFolder: '',
    from: null,
    planned: [],
    again: false,
    untilEpoch: null,
  })
  try {
    const reporter = new Reporter(0, startingPosition(tested), trainee, () => undefined)
    const groups = groupsOf(trainee, tested)
    const watch = new RangeWatch()
    const points: RangePoint[] = []
    const turn = turner(signal, () =>
      onProgress({ done: points.length, total: range.steps, note: noteOf(points), points: [...points] }),
    )
    let diverged: number | null = null
    for (const rate of ratesOf(low, high, range.steps)) {
      trainee.change({ ...tested, learningRate: rate })
      const loss = lossOf(trainee, groups.next().value, reporter)
      const { smoothed, over } = watch.hear(loss)
      if (Number.isFinite(loss)) points.push({ rate, loss, smoothed })
      if (over) {
        diverged = rate
        break
      }
      await turn()
    }
    return { optimizer: config.optimizer, low, high, ...readCurve(points, diverged) }
  } finally {
    trainee.dispose()
  }
}

/** What would only cost time, or set a rate of its own. */
const plain = (config: TrainConfig): TrainConfig => ({
  ...config,
  schedule: { ...config.schedule, kind: 'constant', warmupSteps: 0 },
  augmentation: null,
  ema: null,
  earlyStopping: null,
  overfitBatch: false,
  probeEvery: 0,
  histogramsEvery: 0,
})

/** The loss of a step; NaN where it, or a gradient, was not finite. */
function lossOf(trainee: Trainee, rows: readonly Uint32Array[], reporter: Reporter): number {
  reporter.meter.start()
  const group = rows.map((one) => ({ rows: one, images: null, mix: null }))
  try {
    const { loss, count } = trainStep(trainee, group, reporter)
    return loss / count
  } catch (error) {
    if (error instanceof Halted) return NaN
    throw error
  }
}

/** The batches of each update, of one epoch after another, without end. */
function* groupsOf(trainee: Trainee, config: TrainConfig): Generator<readonly Uint32Array[], never> {
  for (let epoch = 1; ; epoch++) {
    const order = trainee.epoch(config, epoch)
    for (let from = 0; from < order.length; from += config.accumulate)
      yield order.slice(from, from + config.accumulate)
  }
}

/** Turns to the port and speaks, each when it is time. */
function turner(signal: AbortSignal, speak: () => void): () => Promise<void> {
  let turned = performance.now()
  let spoke = -Infinity
  return async () => {
    const now = performance.now()
    if (now - spoke >= telemetryInterval) {
      speak()
      spoke = now
    }
    if (now - turned >= turnInterval) {
      await new Promise((resolve) => setImmediate(resolve))
      turned = performance.now()
    }
    signal.throwIfAborted()
  }
}

function noteOf(points: readonly RangePoint[]): string {
  const last = points.at(-1)
  return last ? `rate ${measured(last.rate)}, loss ${measured(last.smoothed)}` : ''
}

/** @throws UserError `training/range` */
function boundsOf(range: Range, { optimizer }: TrainConfig): { low: number; high: number } {
  const usual = usualRange(optimizer)
  const low = range.low ?? usual.low
  const high = range.high ?? usual.high
  if (low < high) return { low, high }
  throw new UserError({
    code: 'training/range',
    what: `The rates to test go from ${setting(low)} to ${setting(high)}, which is not up.`,
    mend: `Give a lowest rate below the highest; ${optimizerTitles[optimizer]} is usually tested from ${setting(usual.low)} to ${setting(usual.high)}.`,
  })
}
