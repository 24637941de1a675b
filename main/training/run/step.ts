/** One training step: forward and backward over its batches, update. Halts before an update that is not finite. */
import { metrics } from '../../common/schemas.ts'
import { scope } from '../../engine/index.ts'
import type { Prepared } from '../feed.ts'
import type { Score } from '../objective.ts'
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
  const { config, optimizer, rate, weights, ema, prober, recorder, gradientEvery } = trainee
  const { position, meter } = reporter
  const probing = prober.begin(position.step + 1)
  const measuring = probing || position.step % gradientEvery === 0
  const learningRate = rate.at(position.step, position.totalSteps)
  if (learningRate !== optimizer.lr) optimizer.lr = learningRate
  position.learningRate = learningRate
  trainee.start.mark()
  const samples = group.reduce((sum, { rows }) => sum + rows.length, 0)
  const score = group.map((_, index) => passes(trainee, group, index, samples, reporter)).reduce(add)
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
  ema?.update()
  position.step += 1
  position.batch += group.length
  reporter.samples += samples
  if (stats) reporter.record(metrics.gradientNorm, Math.sqrt(stats.gradients.reduce((a, b) => a + b, 0)))
  if (stats && probing) prober.afterUpdate(stats, reporter.epochs, position.seconds)
  meter.end('update')
  meter.count(samples)
  return score
}

/** Forward and backward over one batch of a group; its gradients count as many parts as it has of the samples. */
function passes(
  trainee: Trainee,
  group: readonly Prepared[],
  index: number,
  samples: number,
  reporter: Reporter,
): Score {
  const { batches, model, objective, optimizer, prober, recorder, confusion } = trainee
  const { meter } = reporter
  const { rows, images, mix } = group[index] as Prepared
  const share = rows.length / samples
  return scope(() => {
    const batch = batches.take(rows, images, mix)
    const { inputs, extents, targets, mixed } = batch
    reporter.waited(meter.end('data'))
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
    return objective.score(output, targets, value, confusion.train)
  })
}
