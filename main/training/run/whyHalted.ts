/** Why a run halted: the step done again with checks, and what that says in words. */
import type { Refusal } from '../../common/errors.ts'
import type { NotFinite } from '../../common/training.ts'
import { setting } from '../../common/settings.ts'
import { scope, type Tensor } from '../../engine/index.ts'
import { causesOf, type Cause } from './causes.ts'
import type { Prepared } from '../feed.ts'
import type { Cursor } from './cursor.ts'
import { replay, type Found } from './replay.ts'
import type { Reporter } from './reporter.ts'
import type { Halted } from './step.ts'
import type { Trainee } from './trainee.ts'

/** Rows of the batch that the card names. */
const mostRows = 64

/** Leaves the trainee at the start of the step. */
export function explain(
  trainee: Trainee,
  { position }: Reporter,
  { firstLoss }: Cursor,
  halted: Halted,
): { notFinite: NotFinite; refusal: Refusal } {
  const { config, optimizer, weights } = trainee
  const learningRate = optimizer.lr
  const found = replay(trainee, halted.group)
  const rows = halted.group.flatMap(({ rows }) => [...rows])
  const causes = causesOf({
    config,
    learningRate,
    found,
    badRows: badRows(trainee, halted.group),
    largestWeight: Math.max(...[...weights.values()].map(largest)),
    loss: halted.loss,
    firstLoss,
  })
  const notFinite: NotFinite = {
    step: position.step + 1,
    learningRate,
    seen: halted.seen,
    producer: found?.producer ?? null,
    inputs: found?.inputs ?? [],
    outputs: found?.outputs ?? [],
    rows: rows.slice(0, mostRows),
    batchSize: rows.length,
    causes: causes.map(({ text }) => text),
  }
  return { notFinite, refusal: refusalOf(notFinite, halted, found, causes) }
}

function refusalOf(
  { step, learningRate }: NotFinite,
  { seen, loss }: Halted,
  found: Found | null,
  causes: readonly Cause[],
): Refusal {
  const became = Number.isNaN(loss) ? 'NaN (not a number)' : 'infinite'
  const what = seen === 'loss' ? `The loss became ${became}` : 'The gradients became NaN or infinite'
  const made = found
    ? ` First made by ${found.producer.op} in "${found.producer.layer}", ${found.producer.pass}.`
    : ''
  const [cause] = causes
  return {
    code: 'training/not-finite',
    what: `${what} at step ${step}, with learning rate ${setting(learningRate)}; training halted before that update.${made}`,
    mend:
      cause?.kind === 'data' || cause?.kind === 'domain'
        ? `${cause.text} The weights of the step before are kept.`
        : 'Lower the learning rate (try a tenth of it) and train again; the weights of the step before are kept.',
  }
}

const largest = (weight: Tensor): number =>
  weight.numel === 0 ? 0 : scope(() => weight.detach().abs().max().item())

/** Rows whose inputs or targets are not finite before any layer has seen them. */
function badRows({ batches }: Trainee, group: readonly Prepared[]): number[] {
  return group.flatMap(({ rows }) =>
    scope(() => {
      const { inputs, targets } = batches.take(rows)
      const bad = [inputs, targets].map((tensor) => {
        if (!tensor.dtype.startsWith('float')) return null
        return tensor
          .isfinite()
          .reshape([rows.length, -1])
          .to('float32')
          .sum(1)
          .lt(tensor.numel / rows.length)
      })
      const flags = bad.map((tensor) =>
        tensor ? (tensor.to('float32').toTypedArray() as Float32Array) : null,
      )
      return [...rows].filter((_, index) => flags.some((flag) => flag?.[index] === 1))
    }),
  )
}
