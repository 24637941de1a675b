/** A trained model over some samples, without training it: what it gives out, and what in an input that came from. */
import { performance } from 'node:perf_hooks'
import { noGrad, scope } from '../../engine/index.ts'
import { answered } from './answered.ts'
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
    const output = noGrad(() => lastOf(answered(model, inputs, extents)))
    const values = output.toTypedArray() as Float32Array
    const milliseconds = performance.now() - began
    const width = values.length / samples.length
    const outputs = samples.map((_, row) => values.slice(row * width, (row + 1) * width))
    const attribution = explain && attribute(model, inputs, extents, explain)
    return { outputs, milliseconds, attribution }
  })
}
