/** A trained model over some samples, without training it: what it gives out, and what in an input that came from. */
import { performance } from 'node:perf_hooks'
import { UserError } from '../../common/errors.ts'
import { noGrad, scope, type Tensor } from '../../engine/index.ts'
import type { Extents, Model } from '../model.ts'
import { codeOf } from '../run/trouble.ts'
import { attribute, type Attribution, type AttributionAsked } from './attribute.ts'
import { lastOf } from './lastOf.ts'
import { loaded, type Trained } from './loaded.ts'
import { together, type StoredValues } from './samples.ts'

export interface PredictAsked {
  trained: Trained
  /** Of one shape, or tokens of any length. */
  samples: readonly StoredValues[]
  /** Of a single sample. */
  explain: AttributionAsked | null
}

export interface Predicted {
  /** Of each sample: logits of the classes or of the next token, or normalised numbers. */
  outputs: Float32Array[]
  /** Of the forward pass. */
  milliseconds: number
  attribution: Attribution | null
}

/** @throws UserError as `loaded` does; `model/too-short`, `model/too-small` */
export function predict({ trained, samples, explain }: PredictAsked): Predicted {
  const { model, normaliser } = loaded(trained)
  return scope(() => {
    const { stored, extents } = together(samples, trained.dataset)
    const inputs = normaliser.apply(stored.to(model.device))
    const began = performance.now()
    const output = noGrad(() => lastOf(forward(model, inputs, extents)))
    const values = output.toTypedArray() as Float32Array
    const milliseconds = performance.now() - began
    const width = values.length / samples.length
    const outputs = samples.map((_, row) => values.slice(row * width, (row + 1) * width))
    const attribution = explain && attribute(model, inputs, extents, explain)
    return { outputs, milliseconds, attribution }
  })
}

/** A model that trained takes every shape, unless a window of one of its layers is larger than the image. */
function forward(model: Model, inputs: Tensor, extents: Extents): Tensor {
  try {
    return model.forward(inputs, false, extents)
  } catch (error) {
    if (inputs.rank !== 4 || codeOf(error) !== 'TAPE_SHAPE') throw error
    const [, , height = 0, width = 0] = inputs.shape
    throw new UserError(
      {
        code: 'model/too-small',
        what: `Prepared, the image has ${width} x ${height} pixels, too few for this network: a layer looks at more at once than are left of it.`,
        mend: 'Give it an image that is larger, or less narrow.',
      },
      { cause: error },
    )
  }
}
