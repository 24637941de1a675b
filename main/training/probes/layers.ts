/** Which layers of a model are probed, and where their figures come from. */
import type { ProbedLayer, Squash } from '../../common/health/figures.ts'
import type { Shape } from '../../common/dims.ts'
import type { Step } from '../../common/plan.ts'
import type { Tensor } from '../../engine/index.ts'
import type { Model } from '../model.ts'
import { sampleSize } from './sample.ts'
import { viewOf } from './views.ts'

export interface Probed {
  layer: ProbedLayer
  /** Its own weights; those of another layer that it shares are not its own. */
  weights: readonly Tensor[]
  /** Of what it gives out, with the data's symbols. */
  shape: Shape
  /** Axis of the units in its result, from 0: channels of images and of convolved sequences, features of all else. */
  unitAxis: number
}

/** Of LSTM and GRU it is the state that saturates: tanh bounds it, however wide the gates stand open. */
const squashes: Readonly<Record<string, Squash>> = {
  relu: 'rectifier',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  rnn: 'tanh',
  lstm: 'tanh',
  gru: 'tanh',
}

function squashOf({ layer, parameters }: Step): Squash | null {
  if (layer.kind === 'rnn' && parameters['nonlinearity'] === 'relu') return 'rectifier'
  return squashes[layer.kind] ?? null
}

/** Every layer that has weights of its own or can die or saturate, in running order. */
export function probedLayers({ plan, namedWeights }: Model): Probed[] {
  const steps = new Map(plan.steps.map((step) => [step.id, step]))
  return plan.steps.flatMap((step): Probed[] => {
    const own = Object.entries(step.weights).flatMap(([name, key]) =>
      key === `${step.id}.${name}` ? (namedWeights.get(key) ?? []) : [],
    )
    const squash = squashOf(step)
    if (own.length === 0 && squash === null) return []
    const source = before(step, steps)
    const [shape = []] = Object.values(step.outputs)
    const weights = own.reduce((sum, tensor) => sum + tensor.numel, 0)
    return [
      {
        layer: {
          nodeId: step.id,
          title: step.title,
          kind: step.layer.kind,
          after: own.length > 0 ? null : (source?.title ?? null),
          squash,
          weights,
          sampled: weights > sampleSize,
          view: viewOf(step, own[0] ?? null, steps),
        },
        weights: own,
        shape,
        unitAxis: channelsFirst(source ?? step) ? 1 : Math.max(0, shape.length - 1),
      },
    ]
  })
}

/** The nearest layer with weights that feeds a step; null where its inputs come from several or from none. */
function before(step: Step, steps: ReadonlyMap<string, Step>): Step | null {
  let at = step
  for (;;) {
    const inputs = Object.values(at.inputs)
    const next = inputs.length === 1 ? steps.get(inputs[0]?.step ?? '') : undefined
    if (!next) return null
    if (Object.keys(next.weights).length > 0) return next
    at = next
  }
}

const channelsFirst = ({ layer, shapes }: Step): boolean =>
  /conv|batch-norm|group-norm/.test(layer.kind) && (Object.values(shapes)[0]?.length ?? 0) > 2
