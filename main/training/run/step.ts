/** One training step: forward and backward over its batches, update. Halts before an update that is not finite. */
import { metrics } from '../../common/schemas.ts'
import { scope, type optim } from '../../engine/index.ts'
import type { Batch } from '../batches.ts'
import type { Prepared } from '../feed.ts'
import { scoreOf, type Score } from '../objective.ts'
import type { Phase } from './meter.ts'
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

/**
 * Trains on one batch, or on several whose gradients make one update, and counts the step. The time since `meter.start`
 * up to its tensors is its wait for data.
 * @throws Halted
 */
export function trainStep(trainee: Trainee, group: readonly Prepared[], reporter: Reporter): Score {
  const { optimizer, rate, prober, recorder, ema, recorded } = trainee
  const { position, meter } = reporter
  const probing = prober.begin(position.step + 1)
  const learningRate = rate.at(position.step, position.totalSteps)
  if (learningRate !== optimizer.lr) optimizer.lr = learningRate
  position.learningRate = learningRate
  const [first] = group
  const whole = recorded.possible && first && group.length === 1 && !probing && !recorder.recording
  const { score, norm, stats, phase } = whole
    ? scope(() => {
        const batch = taken(trainee, first, reporter)
        return recordedStep(trainee, group, batch) ?? opByOp(trainee, group, probing, reporter, batch)
      })
    : opByOp(trainee, group, probing, reporter)
  ema?.update()
  const samples = samplesOf(group)
  position.step += 1
  position.batch += group.length
  reporter.samples += samples
  if (norm !== null) reporter.record(metrics.gradientNorm, norm)
  if (stats && probing) prober.afterUpdate(stats, reporter.epochs, position.seconds)
  meter.end(phase)
  meter.count(samples)
  return score
}

interface Made {
  score: Score
  /** Of all gradients together; null where it was not measured. */
  norm: number | null
  stats: optim.StepStats | null
  /** What its end was spent with. */
  phase: Phase
}

const samplesOf = (group: readonly Prepared[]): number =>
  group.reduce((sum, { rows }) => sum + rows.length, 0)

function taken({ batches }: Trainee, { rows, images, mix }: Prepared, reporter: Reporter): Batch {
  const batch = batches.take(rows, images, mix)
  reporter.waited(reporter.meter.end('data'))
  return batch
}

/** The step as one piece; null where it has to be given op by op. @throws Halted */
function recordedStep(trainee: Trainee, group: readonly Prepared[], batch: Batch): Made | null {
  const made = trainee.recorded.step(batch)
  if (!made) return null
  const { norm, skipped, ...score } = made
  const loss = score.loss / score.count
  if (skipped) throw new Halted(Number.isFinite(loss) ? 'gradients' : 'loss', loss, group)
  return { score, norm, stats: null, phase: 'recorded' }
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
  return { score, norm, stats, phase: 'update' }
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
