/** What a layer's weights can be shown as. */
import type { WeightView } from '../../common/health/weights.ts'
import type { Step } from '../../common/plan.ts'
import type { Tensor } from '../../engine/index.ts'

type Steps = ReadonlyMap<string, Step>

/** @param weight the first of its own; null where it has none */
export function viewOf(step: Step, weight: Tensor | null, steps: Steps): WeightView | null {
  const [first = 0, second = 0, third = 0, fourth = 0] = weight?.shape ?? []
  const { kind } = step.layer
  const key = Object.values(step.weights)[0]
  if (!weight || key === undefined) return null
  if (kind === 'embedding') return { kind: 'embedding', weight: key, tokens: first, size: second }
  const filters = { kind: 'filters', weight: key, count: first } as const
  if (/conv/.test(kind) && weight.rank === 4)
    return {
      ...filters,
      channels: second,
      rows: third,
      columns: fourth,
      colour: second === 3 && readsData(step, steps),
    }
  if (kind === 'conv1d') return { ...filters, channels: 1, rows: second, columns: third, colour: false }
  const image = kind === 'linear' ? imageBefore(step, steps) : null
  if (!image) return null
  const [channels, rows, columns] = image
  return { ...filters, channels, rows, columns, colour: channels === 3 }
}

const source = (step: Step, steps: Steps): Step | null => {
  const inputs = Object.values(step.inputs)
  return inputs.length === 1 ? (steps.get(inputs[0]?.step ?? '') ?? null) : null
}

const readsData = (step: Step, steps: Steps): boolean => source(step, steps)?.layer.kind === 'input'

/** `[channels, rows, columns]` of the images that a Linear reads as one row; null where it reads anything else. */
function imageBefore(step: Step, steps: Steps): [number, number, number] | null {
  const flat = source(step, steps)
  const shape = flat && Object.values(flat.shapes)[0]
  if (!flat || !shape || flat.layer.kind !== 'flatten' || !readsData(flat, steps) || shape.length !== 4)
    return null
  const [, channels, rows, columns] = shape
  if (typeof channels !== 'number' || typeof rows !== 'number' || typeof columns !== 'number') return null
  return [channels, rows, columns]
}
