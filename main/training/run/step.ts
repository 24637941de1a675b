/** One training step: forward, backward, update. Halts before an update that would write what is not finite. */
import { UserError } from '../../common/errors.ts'
import { metrics } from '../../common/schemas.ts'
import { scope } from '../../engine/index.ts'
import type { Prepared } from '../feed.ts'
import { layerHealth, probeInterval } from '../health.ts'
import type { Score } from '../objective.ts'
import type { Reporter } from './reporter.ts'
import type { Trainee } from './trainee.ts'

/**
 * Trains on one batch, and counts the step. The time since `meter.start` up to its tensors is its wait for data.
 * @throws UserError `training/not-finite`
 */
export function trainStep(trainee: Trainee, { rows, images, mix }: Prepared, reporter: Reporter): Score {
  const { batches, model, objective, optimizer, prober, gradientEvery, confusion } = trainee
  const { meter } = reporter
  const step = reporter.position.step + 1
  const probing = prober.begin(step)
  const byLayer = (step - 1) % probeInterval === 0
  const measuring = probing || byLayer || (step - 1) % gradientEvery === 0
  return scope(() => {
    const { inputs, extents, targets, mixed } = batches.take(rows, images, mix)
    reporter.waited(meter.end('data'))
    const output = model.forward(inputs, true, extents, undefined, prober.observer)
    const loss = objective.loss(output, targets, mixed)
    const value = loss.item()
    if (!Number.isFinite(value)) throw diverged(value, step, optimizer.lr)
    meter.end('forward')
    optimizer.zeroGrad()
    loss.backward()
    meter.end('backward')
    if (probing) prober.beforeUpdate()
    const { stats } = optimizer.step(measuring ? { stats: true } : undefined)
    const { position } = reporter
    position.step = step
    position.batch += 1
    reporter.samples += rows.length
    if (stats) {
      reporter.record(metrics.gradientNorm, Math.sqrt(stats.gradients.reduce((a, b) => a + b, 0)))
      if (byLayer) {
        reporter.layers = layerHealth(model, optimizer, stats)
        for (const { nodeId, gradientNorm } of reporter.layers)
          reporter.record(metrics.gradient(nodeId), gradientNorm)
      }
      if (probing) prober.afterUpdate(stats, reporter.epochs, position.seconds)
    }
    meter.end('update')
    meter.count(rows.length)
    return objective.score(output, targets, value, confusion.train)
  })
}

function diverged(value: number, step: number, learningRate: number): UserError {
  return new UserError({
    code: 'training/not-finite',
    what: `The loss became ${Number.isNaN(value) ? 'NaN (not a number)' : 'infinite'} at step ${step}, with learning rate ${learningRate}; training halted before that update.`,
    mend: 'Lower the learning rate (try a tenth of it) and train again; the weights of the step before are kept.',
  })
}
