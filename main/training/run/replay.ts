/** A step done once more with every op looked at: which one makes the first number that is not finite. */
import type { NotFinite, TensorLook } from '../../common/training.ts'
import type { Step } from '../../common/plan.ts'
import { detectAnomaly, scope, type Tensor } from '../../engine/index.ts'
import type { Prepared } from '../feed.ts'
import type { Trainee } from './trainee.ts'

export interface Found {
  producer: NonNullable<NotFinite['producer']>
  inputs: TensorLook[]
  outputs: TensorLook[]
}

/**
 * Repeats the passes over these batches from the step's start, and leaves the trainee there again.
 * @returns null where everything stayed finite
 */
export function replay(trainee: Trainee, group: readonly Prepared[]): Found | null {
  // Layer by layer first; rewrites may compute what layers by themselves do not.
  return attempt(trainee, group, true) ?? attempt(trainee, group, false)
}

function attempt(trainee: Trainee, group: readonly Prepared[], byLayer: boolean): Found | null {
  trainee.start.goBack()
  trainee.optimizer.zeroGrad()
  try {
    for (const prepared of group) {
      const found = scope(() => once(trainee, prepared, byLayer))
      if (found) return found
    }
    return null
  } finally {
    trainee.start.goBack()
    trainee.optimizer.zeroGrad()
  }
}

function once(trainee: Trainee, { rows, images, mix }: Prepared, byLayer: boolean): Found | null {
  const { batches, model, objective } = trainee
  const { inputs, extents, targets, mixed } = batches.take(rows, images, mix)
  const walk = new Walk()
  const watch = byLayer ? walk.forward : undefined
  try {
    detectAnomaly(() => {
      const loss = trainee.precise(() => {
        const output = model.forward(inputs, true, extents, watch)
        walk.pass = 'loss'
        return objective.loss(output, targets, mixed)
      })
      walk.pass = 'backward'
      loss.backward()
    })
    return null
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'TAPE_ANOMALY') throw error
    const message = error.message.replace(/^\[anomaly\] /, '')
    const step = byLayer ? walk.at(model.plan.steps) : null
    const { inputs, outputs } = looks(message)
    const producer = {
      op: opOf(message),
      pass: walk.pass === 'backward' ? ('backward' as const) : ('forward' as const),
      nodeId: step?.nodes[0] ?? null,
      layer: step?.title ?? (byLayer ? 'the loss' : 'layers that are computed together'),
      message,
    }
    return { producer, inputs, outputs }
  }
}

/** Where a pass is: how many layers have run forward, and which layer's gradient was reached last. */
class Walk {
  pass: 'forward' | 'loss' | 'backward' = 'forward'
  #done = 0
  #reached: Step | null = null
  readonly #hooked = new Set<Tensor>()

  readonly forward = (step: Step, results: Readonly<Record<string, Tensor>>): void => {
    this.#done += 1
    for (const result of Object.values(results)) {
      // A layer that passes its input on made nothing of it.
      if (!result.requiresGrad || this.#hooked.has(result)) continue
      this.#hooked.add(result)
      result.registerHook(() => void (this.#reached = step))
    }
  }

  /** The layer that was at work; null: the loss. Layers run backward one after another, as they ran forward. */
  at(steps: readonly Step[]): Step | null {
    if (this.pass === 'forward') return steps[this.#done] ?? null
    return this.pass === 'backward' ? this.#reached : null
  }
}

/** `log made 1 NaN in forward: ...`, `the derivative of sqrt made 1 inf: ...`, `add_ left NaN in ...` */
const opOf = (message: string): string =>
  /^(?:the derivative of )?(\S+) (?:made|left|was)/.exec(message)?.[1] ?? ''

const tensorText =
  /(output|input \d+|gradient of input \d+|incoming gradient|the tensor it changed:) (\w+) (scalar|\d+(?:x\d+)*) \((?:min (\S+) max (\S+) mean (\S+), )?(\d+) NaN, (\d+) inf\)/g

/** The tensors that the engine describes in an error: what went in, and what came out. */
function looks(message: string): { inputs: TensorLook[]; outputs: TensorLook[] } {
  const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text))
  const all = [...message.matchAll(tensorText)].map(
    ([, name = '', , shape = '', min, max, mean, nan, infinite]) => ({
      name: name.replace(/^the tensor it changed:$/, 'changed in place'),
      shape: shape === 'scalar' ? [] : shape.split('x').map(Number),
      min: number(min),
      max: number(max),
      mean: number(mean),
      nan: Number(nan),
      infinite: Number(infinite),
    }),
  )
  const goesIn = ({ name }: TensorLook): boolean => /^(input|incoming)/.test(name)
  return { inputs: all.filter(goesIn), outputs: all.filter((look) => !goesIn(look)) }
}
