/** What the engine computes of a subject: outputs before training, the first step weight by weight, and losses. */
import { noGrad, scope } from '../../engine/index.ts'
import type { NamedArray } from '../../export/safetensors.ts'
import { arrayOf } from '../../training/run/arrays.ts'
import type { Trainee } from '../../training/run/trainee.ts'

export interface Output {
  rows: number[]
  shape: number[]
  values: number[]
}

/** Of some rows of the first epoch's batches, eight at most of each. */
export function outputsOf({ batches, model, config }: Trainee): Output[] {
  const each = batches.epoch(config, 1)
  const probes = [...new Set([0, 1, Math.floor(each.length / 2), each.length - 1])]
  return probes.map((at) =>
    scope(() =>
      noGrad(() => {
        const rows = each[at]?.slice(0, 8) ?? new Uint32Array()
        const { inputs, extents } = batches.take(rows)
        const output = model.forward(inputs, false, extents)
        return {
          rows: [...rows],
          shape: [...output.shape],
          values: [...(output.toTypedArray() as Float32Array)],
        }
      }),
    ),
  )
}

/** Where a training is: updates made, the epoch from 1, and its batches that were trained on. */
export interface Place {
  step: number
  epoch: number
  batch: number
}

export const start = (): Place => ({ step: 0, epoch: 1, batch: 0 })

/**
 * Trains from a place on, which goes along.
 * @param onFirst hears the gradients of the first step, `gradient.<weight>`, and all tensors after it, `after.<weight>`
 * @returns the loss of each step
 */
export function lossesOf(
  { batches, model, objective, optimizer, rate, config, weights, ema }: Trainee,
  steps: number,
  place: Place,
  onFirst: (arrays: NamedArray[]) => void = () => undefined,
): number[] {
  let order = batches.epoch(config, place.epoch)
  const total = order.length * config.epochs
  const losses: number[] = []
  while (losses.length < steps) {
    if (place.batch === order.length) {
      place.batch = 0
      order = batches.epoch(config, ++place.epoch)
    }
    scope(() => {
      const { inputs, extents, targets } = batches.take(order[place.batch] as Uint32Array)
      optimizer.lr = rate.at(place.step, total)
      optimizer.zeroGrad()
      const loss = objective.loss(model.forward(inputs, true, extents), targets)
      loss.backward()
      const gradients = losses.length > 0 ? [] : [...weights].flatMap(([key, { grad }]) => (grad ? [arrayOf(`gradient.${key}`, grad)] : [])) // prettier-ignore
      optimizer.step()
      ema?.update()
      place.batch++
      place.step++
      losses.push(loss.item())
      if (losses.length === 1) onFirst([...gradients, ...[...model.tensors].map(([key, held]) => arrayOf(`after.${key}`, held))]) // prettier-ignore
    })
  }
  return losses
}
