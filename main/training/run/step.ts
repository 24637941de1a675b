/** One training step: forward and backward over its batches, update. Halts before an update that is not finite. */
import { metrics } from '../../common/schemas.ts'
import { scope, type optim } from '../../engine/index.ts'
import type { Batch } from '../batches.ts'
import type { Prepared } from '../feed.ts'
import { scoreOf, type Score } from '../objective.ts'
import type { Given } from './recordedSteps.ts'
import type { Reporter } from './reporter.ts'
import { gradientsFinite } from './safety.ts'
import { add } from './tally.ts'
import type { Trainee } from './trainee.ts'

/** Thrown before an update that would write NaN or infinity; the step can be done again from its start. */
export class Halted extends Error {
  readonly seen: 'loss' | 'gradients'
  readonly loss: number
  /** The step's batches. */
  readonly group: readonly Prepared[]

  constructor(seen: 'loss' | 'gradients', loss: number, group: readonly Prepared[]) {
    super(`the ${seen} of a step is not finite`)
    this.seen = seen
    this.loss = loss
    this.group = group
  }
}

/** A step that the device has been given and that nobody has read yet; the run is where it was before it. */
export interface LateStep {
  group: readonly Prepared[]
  learningRate: number
  given: Given
}

/** Those before the step that is made. */
export interface Unread {
  readonly count: number
  /** The device is still at them. */
  readonly busy: boolean
  /** Reads them all. @throws Halted */
  settle(): void
}

const none: Unread = { count: 0, busy: false, settle: () => undefined }

/**
 * Trains on one batch, or on several whose gradients make one update, and counts the step. The time since `meter.start`
 * up to its tensors is its wait for data.
 * @throws Halted
 */
export function trainStep(trainee: Trainee, group: readonly Prepared[], reporter: Reporter): Score {
  const started = startStep(trainee, group, reporter, none)
  return 'given' in started ? readStep(trainee, started, reporter) : started
}

/**
 * As `trainStep`, but a step that is one piece is only given to the device: `readStep` is for it then, in the order in
 * which steps were given.
 * @throws Halted for this step or an unread one
 */
export function startStep(
  trainee: Trainee,
  group: readonly Prepared[],
  reporter: Reporter,
  unread: Unread,
): Score | LateStep {
  const { rate, prober, recorder, recorded } = trainee
  const { position, meter } = reporter
  const step = position.step + unread.count
  const probing = prober.begin(step + 1)
  const learningRate = rate.at(step, position.totalSteps)
  const [first] = group
  const whole = recorded.possible && first && group.length === 1 && !probing && !recorder.recording
  const byOps = (batch?: Batch): Made => {
    unread.settle()
    setRate(trainee, learningRate)
    position.learningRate = learningRate
    return opByOp(trainee, group, probing, reporter, batch)
  }
  const made = whole
    ? scope(() => {
        const batch = taken(trainee, first, reporter, unread)
        setRate(trainee, learningRate)
        const given = recorded.step(batch)
        return given ? { group, learningRate, given } : byOps(batch)
      })
    : byOps()
  if ('given' in made) {
    meter.end('recorded')
    return made
  }
  const { stats } = made
  count(trainee, group, made.norm, reporter)
  if (stats && probing) prober.afterUpdate(stats, reporter.epochs, position.seconds)
  meter.end('update')
  return made.score
}

/** Reads the oldest step that was not read, and counts it. @throws Halted; the run is at its start then */
export function readStep(
  trainee: Trainee,
  { group, learningRate, given }: LateStep,
  reporter: Reporter,
): Score {
  const { norm, skipped, ...score } = trainee.recorded.read(given)
  reporter.position.learningRate = learningRate
  const loss = score.loss / score.count
  if (skipped) {
    setRate(trainee, learningRate)
    throw new Halted(Number.isFinite(loss) ? 'gradients' : 'loss', loss, group)
  }
  count(trainee, group, norm, reporter)
  return score
}

function setRate({ optimizer }: Trainee, learningRate: number): void {
  if (learningRate !== optimizer.lr) optimizer.lr = learningRate
}

/** The run goes on after a step. @param norm of all gradients together; null where it was not measured */
function count({ ema }: Trainee, group: readonly Prepared[], norm: number | null, reporter: Reporter): void {
  const { position, meter } = reporter
  ema?.update()
  const samples = samplesOf(group)
  position.step += 1
  position.batch += group.length
  reporter.samples += samples
  if (norm !== null) reporter.record(metrics.gradientNorm, norm)
  meter.count(samples)
}

interface Made {
  score: Score
  /** Of all gradients together; null where it was not measured. */
  norm: number | null
  stats: optim.StepStats | null
}

const samplesOf = (group: readonly Prepared[]): number =>
  group.reduce((sum, { rows }) => sum + rows.length, 0)

function taken(
  { batches }: Trainee,
  { rows, images, mix }: Prepared,
  reporter: Reporter,
  { busy }: Unread = none,
): Batch {
  const batch = batches.take(rows, images, mix)
  const waited = reporter.meter.end('data')
  // Training did not stand still while the device had steps to do.
  if (!busy) reporter.waited(waited)
  return batch
}

/** @param batch of the group's first, where it is there already @throws Halted */
function opByOp(
  trainee: Trainee,
  group: readonly Prepared[],
  probing: boolean,
  reporter: Reporter,
  batch?: Batch,
): Made {
  const { config, optimizer, weights, prober, recorder, gradientEvery } = trainee
  const { position } = reporter
  const measuring = probing || position.step % gradientEvery === 0
  trainee.start.mark()
  const samples = samplesOf(group)
  const score = group
    .map((_, index) => passes(trainee, group, index, samples, reporter, index === 0 ? batch : undefined))
    .reduce(add)
  recorder.mark('more')
  const { clipNorm, clipValue } = config
  const loss = score.loss / score.count
  // Clipping by norm works the norm out anyway, of every gradient.
  if (clipNorm === null && !gradientsFinite(trainee.guards, weights.values(), loss))
    throw new Halted('gradients', loss, group)
  if (probing) prober.beforeUpdate()
  const { stats, skipped } = optimizer.step(
    measuring || clipNorm !== null || clipValue !== null
      ? {
          stats: measuring,
          maxNorm: clipNorm ?? Infinity,
          skipNonFinite: clipNorm !== null,
          maxValue: clipValue ?? Infinity,
        }
      : undefined,
  )
  if (skipped) throw new Halted('gradients', loss, group)
  const norm = stats && Math.sqrt(stats.gradients.reduce((a, b) => a + b, 0))
  return { score, norm, stats }
}

/** Forward and backward over one batch of a group; its gradients count as many parts as it has of the samples. */
function passes(
  trainee: Trainee,
  group: readonly Prepared[],
  index: number,
  samples: number,
  reporter: Reporter,
  given?: Batch,
): Score {
  const { model, objective, optimizer, prober, recorder, confusion } = trainee
  const { meter } = reporter
  const one = group[index] as Prepared
  const share = one.rows.length / samples
  return scope(() => {
    const batch = given ?? taken(trainee, one, reporter)
    const { inputs, extents, targets, mixed } = batch
    // The tape of an update is that of its first batch.
    if (index === 0) recorder.batch(batch, group.length)
    const observer = index === 0 ? recorder.observer(prober.observer) : prober.observer
    const { output, loss } = trainee.precise(() => {
      const output = model.forward(inputs, true, extents, undefined, observer)
      return { output, loss: objective.loss(output, targets, mixed) }
    })
    const value = loss.item()
    if (!Number.isFinite(value)) throw new Halted('loss', value, group)
    meter.end('forward')
    if (index === 0) {
      recorder.loss(value)
      optimizer.zeroGrad()
    }
    if (share === 1) loss.backward()
    else loss.mul(share).backward()
    meter.end('backward')
    if (index === 0) recorder.mark('backward')
    return scoreOf(objective, output, targets, value, confusion.train)
  })
}
